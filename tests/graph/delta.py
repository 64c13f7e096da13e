"""calendarView/delta: a span of a calendar, and what has changed in it since.

From the reference: `$select`, `$filter` and `$expand` are refused; occurrences carry only their id, type, master, start and
end; what is gone is `@removed`. As was seen: a changed series comes again with all its days, and a deleted day is not named.
The token holds what was told; after `Directory.epoch` has risen it is not known any more.
"""

import base64
import binascii
import json
from typing import Any

from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError, bad
from tests.graph.events import USUALLY, window
from tests.graph.mailbox import Item
from tests.graph.pages import next_link
from tests.graph.shape import whole
from tests.graph.zones import moment

SHORT = ("id", "type", "seriesMasterId", "start", "end", "@odata.etag")


def view_delta(call: Call) -> Reply:
    for name in ("$select", "$filter", "$expand", "$orderby"):
        if name in call.query:
            raise bad("ErrorInvalidUrlQuery", f"The query parameter '{name}' is not supported with change tracking.")
    token = call.query.get("$deltatoken") or call.query.get("$skiptoken")
    state = _read(call, token) if token else None
    if state is None:
        start, end = window(call)
        state = {"span": [start.isoformat(), end.isoformat()], "told": {}, "from": 0}
    told: dict[str, int] = state["told"]
    start, end = (moment(text) for text in state["span"])
    now = {item.place_name: item for item in call.mailbox.calendar if item.occurrences(start, end)}
    rows = [row for name, item in now.items() if told.get(name) != item.change for row in _rows(call, item, state)]
    gone = [name for name in told if name not in now]
    rows += [{"id": _id(call, name), "@removed": {"reason": "deleted"}} for name in gone]
    return _page(call, rows, state, {name: item.change for name, item in now.items()})


def _id(call: Call, name: str) -> str:
    return call.show_id("event", name.partition(".")[0] if call.immutable else name)


def _page(call: Call, rows: list[dict[str, Any]], state: dict[str, Any], told: dict[str, int]) -> Reply:
    preferred = call.prefers().get("odata.maxpagesize", "")
    size, start = int(preferred) if preferred.isdigit() else 10, state["from"]
    over = start + size
    answer: dict[str, Any] = {
        "@odata.context": f"{call.root}/$metadata#Collection(event)",
        "value": rows[start:over],
    }
    if over < len(rows):
        answer["@odata.nextLink"] = _link(call, "$skiptoken", state | {"from": over})
    else:
        answer["@odata.deltaLink"] = _link(call, "$deltatoken", state | {"told": told, "from": 0})
    return Reply(200, answer, call.applied())


def _rows(call: Call, item: Item, state: dict[str, Any]) -> list[dict[str, Any]]:
    start, end = (moment(text) for text in state["span"])
    master = whole(call, item, None, USUALLY)
    if item.recurrence is None:
        return [master]
    days = [(day, whole(call, item, day)) for day in item.occurrences(start, end)]
    return [master, *(row if day.is_exception else {name: row[name] for name in SHORT} for day, row in days)]


def _link(call: Call, name: str, state: dict[str, Any]) -> str:
    state = state | {"epoch": call.world.directory.epoch}
    call.query.clear()
    return next_link(call, {name: base64.urlsafe_b64encode(json.dumps(state).encode()).decode()})


def _read(call: Call, token: str) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError):
        raise bad("ErrorInvalidUrlQuery", "The token is not valid.") from None
    if state["epoch"] != call.world.directory.epoch:
        raise GraphError(410, "SyncStateNotFound", "The sync state generation is not found.")
    return state
