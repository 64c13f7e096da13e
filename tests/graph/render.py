"""What of an event is asked for: `$select`, `$expand`, and what a filter looks at.

Extended properties come only where they are asked for by their ids; `cancelledOccurrences` only by `$select`.
"""

import re
from collections.abc import Collection
from typing import Any

from tests.graph.call import Call
from tests.graph.errors import GraphError, bad
from tests.graph.mailbox import Item, Occurrence, property_key
from tests.graph.query import Exact, names_in, read_filter
from tests.graph.shape import KNOWN, whole

EXPANDED = (
    "singleValueExtendedProperties",
    "exceptionOccurrences",
    "attachments",
    "extensions",
    "instances",
    "calendar",
)
ONLY_SELECTED = ("cancelledOccurrences",)
HIDDEN = frozenset(("createdDateTime", "lastModifiedDateTime"))
"""What a view leaves out as soon as there is a `$select`."""


def event(call: Call, item: Item, day: Occurrence | None = None, *, view: bool = False) -> dict[str, Any]:
    """An event, or one day of a series, cut to what `$select` and `$expand` ask for."""
    names = select(call, "event")
    wanted = KNOWN.difference(ONLY_SELECTED)
    if names is not None:
        wanted = frozenset(name.partition("/")[0] for name in names) - (HIDDEN if view else frozenset())
    return whole(call, item, day, wanted) | expanded(call, item, day)


# What is asked for


def select(call: Call, type_name: str) -> list[str] | None:
    """The names of `$select`. Raises GraphError for one that the type does not have."""
    text = call.query.get("$select")
    if not text:
        return None
    names = [name.strip() for name in text.split(",")]
    known = call.schema.names(type_name)
    for name in names:
        if name.partition("/")[0] not in known:
            said = f"Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
            raise bad("RequestBroker--ParseUri", said)
    return names


def expansions(text: str) -> dict[str, str]:
    """The parts of `$expand` with what stands in their brackets."""
    found, depth, start = {}, 0, 0
    for at, mark in enumerate(text + ","):
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            name, _, inner = text[start:at].strip().partition("(")
            found[name] = inner.removesuffix(")")
            start = at + 1
    return found


def options(inner: str) -> dict[str, str]:
    """`$filter=...;$select=...` inside an expansion."""
    parts = re.split(r";(?=\$)", inner)
    return {name.strip().lower(): value for name, _, value in (part.partition("=") for part in parts) if name.strip()}


def expanded(call: Call, item: Item, day: Occurrence | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inner in expansions(call.query.get("$expand", "")).items():
        if not name:
            continue
        if name == "singleValueExtendedProperties":
            own = properties(item.extended if day is None else day.extended, options(inner))
            if own:
                found[name] = own
        elif name == "exceptionOccurrences":
            own_days = [item.occurrence(at) for at in sorted(item.overrides)] if day is None else []
            chosen = options(inner).get("$select")
            names = None if chosen is None else [one.strip() for one in chosen.split(",")]
            found[name] = [whole(call, item, each, names) for each in own_days]
        elif name in EXPANDED:
            found[name] = []
        else:
            said = f"Could not find a property named '{name}' on type 'microsoft.graph.event'."
            raise bad("RequestBroker--ParseUri", said)
    return found


def properties(extended: dict[str, str], inner: dict[str, str]) -> list[dict[str, str]]:
    """Extended properties that an expansion asks for by their ids: nobody gets all of them."""
    if "$filter" not in inner:
        raise bad("ErrorInvalidRequest", "The expand of extended properties needs a filter on their ids.")
    test = read_filter(inner["$filter"])
    if "id" not in names_in(inner["$filter"]):
        raise bad("ErrorInvalidUrlQueryFilter", "The filter of an extended property must be on its id.")
    found = [{"id": Exact(key), "value": value} for key, value in extended.items()]
    return [{"id": spelt(one["id"]), "value": one["value"]} for one in found if test(one)]


def spelt(key: str) -> str:
    """A property's id as Microsoft writes it."""
    kind, _, rest = key.partition(" ")
    plain = rest.replace(" name ", " Name ", 1).replace(" id ", " Id ", 1) if "}" in rest else rest
    return f"{kind[:1].upper()}{kind[1:]} {plain}"


def filterable(call: Call, item: Item, day: Occurrence | None, names: Collection[str]) -> dict[str, Any]:
    """What a filter asks for of an event, extended properties too."""
    extended = item.extended if day is None else day.extended
    own = [{"id": Exact(key), "value": value} for key, value in extended.items()]
    return whole(call, item, day, names) | {"singleValueExtendedProperties": own}


def read_properties(values: list[dict[str, Any]] | None) -> dict[str, str]:
    """Extended properties that were sent, by their keys. Raises GraphError for one without id or value."""
    found = {}
    for one in values or ():
        if not one.get("id") or one.get("value") is None:
            raise GraphError(400, "ErrorInvalidProperty", "An extended property needs its id and its value.")
        found[property_key(one["id"])] = one["value"]
    return found
