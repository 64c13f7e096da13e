"""Pages of a list, with the address of the next one."""

from typing import Any
from urllib.parse import quote, urlencode

from tests.graph.call import Call
from tests.graph.errors import bad
from tests.graph.query import ordered, read_filter, selected, whole_number
from tests.graph.render import select


def page(
    call: Call, found: list[Any], *, usual: int, most: int, skip: str = "$skip", full: int | None = None
) -> tuple[list[Any], str | None]:
    """What stands on this page, and the address of the next one where there is more.

    `odata.maxpagesize` says how much at most where there is no `$top`. `full`: a server may always
    give fewer than it was asked for.
    """
    preferred = call.prefers().get("odata.maxpagesize", "")
    size = min(int(preferred), most) if preferred.isdigit() and int(preferred) else usual
    top = min(whole_number(call.query, "$top", size, 1, most), full or most)
    start = whole_number(call.query, skip, 0, 0, 10**9)
    shown = found[start : start + top]
    more = next_link(call, {skip: start + top}) if start + top < len(found) else None
    return shown, more


def listed(call: Call, kind: str, type_name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """A list of what is JSON already: filtered, ordered, cut to `$select`, and a page of it."""
    if "$expand" in call.query:
        raise bad("BadRequest", "Query option '$expand' is not served here.")
    if call.query.get("$filter"):
        test = read_filter(call.query["$filter"])
        found = [one for one in found if test(one)]
    if call.query.get("$orderby"):
        found = ordered(found, call.query["$orderby"])
    shown, more = page(call, found, usual=10, most=1000)
    names = select(call, type_name)
    answer: dict[str, Any] = {"@odata.context": f"{call.root}/$metadata#users('{call.mailbox.user}')/{kind}"}
    if call.query.get("$count", "").lower() == "true":
        answer["@odata.count"] = len(found)
    answer["value"] = [selected(one, names) for one in shown]
    return answer | ({"@odata.nextLink": more} if more else {})


def next_link(call: Call, changed: dict[str, object]) -> str:
    query = {**call.query, **{name: str(value) for name, value in changed.items()}}
    return f"{call.address}?{urlencode(query, safe='$,', quote_via=quote)}"
