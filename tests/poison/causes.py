"""What is put into the running service: entered, it is there; left, it is gone again."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from store import records
from tests.preload.example import edit, put
from tests.preload.running import ROOT, Running

Cause = Callable[[Running], AbstractContextManager[None]]
Change = Callable[[dict[str, Any]], dict[str, Any]]

DISK_BYTES = 64 * 2**20
TEMPLATES = ROOT / "templates" / "mail" / "da" / "vitamin"

FOR_EVER = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}\n"
FOR_OLE = '{% if reader.person.name == "Ole Bruun" %}{{ nobody.knows.this }}{% endif %}\n'
JOINER = "4711;Nora Nyborg;nora.nyborg@groennebyrum.example;Jura og Tilladelser;;;;;;01-02-2020;\n"

DEPARTMENT = """
[departments."{key}"]
name = "Nord"
meeting = {{ weekday = "monday", time = "09:00", every = "2 weeks", counted_from = 2026-12-07, minutes = 60 }}
"""


def rhythm(config: Path) -> str:
    """The lines that say when the first department meets."""
    (found,) = re.findall(
        r'^weekday = "thursday".*?^place = .*?\n', config.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return str(found)


@contextmanager
def edited(file: Path) -> Iterator[None]:
    """In the end the file stands as it did."""
    text = file.read_text("utf-8")
    try:
        yield
    finally:
        put(file, text)


@contextmanager
def nothing(service: Running) -> Iterator[None]:
    yield


# --- the disk


@contextmanager
def small_disk(service: Running) -> Iterator[None]:
    """The service's state lies on a disk of its own. Only root can do that."""
    state, aside = service.folder / "var", service.folder / "var.before"
    state.rename(aside)
    state.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(state)], check=True)
    try:
        shutil.copytree(aside, state, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(state)], check=True)


@contextmanager
def full_disk(service: Running) -> Iterator[None]:
    filler = service.folder / "var" / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                # The last write is cut short where the disk ends.
                file.write(bytes(2**16))
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def no_longer_files(service: Running) -> Iterator[None]:
    """No file of the process may grow beyond its journal's length: what a full disk is for somebody who is not root."""
    assert service.process is not None
    pid, kind = service.process.pid, resource.RLIMIT_FSIZE
    before = resource.prlimit(pid, kind)
    length = max(file.stat().st_size for file in service.store.glob("journal-*"))
    resource.prlimit(pid, kind, (length, before[1]))
    try:
        yield
    finally:
        if not service.ended:
            resource.prlimit(service.process.pid, kind, before)


def failing_sync(nth: int, *, sticky: bool = False) -> Cause:
    """The nth sync from Monday on fails."""

    @contextmanager
    def cause(service: Running) -> Iterator[None]:
        assert service.syncs is not None
        service.syncs.fail(nth, sticky=sticky)
        try:
            yield
        finally:
            service.syncs.heal()

    return cause


# --- the store


def stored(service: Running, table: str, key: str, document: dict[str, Any] | None) -> dict[str, Any] | None:
    """Put a record beside the service, by a process of its own; what was there."""
    command = [sys.executable, "-m", "tests.poison.record", str(service.store), table, key, json.dumps(document)]
    environment = os.environ | service.clock.environment | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] | None = json.loads(done.stdout)
    return found


def record(table: str, key: str, change: Change) -> Cause:
    """A record that is not as it should be; in the end it is as it was."""

    @contextmanager
    def cause(service: Running) -> Iterator[None]:
        before = stored(service, table, key, None)
        stored(service, table, key, change(before or {}))
        try:
            yield
        finally:
            stored(service, table, key, before)

    return cause


def new(document: dict[str, Any]) -> Change:
    return lambda _before: document


def without(name: str) -> Change:
    def change(before: dict[str, Any]) -> dict[str, Any]:
        if name not in before:
            raise ValueError(f"there is no {name} in {before}")
        return {key: value for key, value in before.items() if key != name}

    return change


def with_(**fields: Any) -> Change:
    return lambda before: {**before, **fields}


LETTER = {
    "person": "1127",
    "kinds": ["tip"],
    "notices": ["tip/2026-W48/1127"],
    "subject": "x",
    "transport": "smtp",
    "sender": "ai-tid@groennebyrum.example",
    "state": "claimed",
    "claimed_at": "2026-11-29T18:00:00+00:00",
    "next_attempt": "2026-11-29T18:00:00+00:00",
    "expires": "2026-12-29T18:00:00+00:00",
    "counted": True,
}
"""A letter on its way that lacks its address and its spool."""


# --- what people wrote


@contextmanager
def absences(service: Running) -> Iterator[None]:
    """One until the end of all days, one without an end: two ways of personnel systems to say "until further notice"."""
    file = service.folder / "absences.csv"
    with edited(file):
        put(file, file.read_text("utf-8") + "1127;01-11-2026;31.12.9999\n1134;01-11-2026;\n")
        yield


@contextmanager
def hostile_track(service: Running) -> Iterator[None]:
    file, row = (
        service.folder / "people.csv",
        "Hanne Lauridsen;hanne.lauridsen@groennebyrum.example;Jura og Tilladelser;en;",
    )
    with edited(file):
        edit(file, {row: f"{row}Jura/HR"})
        yield


def hostile_department(key: str) -> Cause:
    """A department of this key with three people and a meeting, whose first challenge is due on Monday."""

    @contextmanager
    def cause(service: Running) -> Iterator[None]:
        config, people = service.folder / "config.toml", service.folder / "people.csv"
        moved = {
            f"{name}@groennebyrum.example;Økonomi og Stab": f"{name}@groennebyrum.example;Nord"
            for name in ("trine.bech", "jakob.overgaard", "ellen.gade")
        }
        with edited(people), edited(config):
            edit(
                config,
                {
                    "# settle_days = 30 ": "settle_days = 0 ",
                    "\n[vitamin]": f"{DEPARTMENT.format(key=key)}\n[vitamin]",
                },
            )
            edit(people, moved)
            yield

    return cause


def template(name: str, begin: str, end: str = "") -> Cause:
    """A text of the organisation's own: ours, with something before and after it."""

    @contextmanager
    def cause(service: Running) -> Iterator[None]:
        file = service.folder / "own-templates" / "mail" / "da" / "vitamin" / name
        put(file, begin + (TEMPLATES / name).read_text("utf-8") + end)
        try:
            yield
        finally:
            file.unlink()

    return cause


@contextmanager
def welcome_for_ever(service: Running) -> Iterator[None]:
    """Somebody new comes, whose welcome never ends."""
    file = service.folder / "people.csv"
    with template("welcome.txt.j2", FOR_EVER)(service):
        put(file, file.read_text("utf-8") + JOINER)
        yield


def calendar(*events: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//poison//EN", *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines)


def event(uid: object, start: str, rule: str) -> str:
    lines = ("BEGIN:VEVENT", f"UID:{uid}@tests", "DTSTAMP:20261101T000000Z", f"DTSTART:{start}", f"RRULE:{rule}")
    return "\r\n".join((*lines, "DURATION:PT1H", "SUMMARY:Møde", "END:VEVENT"))


THURSDAYS = event("good", "20261203T080000Z", "FREQ=WEEKLY;INTERVAL=2")
LONG = calendar(*(event(number, "16000101T080000Z", "FREQ=DAILY") for number in range(500)), THURSDAYS)
RULES = calendar(
    event("seconds", "19700101T000000Z", "FREQ=SECONDLY"),
    event("never", "20200101T080000Z", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    THURSDAYS,
)


def hostile_calendar(text: str) -> Cause:
    """The calendar of a department. It is read at a start and each hour, so the service is started with it, and without."""

    @contextmanager
    def cause(service: Running) -> Iterator[None]:
        config = service.folder / "config.toml"
        with edited(config):
            service.stop()
            put(service.folder / "plan.ics", text)
            edit(config, {rhythm(config): 'ics = "plan.ics"\n'})
            service.start()
            service.up()
            try:
                yield
            finally:
                service.stop()
        service.start()
        service.up()

    return cause


def turn(change: Change) -> Cause:
    """The turn of whoever presents on Thursday."""
    return record(records.TURNS, "plan-1", change)
