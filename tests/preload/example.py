"""The example with a mail server of its own, brought to a Sunday evening; and what must go from there, worked out by
running the same service in this process on the right clock."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.engine.opening import opened
from service.settings.example_files import write_example
from tests.crash.count import id_of
from tests.crash.ground import approve, carry_out
from tests.smtp_server import SmtpServer

SMTP = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
auth = "none"
"""
EDITS = {
    'transport = "folder"': 'transport = "smtp"',
    '# own_templates = "own-templates"': 'own_templates = "own-templates"',
}


HOME = ZoneInfo("Europe/Copenhagen")


def at(*parts: int) -> datetime:
    """A moment of the example's zone; of an hour that comes twice the first."""
    year, month, day, hour, minute, second = (*parts, *(0, 0, 0))[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=HOME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """When the service was there before (to welcome everybody, and for the letters since), and on which
    morning the next letters are due (07:00)."""

    ticks: tuple[datetime, ...]
    morning: datetime

    @property
    def due(self) -> datetime:
        """When the letters of that morning have become due."""
        return self.morning + timedelta(seconds=10)


WINTER = Past(
    ticks=(at(2026, 11, 22, 12), at(2026, 11, 23, 7, 0, 10), at(2026, 11, 26, 7, 0, 10), at(2026, 11, 29, 19)),
    morning=at(2026, 11, 30, 7),
)
SUNDAY_EVENING = at(2026, 11, 29, 20)


class Letter(NamedTuple):
    """An accepted letter: to whom, and its bytes."""

    to: str
    data: bytes


def begin(folder: Path) -> None:
    """Write the example, for a mail server and with a folder for texts of its own."""
    for _path, _written in write_example(folder):
        pass
    edit(folder / "config.toml", EDITS)
    (folder / "own-templates" / "mail" / "da" / "vitamin").mkdir(parents=True)
    with (folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write(SMTP.format(port=1))


def edit(file: Path, edits: Mapping[str, str]) -> None:
    """Replace each text by another, in one go. Raises ValueError when a text is not there exactly once."""
    text = file.read_text("utf-8")
    for before, after in edits.items():
        if text.count(before) != 1:
            raise ValueError(f"{file.name}: {before!r} is there {text.count(before)} times")
        text = text.replace(before, after)
    put(file, text)


def put(file: Path, text: str) -> None:
    """Write the file beside and put it in place, as a good editor does."""
    temporary = file.with_name(f".{file.name}.new")
    temporary.write_text(text, "utf-8")
    temporary.replace(file)


def ports(folder: Path, *, smtp: int, web: int) -> None:
    """Let the config name these ports, whatever it named before."""
    file = folder / "config.toml"
    text = re.sub(
        r"^(# )?port = 8017\b.*$|^port = \d+ # web$", f"port = {web} # web", file.read_text("utf-8"), flags=re.M
    )
    text = re.sub(r'("127.0.0.1"\nport = )\d+\nsecurity', rf"\g<1>{smtp}\nsecurity", text)
    put(file, re.sub(r'"http://127.0.0.1:\d+"', f'"http://127.0.0.1:{web}"', text))


def carried(folder: Path, moments: Sequence[datetime]) -> dict[str, list[Letter]]:
    """Tick, approve and send in this process at each of the moments; the letters by the left part of Message-ID."""
    with SmtpServer() as server:
        ports(folder, smtp=server.port, web=1)
        with opened(folder / "config.toml") as engine:
            for moment in moments:
                approve(engine, moment)
                carry_out(engine, moment)
        return by_id(server)


def by_id(server: SmtpServer) -> dict[str, list[Letter]]:
    """Every copy that the server has accepted."""
    found: dict[str, list[Letter]] = {}
    with server.lock:
        accepted = list(server.accepted)
    for one in accepted:
        found.setdefault(id_of(one.data), []).append(Letter(one.recipients[0], one.data))
    return found


def approve_ahead(folder: Path, moments: Sequence[datetime]) -> None:
    """Approve now what the fuse would hold then: it is not what is tried here."""
    with opened(folder / "config.toml") as engine:
        for moment in moments:
            approve(engine, moment)


def ground(folder: Path, past: Past) -> Path:
    """The example as it stands after its past, in `folder`; what the fuse would hold is approved."""
    if not folder.exists():
        begin(folder)
        carried(folder, past.ticks)
        approve_ahead(folder, [past.due, past.due + timedelta(days=2)])
    return folder


def due(ground: Path, scratch: Path, moments: Sequence[datetime]) -> dict[str, Letter]:
    """What a service on the right clock sends at these moments, in a copy of the ground: by Message-ID."""
    found = carried(copytree(ground, scratch), moments)
    return {key: copies[0] for key, copies in found.items()}


@contextmanager
def without_log() -> Iterator[None]:
    """Keep what this process's own service says to itself."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
