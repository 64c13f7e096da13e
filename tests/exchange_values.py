"""An organisation on channel `exchange` and a server of our own, for the tests of blocks and meetings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from calendars.exchange.session import EwsSettings, Session
from calendars.exchange.settings import Exchange
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.planning.plan import Plan
from tests.ews import PASSWORD, SERVICE, EwsServer, Occurrence
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people

EXCHANGE = """
[exchange]
endpoint = "{url}"
auth = "basic"
user = "{user}"
secret_file = "secret"
mailbox = "{user}"
{more}
"""
VITAMIN = """
[vitamin]
{more}
"""


def address(number: int) -> str:
    return f"p{number}@x.example"


def write_exchange(
    folder: Path,
    server: EwsServer,
    *,
    channel: str = "exchange",
    closed: str = "",
    vitamin: str = "",
    exchange: str = "",
    transport: str = "folder",
    port: int = 1,
) -> None:
    """A config with `[exchange]` on that server; `vitamin` and `exchange` are more lines of those sections."""
    write_config(folder, channel=channel, closed=closed, transport=transport, port=port)
    file = folder / "config.toml"
    text = file.read_text("utf-8").replace(
        "ai-tid@x.example", SERVICE if transport == "exchange" else "ai-tid@x.example"
    )
    more = EXCHANGE.format(url=server.url, user=SERVICE, more=exchange) + VITAMIN.format(more=vitamin)
    file.write_text(text + more, "utf-8")
    (folder / "secret").write_text(PASSWORD, "utf-8")


@contextmanager
def exchange_engine(folder: Path, server: EwsServer, people: int = 1, **settings: str) -> Iterator[Engine]:
    """An engine on `people` people whose first blocks are approved; nothing is done yet."""
    write_exchange(folder, server, **settings)  # type: ignore[arg-type]  # texts only
    write_people(folder, [row(number) for number in range(1, people + 1)])
    engine = make_engine(folder)
    approve_all(engine, MONDAY)
    try:
        yield engine
    finally:
        engine.close()


def act(engine: Engine, now: datetime) -> Plan:
    """What the service does at `now`, letters and calls; the fuse's next questions are answered with yes."""
    approve_all(engine, now)
    found = live(engine, now)
    call_all(engine, engine.servers.make_callers(), lambda: now)
    return found


def days(server: EwsServer, who: str, first: date, last: date) -> list[str]:
    """What stands in a calendar, as `2026-12-01 12:30`, in Copenhagen."""
    return [f"{local(one):%Y-%m-%d %H:%M}" for one in occurrences(server, who, first, last)]


def occurrences(server: EwsServer, who: str, first: date, last: date) -> Sequence[Occurrence]:
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last + timedelta(days=1)))
    return server.mailbox(who).occurrences(begin, end)


def local(one: Occurrence) -> datetime:
    from zoneinfo import ZoneInfo

    return one.start.astimezone(ZoneInfo("Europe/Copenhagen"))


class Logins:
    """What is remembered of logins, in memory."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def refused(self, login: str) -> str | None:
        return self.said.get(login)

    def refuse(self, login: str, said: str) -> None:
        self.said[login] = said

    def accept(self, login: str) -> None:
        self.said.clear()


class Clock:
    """Seconds that only pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def settings_of(
    server: EwsServer, password: str = PASSWORD, ca_file: Path | None = None, **section: Any
) -> EwsSettings:
    """How to be let in by that server; `section` is what is otherwise in its section."""
    usual: dict[str, Any] = {"endpoint": server.url, "auth": "basic", "user": SERVICE, "timeout_seconds": 5}
    return EwsSettings(server=Exchange(**(usual | section)), secret=lambda: password, mailbox=SERVICE, ca_file=ca_file)


def session(
    server: EwsServer,
    *,
    password: str = PASSWORD,
    logins: Logins | None = None,
    clock: Clock | None = None,
    timeout_seconds: float = 5,
    keep_sent: bool = False,
) -> Session:
    settings = settings_of(server, password, timeout_seconds=timeout_seconds, keep_sent=keep_sent)
    return Session(settings, logins or Logins(), clock or Clock())
