"""The events of one name in a mailbox's calendar: no more of it is read than what they are and when.

Three requests, because a view cannot be searched: which events have the words of the name in their titles (a search gives
series and single events, not their days), which days stand in the span (ids alone), and when and where the days of
those are. OriginalStart comes with GetItem only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from exchangelib import Q, errors, properties
from exchangelib.fields import FieldPath
from exchangelib.items import CalendarItem
from exchangelib.restriction import Restriction

from calendars.channel import ChannelError
from calendars.exchange.calendar import Mailboxes
from calendars.exchange.requests import FIND, GET, folder_of, is_gone, raised
from calendars.exchange.values import BadAnswer, id_of, plain, utc
from calendars.server.titles import is_called, words
from calendars.server.view import Unread, View, Viewed

MOST = 1000
"""Entries of one view: what Exchange's default policy grants a search (EWSFindCountLimit)."""

SHORTEST = timedelta(days=1)
"""A span with MOST entries is halved, but not further than this."""

MOST_DAYS = 2000
"""Of the events that match: more is no department's rhythm, and is not asked for."""

TOLD = ("subject", "start", "end", "original_start", "is_cancelled", "location", "type")
"""What is asked of a day. Not whether it takes the whole day: exchangelib would make dates of its times, on the clock of
the machine that we run on."""


def view(session: Mailboxes, address: str, subject: str, begin: datetime, end: datetime) -> View:
    """The days from `begin` to `end` of the events in a mailbox's calendar that are called `subject`. Raises
    ChannelError."""
    titles = _titles(session, address, subject)
    standing = {id_of(one): one for one in _standing(session, address, begin, end)}
    ours = {item: one.uid for item, one in standing.items() if one.uid in titles}
    if len(ours) > MOST_DAYS:
        raise ChannelError(f'{address}: more than {MOST_DAYS} events in its calendar are called "{subject}".')
    timed = {item: event for item, event in ours.items() if not standing[item].is_all_day}
    days, unread = list[Viewed](), list[Unread]()
    for event, found in zip(timed.values(), _told(session, address, list(timed)), strict=True):
        if is_gone(found):
            continue
        try:
            days.append(_viewed(event, found))
        except BadAnswer as error:
            unread.append(Unread(event=event, title=titles[event], said=str(error)))
    return View(days=tuple(days), events=frozenset(titles), unread=tuple(unread), others=len(standing) - len(ours))


def _titles(session: Mailboxes, address: str, subject: str) -> Mapping[str, str]:
    """The titles of the series and single events that are called so, by UID, those of the past too."""
    wanted = Q()
    for word in words(subject):
        wanted &= Q(subject__icontains=word)
    found = session.in_mailbox(address, lambda account: _find(account, wanted, ("uid", "subject")))
    return {one.uid: one.subject for one in found if one.uid and one.subject and is_called(one.subject, subject)}


def _standing(session: Mailboxes, address: str, begin: datetime, end: datetime) -> Iterator[Any]:
    """What stands in a span, with its id, its UID and whether it takes the whole day."""

    def ask(account: Any) -> list[Any] | None:
        span = properties.CalendarView(start=utc(begin), end=utc(end), max_items=MOST)
        try:
            return _find(account, Q(), ("uid", "is_all_day"), span)
        except errors.ErrorExceededFindCountLimit:  # a policy of its own
            return None

    found = session.in_mailbox(address, ask)
    if found is not None and len(found) < MOST:
        yield from found
        return
    if end - begin <= SHORTEST:
        raise ChannelError(f"{address}: its calendar has more events on {begin:%Y-%m-%d} than the server tells.")
    middle = begin + (end - begin) / 2
    yield from _standing(session, address, begin, middle)
    yield from _standing(session, address, middle, end)


def _told(session: Mailboxes, address: str, items: Sequence[str]) -> Iterable[Any]:
    if not items:
        return []
    ids = [properties.ItemId(item) for item in items]

    def ask(account: Any) -> list[Any]:
        return list(GET(account=account).call(items=ids, additional_fields=_paths(TOLD), shape="IdOnly"))

    return session.in_mailbox(address, ask)


def _find(account: Any, wanted: Any, names: Sequence[str], view: Any = None) -> list[Any]:
    """One search by FindItem. exchangelib's own query would get every item anew for a text, which FindItem cuts off; a UID
    that is cut off is the same one in both searches."""
    folder = folder_of(account, "calendar")
    restriction = None if wanted.is_empty() else Restriction(wanted, folders=[folder], applies_to=Restriction.ITEMS)
    asked = {"folders": [folder], "additional_fields": _paths(names), "restriction": restriction, "shape": "IdOnly"}
    # exchangelib asks for the next page of a view until it has this many, and a view has none.
    asked |= {"calendar_view": view, "max_items": MOST if view else None}
    none = dict.fromkeys(("order_fields", "query_string"))
    return raised(FIND(account=account).call(**asked, **none, depth="Shallow", offset=0))


def _paths(names: Sequence[str]) -> set[Any]:
    return {FieldPath(field=CalendarItem.get_field_by_fieldname(name)) for name in names}


def _viewed(event: str, found: Any) -> Viewed:
    """Raises BadAnswer."""
    if isinstance(found, Exception):
        raise BadAnswer(type(found).__name__)
    # A day that stands where the series has it may come without.
    original = found.original_start or (None if found.type == "Exception" else found.start)
    return Viewed(
        event=event,
        original=None if found.type == "Single" else plain(original, "OriginalStart"),
        starts=plain(found.start, "Start"),
        ends=plain(found.end, "End"),
        title=found.subject or "",
        place=found.location or "",
        cancelled=bool(found.is_cancelled),
    )
