"""One mailbox's calendar on an Exchange server, a request for each method."""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import exchangelib
from exchangelib import properties
from exchangelib.fields import FieldPath
from exchangelib.items import CalendarItem, CancelCalendarItem

from calendars.channel import ChannelError
from calendars.event import Slot
from calendars.exchange.errors import Wire, judged
from calendars.exchange.requests import CREATE, GET, delete, folder_of, is_gone, raised, update
from calendars.exchange.values import (
    BadAnswer,
    attendees,
    day_id,
    day_update,
    event_fields,
    id_of,
    meeting_fields,
    plain,
    recurrence,
    seen,
    seen_day,
    shown,
)
from calendars.server.block_sync import DayChange
from calendars.server.meeting import MeetingWords
from calendars.server.standing import DesiredSeries, Seen, SeenDay, begins

T = TypeVar("T")


class Mailboxes(Protocol):
    """Who does the requests: the session."""

    @property
    def endpoint(self) -> str: ...

    def in_mailbox(self, address: str, work: Callable[[Any], T]) -> T: ...


class EwsCalendar:
    """One mailbox's calendar, as `calendars.server.block_sync.Calendar` and `calendars.server.meeting.Meetings` want
    it. `keep`: a cancellation leaves a copy in Sent Items."""

    ids_outlive = False

    def __init__(self, session: Mailboxes, address: str, *, keep: bool) -> None:
        self._session, self._address, self._keep = session, address, keep

    def find(self, key: str) -> Sequence[str]:
        def ask(account: Any) -> list[Any]:
            return list(folder_of(account, "calendar").filter(aikultur_key=key).only("datetime_created"))

        found = raised(self._session.in_mailbox(self._address, ask))
        with self._reading():
            # One without a time that can be read is last: there is only one mostly.
            made = {id_of(item): item.datetime_created for item in found}
        return sorted(made, key=lambda item: (made[item] is None, made[item] and made[item].timestamp()))

    def read(self, item: str, zone: str) -> Seen | None:
        wanted = ("subject", "text_body", "start", "end", "recurrence", "parent_folder_id")
        found = self._get([properties.ItemId(item)], (*wanted, "deleted_occurrences", "modified_occurrences"))[0]
        if is_gone(found):
            return None
        self._check(found)
        with self._reading():
            return seen(found, ZoneInfo(zone))

    def create(self, key: str, wish: DesiredSeries, text: str, call: int) -> str:
        series = wish.series
        starts = begins(series, series.first)
        fields = event_fields(key, wish.title, text, starts, starts + timedelta(minutes=series.minutes))
        fields |= shown(series) | {"recurrence": recurrence(series)}
        return self._create(fields, "SendToNone")

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]:
        ids = [properties.OccurrenceItemId(id=item, instance_index=number) for number in numbers.values()]
        found = self._get(ids, ("subject", "text_body", "start", "end"))
        shown = {}
        for day, one in zip(numbers, found, strict=True):
            if is_gone(one):
                continue
            self._check(one)
            with self._reading():
                shown[day] = seen_day(one)
        return shown

    def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        def ask(account: Any) -> list[Any]:
            return update(account, [day_update(account, item, change) for change in changes], "SendToNone")

        results = self._session.in_mailbox(self._address, ask)
        return self._failed([change.day for change in changes], results)

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        last_first = sorted(days, reverse=True)
        ids = [day_id(item, days[day]) for day in last_first]
        results = self._session.in_mailbox(self._address, lambda account: delete(account, ids))
        kept = [(day, one) for day, one in zip(last_first, results, strict=True) if not is_gone(one)]
        return self._failed([day for day, _ in kept], [one for _, one in kept])

    def write_words(self, item: str, title: str, text: str | None) -> None:
        fields = {"subject": title} | ({} if text is None else {"body": exchangelib.Body(text)})
        self._write(item, fields, "SendToNone")

    def mark_over(self, item: str, key: str) -> None:
        self._write(item, {"aikultur_key": key}, "SendToNone")

    def delete(self, item: str) -> bool:
        (result,) = self._session.in_mailbox(self._address, lambda account: delete(account, [properties.ItemId(item)]))
        if is_gone(result):
            return False
        self._check(result)
        return True

    # Meetings: what is written here, Exchange sends to whom it concerns

    def read_meeting(self, item: str) -> Slot | None:
        """The meeting with this id as it stands in the calendar: its start in UTC, its length and place."""
        found = self._get([properties.ItemId(item)], ("start", "end", "location", "is_cancelled"))[0]
        if is_gone(found):
            return None
        self._check(found)
        if found.is_cancelled:
            return None
        with self._reading():
            starts, ends = plain(found.start, "Start"), plain(found.end, "End")
        starts, minutes = starts.astimezone(ZoneInfo("UTC")), int((ends - starts).total_seconds()) // 60
        place = found.location or ""  # an empty one is left out by Exchange
        return Slot(uid="", starts=starts, minutes=minutes, busy="busy", reminder_minutes=None, place=place)

    def read_guests(self, item: str) -> Collection[str]:
        """The addresses of whoever is invited to a meeting."""
        (found,) = self._get([properties.ItemId(item)], ("required_attendees",))
        self._check(found)
        return [one.mailbox.email_address or "" for one in found.required_attendees or ()]

    def create_meeting(self, key: str, slot: Slot, words: MeetingWords, addresses: Sequence[str], call: int) -> str:
        """Write a meeting and invite these; its id."""
        fields = meeting_fields(slot, words.title, words.html) | {"aikultur_key": key} | attendees(addresses)
        return self._create(fields | {"is_response_requested": False}, "SendOnlyToAll")

    def change_meeting(self, item: str, slot: Slot, words: MeetingWords, addresses: Sequence[str]) -> None:
        """Give a meeting another time, place or title, and other guests where some are named; tell whoever is invited, and
        whoever is no longer."""
        fields = meeting_fields(slot, words.title, words.html) | (attendees(addresses) if addresses else {})
        self._write(item, fields, "SendOnlyToAll")

    def change_guests(self, item: str, addresses: Sequence[str]) -> None:
        """Give a meeting other guests. Exchange tells those who come and go; that it tells the others too has been seen
        (exchangelib#746, OfficeDev/ews-managed-api#20), and EWS has no way to ask it not to."""
        self._write(item, attendees(addresses), "SendOnlyToChanged")

    def cancel_meeting(self, item: str, words: MeetingWords) -> None:
        """Cancel a meeting with words to whoever is invited."""

        def ask(account: Any) -> None:
            (found,) = raised(
                GET(account=account).call(items=[properties.ItemId(item)], additional_fields=None, shape="IdOnly")
            )
            reference = properties.ReferenceItemId(id=found.id, changekey=found.changekey)
            letter = CancelCalendarItem(
                account=account, reference_item_id=reference, new_body=exchangelib.HTMLBody(words.html)
            )
            # A folder of ours: exchangelib would look for its own in two requests.
            folder = folder_of(account, "sentitems") if self._keep else None
            how = "SendAndSaveCopy" if self._keep else "SendOnly"
            asked = {"items": [letter], "folder": folder, "message_disposition": how}
            raised(CREATE(account=account).call(**asked, send_meeting_invitations="SendToNone"))

        self._session.in_mailbox(self._address, ask)

    # Requests

    def _get(self, ids: Sequence[Any], names: Sequence[str]) -> list[Any]:
        paths = {FieldPath(field=CalendarItem.get_field_by_fieldname(name)) for name in names}

        def ask(account: Any) -> list[Any]:
            return list(GET(account=account).call(items=ids, additional_fields=paths, shape="IdOnly"))

        return self._session.in_mailbox(self._address, ask)

    def _create(self, fields: Mapping[str, Any], tell: str) -> str:
        def ask(account: Any) -> Any:
            folder = folder_of(account, "calendar")
            item = CalendarItem(account=account, folder=folder, **fields)
            asked = {"items": [item], "folder": folder, "message_disposition": "SaveOnly"}
            (made,) = raised(CREATE(account=account).call(**asked, send_meeting_invitations=tell))
            return made

        made = self._session.in_mailbox(self._address, ask)
        with self._reading():
            return id_of(made)

    def _write(self, item: str, fields: Mapping[str, Any], tell: str) -> None:
        def ask(account: Any) -> list[Any]:
            changed = CalendarItem(account=account, _id=properties.ItemId(item), **fields)
            return update(account, [(changed, list(fields))], tell)

        for result in self._session.in_mailbox(self._address, ask):
            self._check(result)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """What comes of an answer that cannot be read."""
        try:
            yield
        except BadAnswer as error:
            raise self._judged(error) from error

    def _check(self, result: Any) -> None:
        if isinstance(result, Exception):
            raise self._judged(result) from result

    def _failed(self, days: Sequence[date], results: Sequence[Any]) -> dict[date, str]:
        bad = ((day, one) for day, one in zip(days, results, strict=True) if isinstance(one, Exception))
        return {day: self._judged(one).message for day, one in bad}

    def _judged(self, error: Exception) -> ChannelError:
        return judged(error, Wire(), self._session.endpoint, self._address)
