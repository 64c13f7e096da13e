"""One mailbox's calendar in Microsoft 365.

A single day of a series has an id that only a list of days tells. A `GraphCalendar` remembers what it has seen, so that
one list serves a whole call.
"""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from calendars.channel import ChannelError
from calendars.event import Slot
from calendars.microsoft365 import values
from calendars.microsoft365.requests import Answer, Ask, part
from calendars.microsoft365.values import BadAnswer, Json
from calendars.server.block_sync import DayChange
from calendars.server.meeting import MeetingWords
from calendars.server.standing import DesiredSeries, Seen, SeenDay

AROUND = timedelta(days=31)
"""So far beyond a series its moved days are looked for, where it does not tell of them itself."""

MOST_LISTED = "500"
"""Days to a page: all of a year's."""

READING = {"Prefer": values.AS_WE_READ}


class Mailboxes(Protocol):
    """Who does the requests: the session."""

    def ask(self, address: str, asked: Ask) -> Answer: ...
    def ask_all(self, address: str, asked: Sequence[Ask], *, in_order: bool = ...) -> list[Answer | ChannelError]: ...
    def pages(self, address: str, asked: Ask) -> Iterator[Json]: ...


@dataclass(kw_only=True)
class Known:
    """What has been seen of a series: `own` are those of its days that differ, `ids` the others as far as they are known."""

    zone: ZoneInfo
    title: str | None
    text: str | None
    first: date | None
    until: date | None
    own: Mapping[date, SeenDay] = field(default_factory=dict)
    ids: dict[date, str] = field(default_factory=dict)


class GraphCalendar:
    """One mailbox's calendar, as `calendars.server.block_sync.Calendar` and `calendars.server.meeting.Meetings` want it.
    For one call."""

    ids_outlive = True

    def __init__(self, session: Mailboxes, address: str) -> None:
        self._session, self._address = session, address
        self._mailbox = f"/users/{part(address)}"
        self._known: dict[str, Known] = {}

    def find(self, key: str) -> Sequence[str]:
        ours = f"ep/id eq '{values.KEY}' and ep/value eq '{key}'"
        query = {"$filter": f"singleValueExtendedProperties/Any(ep: {ours})", "$select": "id,createdDateTime"}
        found = self._list(f"{self._mailbox}/calendar/events", query)
        with self._reading():
            # One without a time is last: there is only one mostly.
            made = {values.id_of(one): str(one.get("createdDateTime") or "~") for one in found}
        return sorted(made, key=lambda item: made[item])

    def read(self, item: str, zone: str) -> Seen | None:
        answer = self._get(item, values.OF_SERIES)
        if answer.gone:
            return None
        event, there = answer.body, ZoneInfo(zone)
        with self._reading():
            first, until = values.bounds(event)
            title, text = event.get("subject"), values.text_of(event)
            known = Known(zone=there, title=title, text=text, first=first, until=until)
            days = values.days_told(event, there) or values.days_listed(event, there, self._all_instances(item, known))
            known.own = days.own
            self._known[item] = known
            return values.seen(event, there, days)

    def create(self, key: str, wish: DesiredSeries, text: str, call: int) -> str:
        series = wish.series
        item = self._create(values.series_event(key, wish, text, call))
        zone, first, until = ZoneInfo(series.zone), series.first, series.until
        self._known[item] = Known(zone=zone, title=wish.title, text=text, first=first, until=until)
        return item

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]:
        known = self._known[item]
        plain = [day for day in numbers if day not in known.own]
        found = self._instances(item, known, min(plain), max(plain)) if plain else {}
        with self._reading():
            usual = {day: values.day_of(one, known.title, known.text) for day, one in found.items()}
            own = {day: one for day, one in usual.items() if values.is_exception(found[day])}
        own = {day: one for day, one in {**own, **known.own}.items() if day in numbers}
        return {day: one for day, one in {**usual, **self._with_words(own)}.items() if day in numbers}

    def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        ids = self._ids(item, {change.day: change.item for change in changes})
        bodies = {change.day: values.day_fields(change) for change in changes}
        asked = {day: self._patch(one, bodies[day]) for day, one in ids.items()}
        return self._failed(self._in_order(asked)) | {day: self._is_gone() for day in bodies if day not in ids}

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        ids = self._ids(item, {day: one if isinstance(one, str) else "" for day, one in days.items()})
        last_first = sorted(ids, reverse=True)
        done = self._in_order({day: Ask(method="DELETE", path=self._path(ids[day])) for day in last_first})
        return self._failed({day: one for day, one in done.items() if isinstance(one, ChannelError)})

    def write_words(self, item: str, title: str, text: str | None) -> None:
        self._write(item, values.words(title, text))

    def mark_over(self, item: str, key: str) -> None:
        self._write(item, values.marked(key))

    def delete(self, item: str) -> bool:
        return not self._session.ask(self._address, Ask(method="DELETE", path=self._path(item))).gone

    # Meetings: what is written here, the server sends to whom it concerns

    def read_meeting(self, item: str) -> Slot | None:
        """The meeting with this id as it stands: its start in UTC, its length and place."""
        answer = self._get(item, {"$select": values.OF_MEETING})
        with self._reading():
            return None if answer.gone else values.slot_of(answer.body)

    def read_guests(self, item: str) -> Collection[str]:
        """The addresses of whoever is invited to a meeting."""
        return values.guests_of(self._get(item, {"$select": "id,attendees"}).body)

    def create_meeting(self, key: str, slot: Slot, words: MeetingWords, addresses: Sequence[str], call: int) -> str:
        """Write a meeting and invite these; its id."""
        return self._create(values.meeting_event(key, slot, words.title, words.html, addresses, call))

    def change_meeting(self, item: str, slot: Slot, words: MeetingWords, addresses: Sequence[str]) -> None:
        """Give a meeting another time, place or title, and other guests where some are named; tell whoever is invited, and
        whoever is no longer."""
        fields = values.meeting_fields(slot, words.title, words.html)
        self._write(item, fields | (values.attendees(addresses) if addresses else {}))

    def change_guests(self, item: str, addresses: Sequence[str]) -> None:
        """Give a meeting other guests; those who come and go are told, by Microsoft's description nobody else."""
        self._write(item, values.attendees(addresses))

    def cancel_meeting(self, item: str, words: MeetingWords) -> None:
        """Cancel a meeting with words to whoever is invited, as text: nowhere is it said that these may be HTML."""
        path = f"{self._path(item)}/cancel"
        self._session.ask(self._address, Ask(method="POST", path=path, body={"comment": words.text}, makes=True))

    # The days of a series

    def _ids(self, item: str, days: Mapping[date, str]) -> dict[date, str]:
        """The ids of days, those of which none is named (empty) looked up; none for a day that is not there."""
        known = self._known[item]
        own = {day: one.item for day, one in known.own.items()}
        missing = [day for day, named in days.items() if not named and day not in {**known.ids, **own}]
        if missing:  # what has no id was made just now: its holidays are asked for next
            self._instances(item, known, known.first or min(missing), known.until or max(missing))
        found = {**known.ids, **own, **{day: named for day, named in days.items() if named}}
        return {day: found[day] for day in days if day in found}

    def _instances(self, item: str, known: Known, first: date, last: date) -> dict[date, Json]:
        """The days of a series that stand between two days, by the day they were meant for. Their ids are remembered."""
        begin, end = (datetime.combine(day, time(), known.zone) for day in (first, last + timedelta(days=1)))
        query = values.window(begin, end) | {"$select": values.OF_INSTANCES, "$top": MOST_LISTED}
        listed = self._list(f"{self._path(item)}/instances", query)
        with self._reading():
            found = {values.original_day(one, known.zone): one for one in listed}
            known.ids |= {day: values.id_of(one) for day, one in found.items()}
        return found

    def _all_instances(self, item: str, known: Known) -> Iterable[Json]:
        if known.first is None or known.until is None:
            return ()
        return self._instances(item, known, known.first - AROUND, known.until + AROUND).values()

    def _with_words(self, days: Mapping[date, SeenDay]) -> Mapping[date, SeenDay]:
        """These days with the title and text of their own; without those that are gone."""
        asked = [self._getting(one.item, {"$select": values.OF_DAY}) for one in days.values()]
        found = {}
        for day, answer in zip(days, self._session.ask_all(self._address, asked) if asked else (), strict=True):
            if isinstance(answer, ChannelError):
                raise answer
            if not answer.gone:
                with self._reading():
                    found[day] = values.day_of(answer.body)
        return found

    def _in_order(self, asked: Mapping[date, Ask]) -> dict[date, Answer | ChannelError]:
        """What came of each, one after the other: the days of a series lie in one item, where two writes at once get into
        each other's way. Raises what is about more than single days."""
        done = self._session.ask_all(self._address, list(asked.values()), in_order=True) if asked else []
        for one in done:
            if isinstance(one, ChannelError) and (one.wait or one.about != "person"):
                raise one
        return dict(zip(asked, done, strict=True))

    def _failed(self, done: Mapping[date, Answer | ChannelError]) -> dict[date, str]:
        """Why days are not as they should be: those that were refused, and those that are gone."""
        said = {day: one.message if isinstance(one, ChannelError) else one.gone for day, one in done.items()}
        return {day: one if isinstance(one, str) else self._is_gone() for day, one in said.items() if one}

    # Requests

    def _path(self, item: str) -> str:
        return f"{self._mailbox}/events/{part(item)}"

    def _getting(self, item: str, query: Mapping[str, str]) -> Ask:
        return Ask(method="GET", path=self._path(item), query=query, headers=READING)

    def _get(self, item: str, query: Mapping[str, str]) -> Answer:
        return self._session.ask(self._address, self._getting(item, query))

    def _list(self, path: str, query: Mapping[str, str]) -> list[Json]:
        pages = self._session.pages(self._address, Ask(method="GET", path=path, query=query, headers=READING))
        return [one for page in pages for one in page.get("value") or ()]

    def _patch(self, item: str, fields: Json) -> Ask:
        return Ask(method="PATCH", path=self._path(item), body=fields)

    def _create(self, event: Json) -> str:
        asked = Ask(method="POST", path=f"{self._mailbox}/calendar/events", body=event, makes=True)
        with self._reading():
            return values.id_of(self._session.ask(self._address, asked).body)

    def _write(self, item: str, fields: Json) -> None:
        if self._session.ask(self._address, self._patch(item, fields)).gone:
            raise ChannelError(self._is_gone(), cause="gone")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """What comes of an answer that cannot be read."""
        try:
            yield
        except BadAnswer as error:
            raise ChannelError(f"{self._address}: {error}", cause=str(error)) from error

    def _is_gone(self) -> str:
        return f"{self._address}: what was to be changed is no longer in the calendar."
