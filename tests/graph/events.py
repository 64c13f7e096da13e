"""Calendars and events: reading, writing, views, instances, and what organizers and attendees do.

Lists and pages: the reference's list events, list calendarView, list instances. A list has single events and masters; a
view has single events, occurrences and exceptions. Ten on a page, `$top` 1 to 1,000.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.graph import change, meetings, render
from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError, bad, gone
from tests.graph.mailbox import Item, Occurrence
from tests.graph.pages import listed, page
from tests.graph.query import names_in, ordered, read_filter
from tests.graph.shape import KNOWN, whole
from tests.graph.zones import moment, zone_of

USUALLY = KNOWN - {"cancelledOccurrences"}
Shown = tuple[Item, Occurrence | None]


def list_events(call: Call) -> Reply:
    items: list[Shown] = [(item, None) for item in call.mailbox.items if item.calendar == call.calendar]
    items.reverse()  # the newest first, where nobody says otherwise [U]
    return _list(call, items, "events", top=1000)


def create(call: Call) -> Reply:
    call.check_room()
    value = change.read_event(call)
    item = change.repeated(call, value)
    if item is None:
        item = change.new_event(call, value)
        call.mailbox.items.append(item)
        change.remember(call, value, item)
        meetings.announce(call.world, item)
    shown = whole(call, item, None, USUALLY)
    location = f"{call.root}/users('{call.mailbox.user}')/events('{shown['id']}')"
    return Reply(201, _context(call, "events/$entity") | shown, {"Location": location, **call.applied()})


def get(call: Call) -> Reply:
    item, day = call.event(call.path[1])
    value = _context(call, "events/$entity") | render.event(call, item, day)
    return Reply(200, value, {"ETag": f'W/"{item.change_key}"', **call.applied()})


def update(call: Call) -> Reply:
    call.check_room()
    item, day = call.event(call.path[1])
    call.check_match(item.change_key)
    value = change.read_event(call)
    if day is None:
        meetings.announce(call.world, item, change.apply(call, item, value))
    else:
        changed = change.apply_to_day(call, day, value)
        day = item.occurrence(day.original)
        meetings.announce_day(call.world, day, changed)
    shown = whole(call, item, day, USUALLY)
    return Reply(200, _context(call, "events/$entity") | shown, call.applied())


def delete(call: Call) -> Reply:
    """Of a meeting by its organizer: a cancellation for everybody who was asked."""
    item, day = call.event(call.path[1])
    call.check_match(item.change_key)
    _remove(call, item, day)
    return Reply(204)


def _remove(call: Call, item: Item, day: Occurrence | None, words: str = "") -> None:
    if day is None:
        call.mailbox.throw_away(item)
    else:
        change.take_out(item, day.original, call.now)
    meetings.call_off(call.world, item, day, words)


def cancel(call: Call) -> Reply:
    item, day = call.event(call.path[1])
    said = call.schema.read_action("cancel", call.json() if call.body else {})
    if item.is_copy:
        text = "Your request can't be completed. You need to be an organizer to cancel a meeting."
        raise bad("ErrorInvalidRequest", text)
    _remove(call, item, day, said.get("Comment") or "")
    return Reply(202)


def purge(call: Call) -> Reply:
    """permanentDelete: nothing is left in Deleted Items. Whether guests hear of it is a guess: as when it is deleted [U]."""
    item, day = call.event(call.path[1])
    _remove(call, item, day)
    if day is None and item in call.mailbox.binned:
        call.mailbox.binned.remove(item)
    return Reply(204)


def respond(response: str, action: str) -> Callable[[Call], Reply]:
    def work(call: Call) -> Reply:
        item, _ = call.event(call.path[1])
        said = call.schema.read_action(action, call.json() if call.body else {})
        if not item.is_copy:
            text = "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer."
            raise bad("ErrorInvalidRequest", text)
        words, told = said.get("Comment") or "", said.get("SendResponse", True)
        meetings.answer(call.world, call.mailbox, item, response, words, told=told)
        return Reply(202)

    return work


def window(call: Call) -> tuple[datetime, datetime]:
    """The span of a view, from its two parameters. Raises GraphError without them."""
    given = {name.lower(): value for name, value in call.query.items()}
    texts = [given.get("startdatetime"), given.get("enddatetime")]
    if not all(texts):
        text = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime."
        raise bad("ErrorInvalidParameter", text)
    zone = zone_of(call.zone_name)
    start, end = (moment(text or "", zone) for text in texts)
    if end < start:
        raise bad("ErrorInvalidParameter", "The EndDateTime must be later than the StartDateTime.")
    if (end - start).days > 1825:
        raise bad(
            "ErrorCalendarViewRangeTooBig", "The requested time duration specified for calendar view is too long."
        )
    return start, end


def view(call: Call) -> Reply:
    start, end = window(call)
    days: list[Shown] = [(day.item, day) for day in call.mailbox.occurrences(start, end, call.calendar)]
    return _list(call, days, "calendarView", top=1000, in_view=True)


def instances(call: Call) -> Reply:
    """The exceptions come first."""
    item, day = call.event(call.path[1])
    start, end = window(call)
    if item.recurrence is None or day is not None:
        return _list(call, [], "instances", top=1000, in_view=True)
    days = sorted(item.occurrences(start, end), key=lambda each: not each.is_exception)
    return _list(call, [(item, each) for each in days], "instances", top=1000, in_view=True)


def _list(call: Call, found: list[Shown], kind: str, *, top: int, in_view: bool = False) -> Reply:
    wanted = call.query.get("$filter")
    if wanted:
        found = _filtered(call, found, wanted, in_view=in_view)
    if call.query.get("$orderby"):
        found = ordered(found, call.query["$orderby"], lambda one: whole(call, *one))
    shown, more = page(call, found, usual=10, most=top)
    values = [render.event(call, item, day, view=in_view) for item, day in shown]
    answer: dict[str, Any] = _context(call, kind)
    if call.query.get("$count", "").lower() == "true":
        answer["@odata.count"] = len(found)
    answer["value"] = values
    if more:
        answer["@odata.nextLink"] = more
    return Reply(200, answer, call.applied())


def _filtered(call: Call, found: list[Shown], wanted: str, *, in_view: bool) -> list[Shown]:
    test, names = read_filter(wanted), names_in(wanted)
    extended = any(name.startswith("singleValueExtendedProperties") for name in names)
    if extended and in_view:
        raise GraphError(call.world.view_filter, "ErrorInvalidUrlQueryFilter", "The filter is not supported in a view.")
    if (
        in_view
        and "subject" in names
        and not all(whole(call, item, day, {"subject"})["subject"] for item, day in found)
    ):
        # Seen: microsoftgraph/msgraph-sdk-dotnet#2559, microsoft-graph-docs#16968
        raise GraphError(500, "ErrorInternalServerError", "An internal server error occurred. The operation failed.")
    known, asked = call.schema.names("event"), {name.partition("/")[0] for name in names}
    for name in names:
        first = name.partition("/")[0]
        if "/" in name or name in (
            "and",
            "or",
            "not",
            "eq",
            "ne",
            "gt",
            "ge",
            "lt",
            "le",
            "in",
            "null",
            "true",
            "false",
        ):
            continue
        if first not in known and name.lower() not in ("startswith", "endswith", "contains", "ep", "e", "x", "c", "a"):
            said = f"Could not find a property named '{name}' on type 'microsoft.graph.event'."
            raise bad("RequestBroker--ParseUri", said)
    return [one for one in found if test(render.filterable(call, *one, asked))]


def _context(call: Call, kind: str) -> dict[str, Any]:
    return {"@odata.context": f"{call.root}/$metadata#users('{call.mailbox.user}')/{kind}"}


# Calendars


def _calendar(call: Call, key: str) -> dict[str, Any]:
    box = call.mailbox
    return {
        "id": call.show_id("calendar", key),
        "name": box.calendars[key],
        "color": "auto",
        "hexColor": "",
        "isDefaultCalendar": key == "calendar",
        "changeKey": "1",
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"],
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "isTallyingResponses": True,
        "isRemovable": key != "calendar",
        "owner": {"name": box.name, "address": box.address},
    }


def get_calendar(call: Call) -> Reply:
    return Reply(200, _context(call, "calendar/$entity") | _calendar(call, call.calendar))


def list_calendars(call: Call) -> Reply:
    found = [_calendar(call, key) for key in call.mailbox.calendars]
    return Reply(200, listed(call, "calendars", "calendar", found), call.applied())


def create_calendar(call: Call) -> Reply:
    name = str(call.json().get("name") or "")
    if not name or name in call.mailbox.calendars.values():
        raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    key = f"calendar{call.world.number()}"
    call.mailbox.calendars[key] = name
    return Reply(201, _context(call, "calendars/$entity") | _calendar(call, key))


def delete_calendar(call: Call) -> Reply:
    if call.calendar == "calendar":
        raise bad("ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.")
    del call.mailbox.calendars[call.calendar]
    call.mailbox.items = [item for item in call.mailbox.items if item.calendar != call.calendar]
    return Reply(204)


def calendar_key(call: Call, text: str) -> str:
    """The calendar that an id names."""
    key = call.read_id(text, "calendar").name
    if key not in call.mailbox.calendars:
        raise gone()
    return key
