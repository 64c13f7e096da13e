"""The events of one name in a mailbox's calendar: no more of it is read than what they are and when.

Which events have the words of the name in their titles (a list has series and single events, not their days), which of
them stand in the span (ids alone), and when and where those do. A view is never searched: it answers 500 where one event
in it has no title (microsoftgraph/msgraph-sdk-dotnet#2559).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from calendars.channel import ChannelError
from calendars.microsoft365.calendar import Mailboxes
from calendars.microsoft365.errors import Gone, stops
from calendars.microsoft365.requests import Answer, Ask, part
from calendars.microsoft365.values import AS_WE_READ, BadAnswer, Json, original_start, time_of, window
from calendars.server.titles import is_called, words
from calendars.server.view import Unread, View, Viewed

PAGE = "500"
"""Entries of a page; Graph gives ten where nothing is said, and a thousand at most."""

MOST_DAYS = 2000
"""Of the events that match: more is no department's rhythm, and is not asked for."""

TOLD = "type,subject,start,end,originalStart,isAllDay,isCancelled,location"

NO_SEARCH = ("ErrorInvalidUrlQueryFilter", "UnsupportedEntityExpression", "ErrorInternalServerError")
"""How Graph has been seen to answer a search by title that it cannot do: then all titles are read, and forgotten."""


def view(session: Mailboxes, address: str, subject: str, begin: datetime, end: datetime) -> View:
    """The days from `begin` to `end` of the events in a mailbox's calendar that are called `subject`. Raises
    ChannelError."""
    ours = {str(one["id"]): one for one in _called(session, address, subject)}
    span = window(begin, end)
    ids = [_event_of(one) for one in _listed(session, address, "calendar/calendarView", "type,seriesMasterId", span)]
    standing = [one for one in dict.fromkeys(ids) if one in ours]
    matching = sum(one in ours for one in ids)
    if matching > MOST_DAYS:
        raise ChannelError(f'{address}: more than {MOST_DAYS} events in its calendar are called "{subject}".')
    days, unread = list[Viewed](), list[Unread]()
    for event, told in _told(session, address, [ours[one] for one in standing], span):
        try:
            if isinstance(told, ChannelError):
                raise told
            days += _viewed(event, told)
        except (BadAnswer, ChannelError) as error:
            unread.append(Unread(event=_uid(event), title=str(event["subject"]), said=str(error)))
    events = frozenset(map(_uid, ours.values()))
    return View(days=tuple(days), events=events, unread=tuple(unread), others=len(ids) - matching)


def _called(session: Mailboxes, address: str, subject: str) -> list[Json]:
    """The series and single events that are called so, those of the past too."""
    literals = (word.replace("'", "''") for word in words(subject))
    search = {"$filter": " and ".join(f"contains(subject,'{one}')" for one in literals)}
    names = "subject,type,iCalUId"
    try:
        found = list(_listed(session, address, "calendar/events", names, search))
    except ChannelError as error:
        if error.cause not in NO_SEARCH:
            raise
        found = list(_listed(session, address, "calendar/events", names, {}))
    return [one for one in found if one.get("id") and is_called(str(one.get("subject") or ""), subject)]


def _told(
    session: Mailboxes, address: str, events: Sequence[Json], span: Mapping[str, str]
) -> Iterator[tuple[Json, Json | ChannelError]]:
    """The days of series, and single events, in full; with each its event as it was found."""
    singles = [one for one in events if one.get("type") != "seriesMaster"]
    for one in events:
        if one.get("type") == "seriesMaster":
            place = f"events/{part(str(one['id']))}/instances"
            yield from ((one, day) for day in _listed(session, address, place, TOLD, span))
    asked = [_ask(address, f"events/{part(str(one['id']))}", {"$select": TOLD}) for one in singles]
    for one, answer in zip(singles, session.ask_all(address, asked) if asked else [], strict=True):
        if isinstance(answer, ChannelError) and stops(answer):
            raise answer
        if not (isinstance(answer, Answer) and answer.gone):
            yield one, answer.body if isinstance(answer, Answer) else answer


def _listed(session: Mailboxes, address: str, place: str, names: str, query: Mapping[str, str]) -> Iterator[Json]:
    """A list, its pages together; nothing of what is gone."""
    try:
        for page in session.pages(address, _ask(address, place, {"$select": f"id,{names}", "$top": PAGE, **query})):
            values = page.get("value")
            yield from (one for one in values or () if isinstance(one, Mapping))
    except Gone:
        return


def _ask(address: str, place: str, query: Mapping[str, str]) -> Ask:
    return Ask(method="GET", path=f"/users/{part(address)}/{place}", query=query, headers={"Prefer": AS_WE_READ})


def _event_of(entry: Json) -> str:
    """The id of the series or single event that stands there."""
    return str(entry.get("seriesMasterId") or entry.get("id"))


def _uid(event: Json) -> str:
    """What it is known by: the UID of the series, which the days of a series do not have."""
    return str(event.get("iCalUId") or event["id"])


def _viewed(event: Json, told: Json) -> Iterator[Viewed]:
    """One day; none where it takes the whole day. Raises BadAnswer."""
    if told.get("isAllDay"):
        return
    yield Viewed(
        event=_uid(event),
        original=original_start(told) if event.get("type") == "seriesMaster" else None,
        starts=time_of(told, "start"),
        ends=time_of(told, "end"),
        title=str(told.get("subject") or event["subject"]),
        place=str((told.get("location") or {}).get("displayName") or ""),
        cancelled=bool(told.get("isCancelled")),
    )
