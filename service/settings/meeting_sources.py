"""Departments' meetings that stand in a calendar of somebody's: fetched and read beside the tick, the last good ones
kept.

A tick neither waits for a socket nor follows what others wrote: it finds the meetings in the store's folder, and another
thread keeps those fresh.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from culture.meetings import Meeting
from culture.organisation import Organisation
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.config import Source
from service.settings.meeting_losses import Offer, is_loss, missing
from store.private import private_folder, replace_privately

if TYPE_CHECKING:
    from calendars.reading.result import LeftOut, Reading

BACK, AHEAD = timedelta(days=70), timedelta(days=400)
"""What is expanded of a calendar: as far back as turns are looked after, and a year of projected turns."""

NOTES = 10
"""Events left out that are told of one by one."""

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


def collect(source: Source, today: date, acted_on: Organisation | None = None) -> None:
    """Fetch and read every calendar and keep its meetings where a tick finds them; what went wrong is kept beside those
    of the last time, and so is what has lost too many. Takes as long as the servers and the calendars take, each within
    its limits. `acted_on` is the organisation of the last tick.

    Raises OSError when nothing can be kept.
    """
    if acted_on:
        accept(source, acted_on)
    for department, address in addresses(source):
        kept = kept_in(source, department)
        private_folder(kept.parent)
        fault = _collected(source, department, address, today)
        if fault:
            log.warning("the calendar of %s: %s", department, fault)
            _keep(kept.with_suffix(".fault"), json.dumps(_plain(fault)).encode())
        else:
            kept.with_suffix(".fault").unlink(missing_ok=True)


def accept(source: Source, acted_on: Organisation) -> None:
    """Make an offer that a tick has acted on, because somebody approved it or little of it was to come any more, the
    copy that the next one is held against."""
    for department, _address in addresses(source):
        offered = _offered_in(kept_in(source, department))
        plan = acted_on.meeting_plans.get(department)
        meetings = _meetings(offered, department, _zone(source, department))
        if plan and meetings is not None and meetings == plan.read:
            offered.replace(kept_in(source, department))


def _collected(source: Source, department: str, address: str, today: date) -> Sentence | None:
    """Keep the meetings of one calendar; why not, when they cannot be had."""
    from calendars.reading.apart import read_apart  # heavy, and most departments have a rhythm
    from calendars.reading.fetch import fetch
    from calendars.reading.result import VERSION, Unreadable

    kept, zone, monday = kept_in(source, department), _zone(source, department), _monday(today)
    offered = _offered_in(kept)
    try:
        content = fetch(address)
        made_from = hashlib.sha256(f"{VERSION}/{department}/{zone}/{monday}/".encode() + content).hexdigest()
        if _kept(kept).get("made_from") == made_from:
            offered.unlink(missing_ok=True)  # it is again what it was
        elif _kept(offered).get("made_from") != made_from:
            found = read_apart(content, department, zone, monday - BACK, monday + AHEAD)
            if found.nothing_read:
                return _all_left_out(found.left_out)
            _take(kept, department, zone, today, made_from, found)
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


def _take(kept: Path, department: str, zone: str, today: date, made_from: str, found: "Reading") -> None:
    """Keep what was read; beside the last copy when it has lost too much of that."""
    from calendars.reading.apart import to_json

    before = _meetings(kept, department, zone) or ()
    gone = missing(before, _kept(kept).get("events", {}), found.meetings, found.said)
    notes = [_plain(note) for note in _notes_of(found)]
    value = {"made_from": made_from, "meetings": to_json(found.meetings), "events": dict(found.events), "notes": notes}
    for note in _notes_of(found):
        if _plain(note) not in _kept(kept).get("notes", []):
            log.info("the calendar of %s: %s", department, note)
    offered = _offered_in(kept)
    if is_loss(gone, before, today):
        _keep(offered, json.dumps({**value, "missing": to_json(gone)}).encode())
    else:
        _keep(kept, json.dumps(value).encode())
        offered.unlink(missing_ok=True)


def _notes_of(found: "Reading") -> Iterator[Sentence]:
    """What the administrator should know of a calendar that could be read."""
    for one in found.left_out[:NOTES]:
        yield _left_out(one)
    if (more := len(found.left_out) + found.more - NOTES) > 0:
        yield Sentence("{count} more were left out.", {"count": more})
    for zone, taken in found.guessed.items():
        text = 'nobody knows the time zone "{zone}", so its times are taken for those of {taken}.'
        yield Sentence(text, {"zone": zone[:80], "taken": taken})


def _left_out(one: "LeftOut") -> Sentence:
    why = Sentence(one.text, dict(one.fields))
    if not one.day:
        return Sentence('"{what}" is left out: {why}', {"what": one.what, "why": why})
    return Sentence('"{what}" on {day} is left out: {why}', {"what": one.what, "day": one.day, "why": why})


def _all_left_out(left_out: Sequence["LeftOut"]) -> Sentence:
    text = "none of its events can be read. {first}"
    return Sentence(text, {"first": _left_out(left_out[0])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The meetings of departments as they were last read, what is offered and not believed yet, what went wrong the last
    time, and what is worth knowing."""

    meetings: Mapping[str, tuple[Meeting, ...]]
    offers: Mapping[str, Offer]
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]


def read_kept(source: Source) -> Kept:
    """What is kept of every calendar, by department."""
    found, offers, faults, notes = {}, {}, [], []
    for department, _address in addresses(source):
        kept, place = kept_in(source, department), f"[departments.{department}.meeting] ics"
        zone, offered = _zone(source, department), _offered_in(kept)
        if (said := _sentence(_kept(kept.with_suffix(".fault")))) is not None:
            faults.append(Fault(source.path.name, place, said))
        meetings = _meetings(kept, department, zone)
        if meetings is None:
            text = "this calendar has not been read yet, so the department has no meetings. aikultur run reads it."
            faults.append(Fault(source.path.name, place, Sentence(text)))
            continue
        found[department] = meetings
        news, gone = _meetings(offered, department, zone), _meetings(offered, department, zone, "missing")
        if news is not None and gone is not None:
            offers[department] = Offer(meetings=news, missing=gone)
            text = "it says nothing any more of {lost} meetings of the last copy. aikultur plan says whether that waits for you."
            notes.append(Fault(source.path.name, place, Sentence(text, {"lost": len(gone)})))
        said_of = _kept(offered if department in offers else kept).get("notes", [])
        notes += [Fault(source.path.name, place, note) for value in said_of if (note := _sentence(value)) is not None]
    return Kept(meetings=found, offers=offers, faults=tuple(faults), notes=tuple(notes))


def _plain(sentence: Sentence) -> dict[str, Any]:
    """A sentence as JSON can hold it, with those in it."""
    fields = {
        name: _plain(value) if isinstance(value, Sentence) else str(value) for name, value in sentence.fields.items()
    }
    return {"text": sentence.text, "fields": fields}


def _sentence(value: Any) -> Sentence | None:
    """The sentence that `_plain` was given; None for anything else."""
    match value:
        case {"text": str(text), "fields": dict(fields)}:
            return Sentence(text, {name: _sentence(field) or field for name, field in fields.items()})
    return None


def _offered_in(kept: Path) -> Path:
    return kept.with_suffix(".offered")


def _meetings(kept: Path, department: str, zone: str, part: str = "meetings") -> tuple[Meeting, ...] | None:
    """None when there are none that can be used."""
    from calendars.reading.apart import from_json

    try:
        return from_json(_kept(kept)[part], department, zone)
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
    kept = [kept_in(source, department) for department, _address in addresses(source)]
    return [file for one in kept for file in (one, _offered_in(one))]


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
