"""Pages of a list, with the address of the next one."""

from typing import Any
from urllib.parse import quote, urlencode

from tests.graph.call import Call
from tests.graph.query import whole_number


def page(call: Call, found: list[Any], *, usual: int, most: int, skip: str = "$skip") -> tuple[list[Any], str | None]:
    """What stands on this page, and the address of the next one where there is more.

    `odata.maxpagesize` says how much at most where there is no `$top`.
    """
    preferred = call.prefers().get("odata.maxpagesize", "")
    size = min(int(preferred), most) if preferred.isdigit() and int(preferred) else usual
    top = whole_number(call.query, "$top", size, 1, most)
    start = whole_number(call.query, skip, 0, 0, 10**9)
    shown = found[start : start + top]
    more = next_link(call, {skip: start + top}) if start + top < len(found) else None
    return shown, more


def next_link(call: Call, changed: dict[str, object]) -> str:
    query = {**call.query, **{name: str(value) for name, value in changed.items()}}
    return f"{call.address}?{urlencode(query, safe='$,', quote_via=quote)}"
