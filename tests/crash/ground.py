"""The folders in which the service is killed, each made once and copied for every kill."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from service.engine.engine import Engine
from service.engine.opening import opened
from tests.crash.child import PEOPLE, set_clock
from tests.service_values import EVERY_DAY, morning_zone
from tests.smtp_server import Fault, SmtpServer

DOMAIN = "crash.example"
WELCOMES, ROLLING, SETTING = 150, 60, 40
"""People in each ground. 150 letters are claimed in two groups, and not both of them when the service is killed."""

NOW = datetime.now(UTC).replace(microsecond=0)
"""Where no date matters it is today: the command line and the store go by the clock of the machine."""

INVITED = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
"""A Sunday morning, on which everybody works. The series reach 364 days and are extended when 55 are left: on Monday 27 September 2027, before a quarter is over and its report due."""
SUNDAY, MONDAY = datetime(2027, 9, 26, 20, 0, tzinfo=UTC), datetime(2027, 9, 27, 5, 0, 5, tzinfo=UTC)
WEEK = "2027-W39"

CONFIG = """
[organisation]
name = "Prøven"
sector = "public"
domain = "crash.example"
zone = "{zone}"
country = ""
contact_name = "Mette Lund"
contact_email = "mette@crash.example"
[policy.da]
tools = "{tools}"
data = "Offentlige."
responsible = "Du."
[people]
absences = "absences.csv"
[departments.plan]
name = "Plan"
[mail]
transport = "{transport}"
sender_name = "AI-tid"
sender_address = "ai-tid@crash.example"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
[calendar]
channel = "{channel}"
[web]
enabled = false
"""
ABSENCES = "person;first;last\n"


def write_config(
    folder: Path,
    *,
    port: int = 1,
    connections: int = 1,
    channel: str = "feed",
    transport: str = "smtp",
    tools: str = "De godkendte.",
) -> None:
    """The config of a ground. Where people are invited the clock is set; elsewhere it is morning now."""
    text = CONFIG.format(
        port=port,
        connections=connections,
        channel=channel,
        transport=transport,
        tools=tools,
        zone="Europe/Copenhagen" if channel == "invite" else morning_zone(NOW),
    )
    (folder / "config.toml").write_text(text, "utf-8")


def row(number: int, address: str = "") -> str:
    return f"{number};Person {number};{address or f'p{number}@{DOMAIN}'};Plan;{EVERY_DAY}\n"


def people(rows: list[str]) -> str:
    return "number;name;email;department;working days\n" + "".join(rows)


def begin(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    write_config(folder)
    (folder / PEOPLE).write_text(people([row(number) for number in range(1, count + 1)]), "utf-8")
    (folder / "absences.csv").write_text(ABSENCES, "utf-8")


def approve(engine: Engine, now: datetime) -> None:
    for held in engine.plan(now).held:
        engine.stored.approve(held, now)


def carry_out(engine: Engine, now: datetime) -> None:
    """Tick, claim and send at `now`."""
    engine.tick(now)
    outbox = engine.make_outbox()
    while claimed := engine.claim_some(now):
        outbox.add(claimed, now)
    outbox.drain(lambda: now, Event())


def welcoming(folder: Path) -> Path:
    """Everybody's welcome is approved and not sent."""
    begin(folder, WELCOMES)
    set_clock(folder, NOW)
    with opened(folder / "config.toml") as engine:
        engine.tick(NOW)
        approve(engine, NOW)
    return folder


def rolling(folder: Path) -> Path:
    """Everybody was invited 308 days ago. At MONDAY a letter with the week's prompts is due and a longer series."""
    begin(folder, ROLLING)
    path = folder / "config.toml"
    with SmtpServer() as server:
        write_config(folder, port=server.port, channel="invite")
        with opened(path) as engine:
            engine.tick(INVITED)
            approve(engine, INVITED)
            carry_out(engine, INVITED)
    write_config(folder, channel="invite")
    with opened(path) as engine:
        approve(engine, MONDAY)
    set_clock(folder, SUNDAY)
    return folder


def choosing(folder: Path) -> Path:
    """Welcomes on the clock of the commands, approved and not sent."""
    begin(folder, SETTING)
    now = datetime.now(UTC).replace(microsecond=0)
    with opened(folder / "config.toml") as engine:
        engine.tick(now)
        approve(engine, now)
    return folder


def refused(folder: Path) -> Path:
    """Every letter is parked, for the server would not have it."""
    choosing(folder)
    with SmtpServer([Fault("rcpt", "550", times=None)]) as server:
        write_config(folder, port=server.port)
        with opened(folder / "config.toml") as engine:
            carry_out(engine, datetime.now(UTC).replace(microsecond=0))
    return folder


def approving(folder: Path) -> Path:
    """One welcome is approved and not sent; whoever joins is still to be approved."""
    begin(folder, 1)
    now = datetime.now(UTC).replace(microsecond=0)
    with opened(folder / "config.toml") as engine:
        approve(engine, now)
    return folder


GROUNDS = (welcoming, rolling, choosing, refused, approving)


def prepared(folder: Path) -> Path:
    """All the grounds, each under its name in `folder`."""
    for make in GROUNDS:
        make(folder / make.__name__)
    return folder
