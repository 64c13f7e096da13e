"""An organisation's files in a folder, and an engine on them, for the tests of the service."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from service.engine.engine import Engine
from service.engine.opening import build
from service.engine.still import STILL
from service.planning.plan import Plan
from service.settings.inputs import read_inputs
from store.secret import secret

MONDAY = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""07:00 in Copenhagen, in ISO week 2026-W49: the sending window opens and the week's letters come due."""

CONFIG = """
[organisation]
name = "Prøven"
sector = "public"
domain = "x.example"
contact_name = "Mette Lund"
contact_email = "mette@x.example"
zone = "{zone}"
closed = [{closed}]
[policy.da]
tools = "Den på intranettet."
data = "Kun offentlige tekster."
responsible = "Det har du."
[departments.plan]
name = "Plan"
[departments.jura]
name = "Jura"
[mail]
transport = "{transport}"
sender_name = "AI-tid"
sender_address = "ai-tid@x.example"
window = "{window}"
own_templates = "own-templates"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[calendar]
channel = "{channel}"
[web]
enabled = false
"""


def morning_zone(now: datetime) -> str:
    """A zone where it is nine in the morning, for what goes by the clock of the machine and sends welcomes: nobody is
    welcomed later in the day."""
    ahead = (9 - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


EVERY_DAY = "mon-sun"
"""Working days of people who are to be welcomed on whatever day it is."""


def write_config(
    folder: Path,
    *,
    transport: str = "folder",
    channel: str = "feed",
    window: str = "07:00-17:00",
    closed: str = "",
    port: int = 1,
    zone: str = "Europe/Copenhagen",
) -> None:
    text = CONFIG.format(transport=transport, channel=channel, window=window, closed=closed, port=port, zone=zone)
    (folder / "config.toml").write_text(text, "utf-8")


def row(number: int | str, *, department: str = "plan", at: str = "", address: str = "") -> str:
    return f"{number};Person {number};{address or f'p{number}@x.example'};{department};{at}"


def write_people(folder: Path, rows: Iterable[str]) -> None:
    lines = "\n".join(rows)
    (folder / "people.csv").write_text(f"number;name;email;department;time\n{lines}\n", "utf-8")


def make_engine(folder: Path) -> Engine:
    """An engine on the files in `folder`, as a start of the service makes it. Close it in the end."""
    secret(folder / "var")  # for a start of the real service after this
    path = folder / "config.toml"
    return build(path, read_inputs(path), folder / "var", key=b"key")


def claim_all(engine: Engine, now: datetime) -> list[str]:
    """Claim whatever of the last plan may go at `now`; the ids of the letters."""
    found = list[str]()
    while engine.queue:
        found += engine.claim_some(now)
    return found


def look(engine: Engine, now: datetime = MONDAY) -> bool:
    """Two looks at files that have stood still until `now`; whether one of them had changed."""
    return engine.look(now - STILL) or engine.look(now)


def tick_believed(engine: Engine, now: datetime) -> Plan:
    """A look at the files and a tick at `now`; where something is held it is approved, and the tick comes again."""
    look(engine, now)
    found = engine.tick(now)
    if found.held:
        approve_all(engine, now)
        found = engine.tick(now)
    return found


def live(engine: Engine, now: datetime, *, believed: bool = False) -> Plan:
    """What the service does at `now`: look at the files, tick, claim, send what is due. `believed`: whatever is held is
    approved before anything is sent."""
    if believed:
        found = tick_believed(engine, now)
    else:
        look(engine, now)
        found = engine.tick(now)
    claim_all(engine, now)
    outbox = engine.make_outbox()
    outbox.refresh(now)
    outbox.drain(lambda: now, Event())
    return found


def approve_all(engine: Engine, now: datetime) -> None:
    """What an administrator does who believes everything that is held at `now`."""
    look(engine, now)
    for held in engine.plan(now).held:
        engine.stored.approve(held, now)


def keys(found: Plan) -> set[str]:
    """The leading notices of the letters that go now, but for the one about what is held."""
    return {job.key for job in found.letters if job.kind != "held"}


def held_keys(found: Plan) -> dict[str, set[str]]:
    """What the fuse holds, by kind."""
    return {held.kind: set(held.keys) for held in found.held}
