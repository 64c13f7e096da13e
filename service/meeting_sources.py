"""Departments' meetings that stand in a calendar of somebody's: fetched and read beside the tick, the last good ones kept.

A tick neither waits for a socket nor follows what others wrote: it finds the meetings in the store's folder, and another
thread keeps those fresh.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from culture.meetings import Meeting
from service.config import Source
from service.fault import Fault
from service.words import Sentence
from store.private import private_folder, replace_privately

BACK, AHEAD = timedelta(days=70), timedelta(days=400)
"""What is expanded of a calendar: as far back as turns are looked after, and a year of projected turns."""

log = logging.getLogger("aikultur")


def addresses(source: Source) -> Iterator[tuple[str, str]]:
    """The departments whose meetings are read from a calendar, each with its address or path."""
    for key, section in source.config.departments.items():
        if section.meeting and section.meeting.ics:
            address = section.meeting.ics
            yield key, address if "://" in address else str(source.resolve(address))


def kept_in(source: Source, department: str) -> Path:
    """Where a department's meetings are kept."""
    name = quote(department, safe="")  # a key may be any text
    return source.resolve(source.config.store.folder) / "meetings" / f"{name}.json"


def collect(source: Source, today: date) -> None:
    """Fetch and read every calendar and keep its meetings where a tick finds them; what went wrong is kept beside those
    of the last time. Takes as long as the servers and the calendars take, each within its limits.

    Raises OSError when nothing can be kept.
    """
    for department, address in addresses(source):
        kept = kept_in(source, department)
        private_folder(kept.parent)
        fault = _collected(source, department, address, today)
        if fault:
            log.warning("the calendar of %s: %s", department, fault)
            fields = {name: str(value) for name, value in fault.fields.items()}
            _keep(kept.with_suffix(".fault"), json.dumps({"text": fault.text, "fields": fields}).encode())
        else:
            kept.with_suffix(".fault").unlink(missing_ok=True)


def _collected(source: Source, department: str, address: str, today: date) -> Sentence | None:
    """Keep the meetings of one calendar; why not, when they cannot be had."""
    from calendars.apart import read_apart, to_json  # heavy, and most departments have a rhythm
    from calendars.fetch import fetch
    from calendars.source import Unreadable

    kept, zone, monday = kept_in(source, department), _zone(source, department), _monday(today)
    try:
        content = fetch(address)
        made_from = hashlib.sha256(f"{department}/{zone}/{monday}/".encode() + content).hexdigest()
        if _kept(kept).get("made_from") != made_from:
            found = read_apart(content, department, zone, monday - BACK, monday + AHEAD)
            _keep(kept, json.dumps({"made_from": made_from, "meetings": to_json(found)}).encode())
    except Unreadable as fault:
        return Sentence(fault.text, fault.fields)
    except OSError:
        raise
    except Exception as error:  # whatever it is: the calendars of the others are not to blame
        log.exception("the calendar of %s", department)
        return Sentence(
            "it cannot be followed: {error}. Name a calendar of the department's own.", {"error": repr(error)}
        )
    return None


def read_kept(source: Source) -> tuple[dict[str, tuple[Meeting, ...]], list[Fault]]:
    """The meetings as they were last read, by department, and what went wrong the last time."""
    found, faults = {}, []
    for department, _address in addresses(source):
        kept, place = kept_in(source, department), f"[departments.{department}.meeting] ics"
        said = _kept(kept.with_suffix(".fault"))
        if "text" in said:
            faults.append(Fault(source.path.name, place, Sentence(said["text"], said["fields"])))
        meetings = _meetings(kept, department, _zone(source, department))
        if meetings is None:
            text = "this calendar has not been read yet, so the department has no meetings. aikultur run reads it."
            faults.append(Fault(source.path.name, place, Sentence(text)))
        else:
            found[department] = meetings
    return found, faults


def _meetings(kept: Path, department: str, zone: str) -> tuple[Meeting, ...] | None:
    """None when there are none that can be used."""
    from calendars.apart import from_json

    try:
        return from_json(_kept(kept)["meetings"], department, zone)
    except (KeyError, TypeError, ValueError):
        return None


def _kept(file: Path) -> dict[str, Any]:
    """What stands in a file of ours; nothing when it is not there or not whole."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stamps(source: Source) -> list[Path]:
    """The files whose change means that meetings have changed."""
    return [kept_in(source, department) for department, _address in addresses(source)]


def _zone(source: Source, department: str) -> str:
    config = source.config
    return config.departments[department].zone or config.organisation.zone


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _keep(file: Path, content: bytes) -> None:
    """Replace a file whole; one that holds the same stays as it is, for its time of change means something."""
    if file.exists() and file.read_bytes() == content:
        return
    replace_privately(file, content)
