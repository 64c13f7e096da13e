"""Exchange Web Services: one account on one server, and what we ask of it. The only module that knows exchangelib.

What exchangelib 5.6 does by itself and why it is held back here is measured in `docs/exchangelib.md`: it retries
nothing (FailFast), never shrinks its pool (a deadlock), and every error inside a list of results is that item's alone.
Import this module only where an Exchange server is configured: it takes most of a second and 58 MB.
"""

import contextlib
import hashlib
import importlib.util
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

import exchangelib
import requests.adapters
from exchangelib import errors, properties, protocol, services
from exchangelib.fields import FieldPath
from exchangelib.folders import Calendar, Root
from exchangelib.items import CalendarItem, Message
from exchangelib.recurrence import EndDatePattern, Recurrence, WeeklyPattern
from exchangelib.version import EXCHANGE_2013_SP1, EXCHANGE_2016, EXCHANGE_2019, Version

from calendars.channel import ChannelError
from calendars.event import Series, Slot
from calendars.ews_errors import Wire, judged
from calendars.exchange import DayChange
from calendars.standing import Seen, SeenDay, Wish, begins

T = TypeVar("T")

MOST_AT_ONCE = 4
"""Requests at the same time: Exchange grants a service account 27, and this must never be felt by anybody else."""

VERSIONS = {"2013": EXCHANGE_2013_SP1, "2016": EXCHANGE_2016, "2019": EXCHANGE_2019, "SE": EXCHANGE_2019}
"""What the administrator writes, and the version that requests are made for. Subscription Edition speaks as 2019."""

OLDEST = "Exchange 2013 SP1"

LOGIN_AGAIN = timedelta(minutes=10)
"""Exchange answers 401 also when it is overloaded. A login that was good is tried once more, after so long; a policy
that locks an account counts within half an hour and allows five or more."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
GROUPS = {8: range(1, 8), 9: range(1, 6), 10: range(6, 8)}
"""exchangelib numbers the weekdays from 1, and behind them "Day", "Weekday" and "WeekendDay"."""

BUSY = {"free": "Free", "tentative": "Tentative", "busy": "Busy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EwsSettings:
    """Where the server is and how to be let in.

    `mailbox` is the service's own. `secret` gives the password, asked anew when there is reason to; None with
    Kerberos, which has a ticket. `ca_file` replaces the system's certificate authorities.
    """

    endpoint: str
    version: str
    auth: Literal["ntlm", "basic", "kerberos"]
    user: str
    secret: Callable[[], str] | None
    mailbox: str
    ca_file: Path | None
    timeout_seconds: float


class Logins(Protocol):
    """What is remembered of logins, also by later processes: a password that was refused is never tried again."""

    def refused(self, login: str) -> str | None:
        """The server's words, if it has refused this login (a fingerprint)."""

    def refuse(self, login: str, said: str) -> None: ...

    def accept(self, login: str) -> None: ...


class Key(exchangelib.ExtendedProperty):  # type: ignore[misc]  # exchangelib comes without types
    """Our own property on everything we make: what it is found by when an answer was lost."""

    property_set_id = "c2a3a1f4-6f0e-4d0f-9f3a-7c1d3b0a5e21"
    property_name = "aikultur key"
    property_type = "String"


CalendarItem.register("aikultur_key", Key)


def _catching(service: Any) -> Any:
    """The service with every error inside a list given back in the list: exchangelib raises most and loses the rest."""
    return type(service.__name__, (service,), {"ERRORS_TO_CATCH_IN_RESPONSE": (errors.ResponseMessageError,)})


CREATE, GET, UPDATE, DELETE = map(
    _catching, (services.CreateItem, services.GetItem, services.UpdateItem, services.DeleteItem)
)
AVAILABILITY = _catching(services.GetUserAvailability)


class Session:
    """One account on one server. Every method may be called from any thread and waits for one of four places.

    Raises ChannelError, and nothing else. The first request of a login is a probe, made once; a server that asked to
    be left alone is.
    """

    def __init__(self, settings: EwsSettings, logins: Logins, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings, self._logins, self._clock = settings, logins, clock
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._login_lock = threading.Lock()
        self._config: Any = None
        self._login = ""
        self._was_let_in = False
        self._rest: tuple[float, ChannelError] | None = None
        self._wire = Wire()

    def probe(self) -> str:
        """Ask the server who the service's own mailbox is; what the server calls itself."""
        return self._ask("", lambda config: str(config.version.fullname))

    def calendar(self, address: str) -> "EwsCalendar":
        """The calendar of a mailbox. Nothing is asked yet."""
        return EwsCalendar(self, address)

    def post(self, mime: bytes, *, keep: bool) -> None:
        """Send a letter from the service's mailbox, as it is; with `keep` a copy stays in Sent Items."""

        def send(account: Any) -> None:
            folder = _folder(account, "sentitems") if keep else None
            how = "SendAndSaveCopy" if keep else "SendOnly"
            letter = Message(account=account, folder=folder, mime_content=mime)
            asked = {"items": [letter], "folder": folder, "message_disposition": how}
            _raised(CREATE(account=account).call(**asked, send_meeting_invitations="SendToNone"))

        self.in_mailbox(self.settings.mailbox, send)

    def busy_times(
        self, addresses: Sequence[str], begin: datetime, end: datetime
    ) -> dict[str, list[tuple[datetime, datetime]] | ChannelError]:
        """When each of at most 100 people is not free, aware, by address. Needs no right but to see free and busy.

        Whoever's times cannot be had has an error instead.
        """

        def ask(config: Any) -> Any:
            data = [_mailbox_data(address) for address in addresses]
            window = properties.TimeWindow(start=_utc(begin), end=_utc(end))
            options = properties.FreeBusyViewOptions(
                time_window=window, merged_free_busy_interval=30, requested_view="FreeBusy"
            )
            service = AVAILABILITY(protocol.Protocol(config=config))
            asked = {"mailbox_data": data, "timezone": _utc_zone(), "free_busy_view_options": options}
            return list(service.call(tzinfo=exchangelib.UTC, **asked))

        views = self._ask("", ask)
        return {address: self._busy(address, view) for address, view in zip(addresses, views, strict=True)}

    def in_mailbox(self, address: str, work: Callable[[Any], T]) -> T:
        """Do one request in a mailbox, by impersonation where it is not the account's own."""
        own = address.lower() == self.settings.user.lower()
        access = exchangelib.DELEGATE if own else exchangelib.IMPERSONATION
        return self._ask(address, lambda config: work(_account(address, config, access)))

    def close(self) -> None:
        """Close the connections."""
        protocol.close_connections()

    def _busy(self, address: str, view: Any) -> list[tuple[datetime, datetime]] | ChannelError:
        if isinstance(view, Exception):
            return judged(view, self._wire, self.settings.endpoint, address)
        taken = (event for event in view.calendar_events or () if event.busy_type not in ("Free", "WorkingElsewhere"))
        return [(_plain(event.start), _plain(event.end)) for event in taken]

    # Being let in

    def _ask(self, address: str, work: Callable[[Any], T]) -> T:
        with self._places:
            config = self._let_in()
            with self._judging(address):
                return work(config)

    @contextlib.contextmanager
    def _judging(self, address: str) -> Iterator[None]:
        """Errors in words, and what follows from them for the requests to come."""
        self._wire.forget()
        try:
            yield
        except errors.UnauthorizedError as error:
            raise self._not_let_in(error) from error
        except ChannelError:
            raise
        except Exception as error:
            found = judged(error, self._wire, self.settings.endpoint, address)
            if found.wait:
                self._rest = self._clock() + found.wait.total_seconds(), found
            raise found from error

    def _let_in(self) -> Any:
        """The configuration to work with, once the server has let us in with it."""
        with self._login_lock:
            if self._rest and (left := self._rest[0] - self._clock()) > 0:
                error = self._rest[1]
                raise ChannelError(error.message, about=error.about, wait=timedelta(seconds=left))
            if self._config is not None:
                return self._config
            secret = self._secret()
            self._login = hashlib.sha256(
                repr((self.settings.endpoint, self.settings.user, secret)).encode()
            ).hexdigest()
            said = self._logins.refused(self._login)
            if said:
                raise ChannelError(said, about="login")
            if self.settings.auth == "kerberos" and not importlib.util.find_spec("requests_gssapi"):
                said = '[exchange] auth = "kerberos" needs more: pip install "aikultur[kerberos]".'
                raise ChannelError(said, about="login")
            config = _config(self.settings, secret, self._wire)
            with self._judging(""):
                self._probe(config)
            self._logins.accept(self._login)
            self._config, self._was_let_in = config, True
            return config

    def _probe(self, config: Any) -> None:
        """One request with these credentials. Raises what exchangelib raises, or ChannelError for an old server."""
        account = protocol.Protocol(config=config)
        found = _catching(services.ResolveNames)(protocol=account).call(
            unresolved_entries=[self.settings.mailbox],
            parent_folders=None,
            return_full_contact_data=False,
            search_scope=None,
            contact_data_shape=None,
        )
        list(found)  # whether the name is known does not matter; being let in does
        if config.version.build < EXCHANGE_2013_SP1:
            said = f"The server is {config.version.fullname}, and {OLDEST} is the oldest that works. Update it."
            raise ChannelError(f"{self.settings.endpoint}: {said}", about="server", wait=timedelta(hours=1))

    def _secret(self) -> str:
        try:
            return self.settings.secret() if self.settings.secret else ""
        except Exception as error:  # the caller's: a file, a variable or a command, each with its own errors
            raise ChannelError(f"[exchange]: the secret could not be had: {error}", about="login") from error

    def _not_let_in(self, error: Exception) -> ChannelError:
        """A 401. One that comes after the same login was good is believed when it comes twice."""
        with contextlib.suppress(KeyError):
            protocol.close_connections()
        good, self._config, self._was_let_in = self._was_let_in, None, False
        where = f"{self.settings.endpoint}: {self.settings.user} is not let in"
        if good:
            said = f"{where}, and was before. The password may have expired. It is tried once more in ten minutes."
            found = ChannelError(said, about="server", wait=LOGIN_AGAIN)
            self._rest = self._clock() + LOGIN_AGAIN.total_seconds(), found
            return found
        locked = " The account is locked." if "locked out" in str(error) else ""
        said = (
            f"{where}.{locked} Nothing more is tried with this password, so that the account is not locked. Correct it "
            "where [exchange] says it is, or run aikultur check --online to try the same one again."
        )
        self._logins.refuse(self._login, said)
        return ChannelError(said, about="login")


class EwsCalendar:
    """One mailbox's calendar, as `calendars.exchange.Calendar` and `calendars.meeting.Meetings` want it."""

    def __init__(self, session: Session, address: str) -> None:
        self._session, self._address = session, address

    def find(self, key: str) -> Sequence[str]:
        def ask(account: Any) -> list[Any]:
            return list(_folder(account, "calendar").filter(aikultur_key=key).only("datetime_created"))

        found = _raised(self._session.in_mailbox(self._address, ask))
        return [item.id for item in sorted(found, key=lambda item: item.datetime_created)]

    def read(self, item: str, zone: str) -> Seen | None:
        wanted = ("subject", "text_body", "start", "end", "recurrence", "parent_folder_id")
        found = self._get([properties.ItemId(item)], (*wanted, "deleted_occurrences", "modified_occurrences"))[0]
        if _is_gone(found):
            return None
        self._check(found)
        return _seen(found, ZoneInfo(zone))

    def create(self, key: str, wish: Wish, text: str) -> str:
        series = wish.series
        starts = begins(series, series.first)
        fields = _fields(key, wish.title, text, starts, starts + timedelta(minutes=series.minutes))
        fields |= _shown(series) | {"recurrence": _recurrence(series)}
        return self._create(fields, "SendToNone")

    def read_days(self, item: str, numbers: Mapping[date, int]) -> Mapping[date, SeenDay]:
        ids = [properties.OccurrenceItemId(id=item, instance_index=number) for number in numbers.values()]
        found = self._get(ids, ("subject", "text_body", "start", "end"))
        shown = {}
        for day, one in zip(numbers, found, strict=True):
            if _is_gone(one):
                continue
            self._check(one)
            starts, ends = _plain(one.start), _plain(one.end)
            text, title = str(one.text_body or ""), one.subject or ""
            shown[day] = SeenDay(item=one.id, starts=starts, ends=ends, title=title, text=text)
        return shown

    def write_days(self, item: str, changes: Sequence[DayChange]) -> Mapping[date, str]:
        def ask(account: Any) -> list[Any]:
            return _update(account, [_day_update(account, item, change) for change in changes], "SendToNone")

        results = self._session.in_mailbox(self._address, ask)
        return self._failed([change.day for change in changes], results)

    def delete_days(self, item: str, days: Mapping[date, int | str]) -> Mapping[date, str]:
        last_first = sorted(days, reverse=True)
        ids = [_day_id(item, days[day]) for day in last_first]
        results = self._session.in_mailbox(self._address, lambda account: _delete(account, ids))
        kept = [(day, one) for day, one in zip(last_first, results, strict=True) if not _is_gone(one)]
        return self._failed([day for day, _ in kept], [one for _, one in kept])

    def write_words(self, item: str, title: str, text: str | None) -> None:
        fields = {"subject": title} | ({} if text is None else {"body": exchangelib.Body(text)})
        self._write(item, fields, "SendToNone")

    def delete(self, item: str) -> bool:
        (result,) = self._session.in_mailbox(self._address, lambda account: _delete(account, [properties.ItemId(item)]))
        if _is_gone(result):
            return False
        self._check(result)
        return True

    # Meetings: what is written here, Exchange sends to whom it concerns

    def read_meeting(self, item: str) -> Slot | None:
        """The meeting with this id as it stands in the calendar: its start in UTC, its length and place."""
        found = self._get([properties.ItemId(item)], ("start", "end", "location", "is_cancelled"))[0]
        if _is_gone(found):
            return None
        self._check(found)
        if found.is_cancelled:
            return None
        starts = _plain(found.start).astimezone(ZoneInfo("UTC"))
        minutes = int((found.end - found.start).total_seconds()) // 60
        place = found.location or ""
        return Slot(uid="", starts=starts, minutes=minutes, busy="busy", reminder_minutes=None, place=place)

    def create_meeting(self, key: str, slot: Slot, title: str, html: str, attendee: str) -> str:
        """Write a meeting and invite one person; its id."""
        fields = _meeting_fields(slot, title, html) | {"aikultur_key": key}
        # exchangelib sends a bare address as somebody who has accepted.
        mailbox = properties.Mailbox(email_address=attendee)
        fields["required_attendees"] = [properties.Attendee(mailbox=mailbox, response_type="Unknown")]
        return self._create(fields | {"is_response_requested": False}, "SendOnlyToAll")

    def change_meeting(self, item: str, slot: Slot, title: str, html: str) -> None:
        """Give a meeting another time, place or title, and tell whoever is invited."""
        self._write(item, _meeting_fields(slot, title, html), "SendOnlyToAll")

    def cancel_meeting(self, item: str, html: str) -> None:
        """Cancel a meeting with words to whoever is invited."""

        def ask(account: Any) -> None:
            found = CalendarItem(account=account, folder=_folder(account, "calendar"), id=item)
            (shown,) = list(GET(account=account).call(items=[found], additional_fields=None, shape="IdOnly"))
            if isinstance(shown, Exception):
                raise shown
            shown.account = account
            shown.cancel(new_body=exchangelib.HTMLBody(html))

        self._session.in_mailbox(self._address, ask)

    # Requests

    def _get(self, ids: Sequence[Any], names: Sequence[str]) -> list[Any]:
        paths = {FieldPath(field=CalendarItem.get_field_by_fieldname(name)) for name in names}

        def ask(account: Any) -> list[Any]:
            return list(GET(account=account).call(items=ids, additional_fields=paths, shape="IdOnly"))

        return self._session.in_mailbox(self._address, ask)

    def _create(self, fields: Mapping[str, Any], tell: str) -> str:
        def ask(account: Any) -> Any:
            folder = _folder(account, "calendar")
            item = CalendarItem(account=account, folder=folder, **fields)
            asked = {"items": [item], "folder": folder, "message_disposition": "SaveOnly"}
            (made,) = _raised(CREATE(account=account).call(**asked, send_meeting_invitations=tell))
            return made.id

        return str(self._session.in_mailbox(self._address, ask))

    def _write(self, item: str, fields: Mapping[str, Any], tell: str) -> None:
        def ask(account: Any) -> list[Any]:
            changed = CalendarItem(account=account, _id=properties.ItemId(item), **fields)
            return _update(account, [(changed, list(fields))], tell)

        for result in self._session.in_mailbox(self._address, ask):
            self._check(result)

    def _check(self, result: Any) -> None:
        if isinstance(result, Exception):
            raise self._judged(result) from result

    def _failed(self, days: Sequence[date], results: Sequence[Any]) -> dict[date, str]:
        bad = ((day, one) for day, one in zip(days, results, strict=True) if isinstance(one, Exception))
        return {day: self._judged(one).message for day, one in bad}

    def _judged(self, error: Exception) -> ChannelError:
        return judged(error, Wire(), self._session.settings.endpoint, self._address)


# From our values to exchangelib's, and back


def _config(settings: EwsSettings, secret: str, wire: Wire) -> Any:
    """A configuration that nothing is guessed for, and connections that are watched and always verified."""
    # One server to a process: these are exchangelib's own, for all there is.
    protocol.BaseProtocol.HTTP_ADAPTER_CLS = _adapter(wire, settings.ca_file)
    protocol.BaseProtocol.TIMEOUT = settings.timeout_seconds
    protocol.BaseProtocol.USERAGENT = "aikultur"
    protocol.BaseProtocol.decrease_poolsize = _keep_the_pool
    auth = {"ntlm": exchangelib.NTLM, "basic": exchangelib.BASIC, "kerberos": "gssapi"}[settings.auth]
    credentials = exchangelib.Credentials(settings.user, secret) if settings.secret else None
    build = VERSIONS[settings.version]
    return exchangelib.Configuration(
        service_endpoint=settings.endpoint,
        credentials=credentials,
        auth_type=auth,
        version=Version(build=build),
        retry_policy=exchangelib.FailFast(),
        max_connections=MOST_AT_ONCE,
    )


def _keep_the_pool(_: Any) -> None:
    """exchangelib's own waits for a lock that it holds already, and then for ever."""
    raise errors.SessionPoolMinSizeReached("kept")


def _adapter(wire: Wire, ca_file: Path | None) -> type[requests.adapters.HTTPAdapter]:
    """Connections that are verified whatever the environment says, and that note what exchangelib does not tell."""
    trusted = str(ca_file) if ca_file else True

    class Adapter(requests.adapters.HTTPAdapter):
        def send(self, request: Any, **given: Any) -> Any:  # type: ignore[override]  # all but the first by name
            wire.sent()
            try:
                answer = super().send(request, **{**given, "verify": trusted})
            except requests.exceptions.RequestException as error:
                wire.broke(error)
                raise
            wire.answered(answer.status_code, answer.headers.get("Retry-After"), answer.headers.get("Content-Type", ""))
            return answer

    return Adapter


def _account(address: str, config: Any, access: Any) -> Any:
    return exchangelib.Account(
        address, config=config, autodiscover=False, access_type=access, default_timezone=exchangelib.UTC
    )


def _folder(account: Any, name: str) -> Any:
    """A folder by its name, without the two requests that exchangelib would look it up with."""
    mailbox = properties.Mailbox(email_address=account.primary_smtp_address)
    of_mailbox = {
        key: properties.DistinguishedFolderId(id=key, mailbox=mailbox) for key in (name, Root.DISTINGUISHED_FOLDER_ID)
    }
    root = Root(account=account, _distinguished_id=of_mailbox[Root.DISTINGUISHED_FOLDER_ID])
    kind = {"calendar": Calendar, "sentitems": exchangelib.folders.SentItems}[name]
    return kind(root=root, _distinguished_id=of_mailbox[name])


def _fields(key: str, title: str, text: str, starts: datetime, ends: datetime) -> dict[str, Any]:
    zone = _zone(starts)
    return {
        "aikultur_key": key,
        "subject": title,
        "body": exchangelib.Body(text),
        "start": _local(starts, zone),
        "end": _local(ends, zone),
    }


def _shown(entry: Series | Slot) -> dict[str, Any]:
    reminder = entry.reminder_minutes
    fields: dict[str, Any] = {"legacy_free_busy_status": BUSY[entry.busy], "reminder_is_set": reminder is not None}
    return fields if reminder is None else fields | {"reminder_minutes_before_start": reminder}


def _meeting_fields(slot: Slot, title: str, html: str) -> dict[str, Any]:
    zone = _zone(slot.starts)
    return _shown(slot) | {
        "subject": title,
        "body": exchangelib.HTMLBody(html),
        "start": _local(slot.starts, zone),
        "end": _local(slot.ends, zone),
        "location": slot.place or None,
    }


def _recurrence(series: Series) -> Any:
    days = [WEEKDAYS[day - 1] for day in sorted(series.weekdays)]
    begin, end = (exchangelib.EWSDate.from_date(day) for day in (series.first, series.until))
    return Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=days, first_day_of_week="Monday"),
        boundary=EndDatePattern(start=begin, end=end),
    )


def _seen(item: Any, zone: ZoneInfo) -> Seen:
    starts, ends = _plain(item.start), _plain(item.end)
    pattern, boundary = (item.recurrence.pattern, item.recurrence.boundary) if item.recurrence else (None, None)
    moved = {
        _plain(one.original_start).astimezone(zone).date(): (_plain(one.start), _plain(one.end))
        for one in item.modified_occurrences or ()
    }
    deleted = (_plain(one.start).astimezone(zone).date() for one in item.deleted_occurrences or ())
    until = boundary.end if isinstance(boundary, EndDatePattern) else None
    return Seen(
        item=item.id,
        folder=item.parent_folder_id.id if item.parent_folder_id else "",
        title=item.subject or "",
        text=str(item.text_body or ""),
        start=starts.astimezone(zone).time(),
        minutes=int((ends - starts).total_seconds()) // 60,
        weekdays=_weekdays(pattern),
        until=date(until.year, until.month, until.day) if until else None,
        deleted=frozenset(deleted),
        moved=moved,
    )


def _weekdays(pattern: Any) -> frozenset[int] | None:
    """ISO weekdays of a series that repeats every week; None for any other."""
    if not isinstance(pattern, WeeklyPattern) or pattern.interval != 1:
        return None
    return frozenset(day for number in pattern.weekdays for day in GROUPS.get(number, (number,)))


def _day_id(series: str, day: int | str) -> Any:
    if isinstance(day, str):
        return properties.ItemId(day)
    return properties.OccurrenceItemId(id=series, instance_index=day)


def _day_update(account: Any, series: str, change: DayChange) -> tuple[Any, list[str]]:
    zone = _zone(change.starts)
    fields = {
        "body": exchangelib.Body(change.text),
        "start": _local(change.starts, zone),
        "end": _local(change.ends, zone),
    } | ({} if change.title is None else {"subject": change.title})
    item = CalendarItem(account=account, _id=_day_id(series, change.item or change.number), **fields)
    return item, list(fields)


def _update(account: Any, items: Sequence[tuple[Any, list[str]]], tell: str) -> list[Any]:
    """Overwrites: what was there has been looked at, and one day's write changes the key of the next."""
    return list(
        UPDATE(account=account).call(
            items=items,
            conflict_resolution="AlwaysOverwrite",
            message_disposition="SaveOnly",
            send_meeting_invitations_or_cancellations=tell,
            suppress_read_receipts=True,
        )
    )


def _delete(account: Any, ids: Sequence[Any]) -> list[Any]:
    return list(
        DELETE(account=account).call(
            items=ids,
            delete_type="HardDelete",
            send_meeting_cancellations="SendToNone",
            affected_task_occurrences="AllOccurrences",
            suppress_read_receipts=True,
        )
    )


def _raised(results: Any) -> list[Any]:
    found = list(results)
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


GONE = (
    errors.ErrorItemNotFound,
    errors.ErrorCalendarOccurrenceIsDeletedFromRecurrence,
    errors.ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange,
)


def _is_gone(result: Any) -> bool:
    return isinstance(result, GONE)


def _zone(moment: datetime) -> Any:
    """The zone as Exchange knows it. Raises exchangelib's UnknownTimeZone where Windows has no name for it."""
    zone = moment.tzinfo
    return exchangelib.EWSTimeZone(zone.key) if isinstance(zone, ZoneInfo) else exchangelib.UTC


def _local(moment: datetime, zone: Any) -> Any:
    return exchangelib.EWSDateTime.from_datetime(moment.astimezone(UTC)).astimezone(zone)


def _utc(moment: datetime) -> Any:
    return _local(moment, exchangelib.UTC)


def _plain(moment: Any) -> datetime:
    """An exchangelib time as a plain one, in UTC."""
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def _mailbox_data(address: str) -> Any:
    return properties.MailboxData(email=address, attendee_type="Required", exclude_conflicts=False)


def _utc_zone() -> Any:
    """UTC spelt out, so that the server need not be asked for a zone first, and no zone can be unknown to it."""
    change = {"bias": 0, "time": datetime.min.time(), "occurrence": 1, "iso_month": 1, "weekday": "Sunday"}
    standard, daylight = properties.StandardTime(**change), properties.DaylightTime(**change)
    return properties.TimeZone(bias=0, standard_time=standard, daylight_time=daylight)
