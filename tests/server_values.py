"""An organisation on a calendar server of our own, on Exchange or in Microsoft 365: for tests of what holds for both."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from culture.people import ChannelName
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.planning.plan import Plan
from tests import ews, graph
from tests.graph.mailbox import make_id
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people

Server = ews.EwsServer | graph.GraphServer
Item = ews.Item | graph.Item
Occurrence = ews.Occurrence | graph.Occurrence

SERVICE = ews.SERVICE
assert graph.SERVICE == SERVICE
KEY = "aikultur key"
HERE = ZoneInfo("Europe/Copenhagen")

EXCHANGE_SECTION = """
[exchange]
endpoint = "{server.url}"
auth = "basic"
user = "{mailbox}"
secret_file = "{channel}-secret"
mailbox = "{mailbox}"
{more}
"""
MICROSOFT365_SECTION = """
[microsoft365]
tenant = "{tenant}"
client = "{client}"
secret_file = "{channel}-secret"
mailbox = "{mailbox}"
authority = "{server.secure_url}"
endpoint = "{server.url}/v1.0"
ca_file = '{server.ca_file}'
{more}
"""
VITAMIN = """
[vitamin]
{more}
"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of server. `make` takes addresses and faults. `steps`: as which requests the steps of a call come; a batch is one."""

    channel: ChannelName
    make: Callable[..., Server]
    fault: Callable[..., Any]
    section: str
    secret: str
    steps: Mapping[str, Sequence[str]]
    shown: Mapping[str, str] = field(default_factory=dict)  # how a block is shown, in the server's words

    def text(self, server: Any, more: str = "") -> str:
        """The section of config.toml for a server, or for what has its addresses."""
        known = {"server": server, "mailbox": SERVICE, "tenant": graph.TENANT, "client": graph.CLIENT}
        known |= {"channel": self.channel}
        return self.section.format(**known, more=more)

    def write_secret(self, folder: Path) -> None:
        file = folder / f"{self.channel}-secret"
        file.write_text(self.secret, "utf-8")
        file.chmod(0o600)

    def asked(self, *steps: str) -> list[str]:
        """The requests of these steps."""
        return [request for step in steps for request in self.steps[step]]


EXCHANGE = Kind(
    channel="exchange",
    make=ews.EwsServer,
    fault=ews.Fault,
    section=EXCHANGE_SECTION,
    secret=ews.PASSWORD,
    shown={"free": "Free", "busy": "Busy"},
    steps={
        "log in": ["ResolveNames"],
        "find": ["FindItem"],
        "find again": [],  # the folder is known by then, and an id leads nowhere else
        "read": ["GetItem"],
        "days": ["GetItem"],
        "our days": ["GetItem"],
        "create": ["CreateItem"],
        "write": ["UpdateItem"],
        "words": ["UpdateItem"],
        "take out": ["DeleteItem"],
        "mark over": ["UpdateItem"],
        "delete": ["DeleteItem"],
    },
)
MICROSOFT365 = Kind(
    channel="microsoft365",
    make=graph.GraphServer,
    fault=graph.Fault,
    section=MICROSOFT365_SECTION,
    secret=graph.SECRET,
    shown={"free": "free", "busy": "busy"},
    steps={
        "log in": [],
        "find": ["GET events"],
        "find again": ["GET events"],
        "read": ["GET events/{id}"],
        "days": ["GET events/{id}/instances"],
        "our days": ["POST $batch"],
        "create": ["POST events", "GET events/{id}/instances"],
        "write": ["POST $batch"],
        "words": ["PATCH events/{id}"],
        "take out": ["POST $batch"],
        "mark over": ["PATCH events/{id}"],
        "delete": ["DELETE events/{id}"],
    },
)
KINDS = (EXCHANGE, MICROSOFT365)


def address(number: int) -> str:
    return f"p{number}@x.example"


def kind_of(server: Server) -> Kind:
    return MICROSOFT365 if isinstance(server, graph.GraphServer) else EXCHANGE


def write_server(
    folder: Path,
    server: Server,
    *,
    channel: str = "",
    closed: str = "",
    vitamin: str = "",
    section: str = "",
    transport: str = "folder",
    port: int = 1,
) -> None:
    """A config with that server; `vitamin` and `section` are more lines of `[vitamin]` and of the server's own."""
    kind = kind_of(server)
    write_config(folder, channel=channel or kind.channel, closed=closed, transport=transport, port=port)
    file = folder / "config.toml"
    sender = SERVICE if transport == kind.channel else "ai-tid@x.example"
    text = file.read_text("utf-8").replace("ai-tid@x.example", sender)
    file.write_text(text + kind.text(server, section) + VITAMIN.format(more=vitamin), "utf-8")
    kind.write_secret(folder)


@contextmanager
def server_engine(folder: Path, server: Server, people: int = 1, **settings: str) -> Iterator[Engine]:
    """An engine on `people` people whose first blocks are approved; nothing is done yet."""
    write_server(folder, server, **settings)  # type: ignore[arg-type]  # texts only
    write_people(folder, [row(number) for number in range(1, people + 1)])
    with approved_engine(folder) as engine:
        yield engine


@contextmanager
def approved_engine(folder: Path) -> Iterator[Engine]:
    """An engine on the files that are there; whatever it holds at first is approved, and nothing is done yet."""
    engine = make_engine(folder)
    approve_all(engine, MONDAY)
    try:
        yield engine
    finally:
        engine.close()


def id_of(item: Any) -> str:
    """Its id as we ask for it: in Microsoft 365 one that stays."""
    return make_id("event", item.owner, item.number, immutable=True) if isinstance(item, graph.Item) else str(item.id)


def operations(server: Server, since: int = 0) -> list[str]:
    """What was asked of the server; a batch is one request."""
    return [one.operation for one in server.log[since:] if getattr(one, "batch", None) is None]


def occurrences(server: Server, who: str, first: date, last: date) -> Sequence[Occurrence]:
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (first, last + timedelta(days=1)))
    return server.mailbox(who).occurrences(begin, end)


def days(server: Server, who: str, first: date, last: date) -> list[str]:
    """What stands in a calendar, as `2026-12-01 12:30`, in Copenhagen."""
    return [f"{local(one):%Y-%m-%d %H:%M}" for one in occurrences(server, who, first, last)]


def local(one: Occurrence) -> datetime:
    return one.start.astimezone(HERE)


def ours(server: Server, who: str) -> list[Item]:
    """What carries our key in a mailbox and goes on, wherever it lies."""
    items: Sequence[Item] = server.mailbox(who).items
    return [item for item in items if (item.property(KEY) or "-over")[-5:] != "-over"]


def act(engine: Engine, now: datetime) -> Plan:
    """What the service does at `now`, letters and calls; the fuse's next questions are answered with yes."""
    approve_all(engine, now)
    found = live(engine, now)
    call_all(engine, engine.servers.make_callers(), lambda: now)
    return found


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
