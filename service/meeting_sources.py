"""Departments' meetings that stand in a calendar of somebody's: fetched beside the tick, the last good copy kept.

A tick never waits for a socket: it reads the copies in the store's folder, and another thread keeps those fresh.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from culture.meetings import Meeting
from service.config import Source
from service.fault import Fault
from service.words import Sentence

BACK, AHEAD = timedelta(days=70), timedelta(days=400)
"""What is expanded of a calendar: as far back as turns are looked after, and a year of projected turns."""

log = logging.getLogger("aikultur")


def addresses(source: Source) -> Iterator[tuple[str, str]]:
    """The departments whose meetings are read from a calendar, each with its address or path."""
    for key, section in source.config.departments.items():
        if section.meeting and section.meeting.ics:
            address = section.meeting.ics
            yield key, address if "://" in address else str(source.resolve(address))


def copy_of(source: Source, department: str) -> Path:
    return source.resolve(source.config.store.folder) / "meetings" / f"{department}.ics"


def collect(source: Source, today: date) -> None:
    """Fetch every calendar and keep it where it can be used; what went wrong is kept beside the copy. Takes as long as
    the servers take, at most ten seconds each."""
    if not any(addresses(source)):
        return
    from calendars.fetch import fetch
    from calendars.source import Unreadable

    for department, address in addresses(source):
        copy = copy_of(source, department)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        wrong = copy.with_suffix(".fault")
        try:
            content = fetch(address)
            expanded(content, department, _zone(source, department), _monday(today))
        except Unreadable as fault:
            log.warning("the calendar of %s: %s", department, fault)
            _keep(
                wrong, json.dumps({"text": fault.text, "fields": {k: str(v) for k, v in fault.fields.items()}}).encode()
            )
        else:
            _keep(copy, content)
            wrong.unlink(missing_ok=True)


def read_copies(source: Source) -> tuple[dict[str, bytes], list[Fault]]:
    """The copies by department, and what went wrong the last time."""
    found, faults = {}, []
    for department, _address in addresses(source):
        copy, place = copy_of(source, department), f"[departments.{department}.meeting] ics"
        try:
            said = json.loads(copy.with_suffix(".fault").read_bytes())
            faults.append(Fault(source.path.name, place, Sentence(said["text"], said["fields"])))
        except FileNotFoundError:
            pass
        try:
            found[department] = copy.read_bytes()
        except FileNotFoundError:
            text = "this calendar has not been read yet, so the department has no meetings. aikultur run reads it."
            faults.append(Fault(source.path.name, place, Sentence(text)))
    return found, faults


def meetings_of(source: Source, copies: Mapping[str, bytes], today: date) -> dict[str, tuple[Meeting, ...]]:
    """The meetings in the copies around `today`, by department; none of one that cannot be read."""
    if not copies:
        return {}
    from calendars.source import Unreadable

    found = {}
    for department, content in copies.items():
        try:
            found[department] = expanded(content, department, _zone(source, department), _monday(today))
        except Unreadable:  # said when it was fetched
            found[department] = ()
    return found


@lru_cache(maxsize=1024)
def expanded(content: bytes, department: str, zone: str, monday: date) -> tuple[Meeting, ...]:
    """The meetings in a calendar around a week. Kept by value: the ticks of a week ask the same. Raises Unreadable."""
    from calendars.source import read_meetings  # heavy, and most departments have a rhythm

    return read_meetings(content, department, zone, monday - BACK, monday + AHEAD)


def stamps(source: Source) -> list[Path]:
    """The files whose change means that meetings have changed."""
    return [copy_of(source, department) for department, _address in addresses(source)]


def _zone(source: Source, department: str) -> str:
    config = source.config
    return config.departments[department].zone or config.organisation.zone


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _keep(file: Path, content: bytes) -> None:
    """Replace a file whole; one that holds the same stays as it is, for its time of change means something."""
    if file.exists() and file.read_bytes() == content:
        return
    temporary = file.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(file)
