"""exchangelib as a client of the test server, in the way a careful program uses it: endpoint, version and auth given,
no autodiscover, no retries."""

import importlib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.ews.server import PASSWORD, SERVICE, EwsServer

lib: Any = importlib.import_module("exchangelib")  # it comes without types
recurrences: Any = importlib.import_module("exchangelib.recurrence")
protocols: Any = importlib.import_module("exchangelib.protocol")
versions: Any = importlib.import_module("exchangelib.version")
errors: Any = importlib.import_module("exchangelib.errors")

PLAIN = {
    name: getattr(protocols.BaseProtocol, name)
    for name in ("HTTP_ADAPTER_CLS", "TIMEOUT", "USERAGENT", "decrease_poolsize")
}
"""exchangelib's own, for all there is: the service sets others, and a test must not depend on which came before it."""

ZONE = "Europe/Copenhagen"
WORKING_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


class Key(lib.ExtendedProperty):  # type: ignore[misc] # its base is of no type
    property_set_id = "2f6d5e8c-4b1a-4c3d-9e7f-0a1b2c3d4e5f"
    property_name = "test key"
    property_type = "String"


class Label(lib.ExtendedProperty):  # type: ignore[misc] # its base is of no type
    distinguished_property_set_id = "PublicStrings"
    property_name = "test label"
    property_type = "String"


def register() -> None:
    """Make `test_key` and `test_label` known on calendar items; once in a process is enough."""
    for name, kind in (("test_key", Key), ("test_label", Label)):
        if name not in {field.name for field in lib.CalendarItem.FIELDS}:
            lib.CalendarItem.register(name, kind)


def account(
    server: EwsServer, address: str, *, auth: str | None = "basic", password: str = PASSWORD, **more: Any
) -> Any:
    """An account used by impersonation. `more` goes to exchangelib's Configuration."""
    register()
    for name, own in PLAIN.items():
        setattr(protocols.BaseProtocol, name, own)
    settings = {"version": lib.Version(versions.EXCHANGE_2019), "retry_policy": lib.FailFast(), "max_connections": 4}
    config = lib.Configuration(
        service_endpoint=server.url,
        credentials=lib.Credentials(SERVICE, password),
        auth_type=auth,
        **(settings | more),
    )
    return lib.Account(
        address,
        config=config,
        autodiscover=False,
        access_type=lib.IMPERSONATION,
        default_timezone=lib.EWSTimeZone(ZONE),
    )


def at(*parts: int) -> Any:
    """A time on Copenhagen's clock, as exchangelib wants it."""
    return lib.EWSDateTime(*parts, tzinfo=lib.EWSTimeZone(ZONE))


def wall(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(ZONE))  # type: ignore[arg-type,misc] # year, month, day and so on


def event(owner: Any, start: Any, minutes: int = 10, **more: Any) -> Any:
    """An event, not saved yet."""
    settings = {"subject": "AI-tid", "legacy_free_busy_status": "Free"}
    return lib.CalendarItem(
        account=owner, folder=owner.calendar, start=start, end=start + timedelta(minutes=minutes), **(settings | more)
    )


def weekly(first: date, last: date, days: list[str] | None = None) -> Any:
    """The recurrence of working days, or of some of them."""
    return recurrences.Recurrence(
        pattern=recurrences.WeeklyPattern(interval=1, weekdays=days or WORKING_DAYS),
        start=lib.EWSDate.from_date(first),
        end=lib.EWSDate.from_date(last),
    )


def attendee(address: str) -> Any:
    return lib.Attendee(mailbox=lib.Mailbox(email_address=address), response_type="Unknown")
