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
from typing import TYPE_CHECKING
from urllib.parse import quote

from calendars.channel import ChannelError
from culture.meetings import DepartmentMeeting, Meeting
from culture.organisation import Organisation
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.channel_row import servers_here
from service.settings.config import Source
from service.settings.kept import keep, load, plain, sentence
from service.settings.meeting_losses import Offer, coming, is_loss, missing
from service.settings.meeting_mailboxes import Mailboxes, Sessions, no_servers, not_viewed
from store.private import private_folder

if TYPE_CHECKING:
    from calendars.reading.result import LeftOut, Reading

BACK, AHEAD = timedelta(days=70), timedelta(days=400)
"""What is expanded of a calendar: as far back as turns are looked after, and a year of projected turns."""

NOTES = 10
"""Events left out that are told of one by one."""

log = logging.getLogger("aikultur")


def read_ones(source: Source) -> Iterator[tuple[str, DepartmentMeeting]]:
    """The departments whose meetings are read from a calendar, each with where it stands; files and addresses first, for a
    mailbox's server may be slow."""
    ones = [(key, one.meeting) for key, one in source.config.departments.items() if one.meeting and one.meeting.is_read]
    yield from sorted(ones, key=lambda one: bool(one[1].calendar))


def place_of(department: str, meeting: DepartmentMeeting) -> str:
    """Where in config.toml it is said which calendar is read."""
    return f"[departments.{department}.meeting] {'calendar' if meeting.calendar else 'ics'}"


def kept_in(source: Source, department: str) -> Path:
    """Where a department's meetings are kept."""
    name = quote(department, safe="")  # a key may be any text
    return source.resolve(source.config.store.folder) / "meetings" / f"{name}.json"


def collect(source: Source, today: date, acted_on: Organisation | None = None, sessions: Sessions = no_servers) -> None:
    """Fetch and read every calendar and keep its meetings where a tick finds them; what went wrong is kept beside those
    of the last time, and so is what has lost too many. Takes as long as the servers and the calendars take, each within
    its limits. `acted_on` is the organisation of the last tick.

    Raises OSError when nothing can be kept.
    """
    if acted_on:
        accept(source, acted_on)
    mailboxes = _mailboxes(source, sessions)
    for department, meeting in read_ones(source):
        kept = kept_in(source, department)
        private_folder(kept.parent)
        fault = _collected(_Calendar(source, department, meeting, today), mailboxes)
        if fault:
            log.warning("the calendar of %s: %s", department, fault)
            keep(kept.with_suffix(".fault"), json.dumps(plain(fault)))
        else:
            kept.with_suffix(".fault").unlink(missing_ok=True)


def accept(source: Source, acted_on: Organisation) -> None:
    """Make an offer that a tick has acted on, because somebody approved it or little of it was to come any more, the
    copy that the next one is held against."""
    for department, _ in read_ones(source):
        offered = _offered_in(kept_in(source, department))
        plan = acted_on.meeting_plans.get(department)
        meetings = _meetings(offered, department, _zone(source, department))
        if plan and meetings is not None and meetings == plan.read:
            offered.replace(kept_in(source, department))


@dataclass(frozen=True, slots=True)
class _Calendar:
    """A department's calendar at one look."""

    source: Source
    department: str
    meeting: DepartmentMeeting
    today: date

    @property
    def kept(self) -> Path:
        return kept_in(self.source, self.department)

    @property
    def zone(self) -> str:
        return _zone(self.source, self.department)

    @property
    def span(self) -> tuple[date, date]:
        """From whole weeks, so that it is another one once a week."""
        monday = self.today - timedelta(days=self.today.weekday())
        return monday - BACK, monday + AHEAD

    def made_from(self, content: bytes) -> str:
        """What tells that the same is read of the same: the content, and all that it is read by."""
        from calendars.reading.result import VERSION

        by = f"{VERSION}/{self.department}/{self.zone}/{self.span[0] + BACK}/"
        return hashlib.sha256(by.encode() + content).hexdigest()


def _collected(calendar: _Calendar, mailboxes: Mailboxes) -> Sentence | None:
    """Keep the meetings of one calendar; why not, when they cannot be had."""
    try:
        return _viewed(calendar, mailboxes) if calendar.meeting.calendar else _fetched(calendar)
    except OSError:
        raise
    except Exception as error:
        return _why_not(calendar, error)


def _why_not(calendar: _Calendar, error: Exception) -> Sentence:
    """What is said of a calendar that could not be read. Whatever it is, the calendars of the others are not to blame."""
    from calendars.reading.result import Unreadable  # heavy, and most departments have a rhythm

    if isinstance(error, Unreadable):
        return Sentence(error.text, error.fields)
    if isinstance(error, ChannelError):
        return not_viewed(error)
    log.error("the calendar of %s", calendar.department, exc_info=error)
    return Sentence("it cannot be followed: {error}. Name a calendar of the department's own.", {"error": repr(error)})


def _fetched(calendar: _Calendar) -> Sentence | None:
    """From a file or an address. Raises Unreadable."""
    from calendars.reading.apart import read_apart
    from calendars.reading.fetch import fetch

    address = calendar.meeting.ics or ""
    content = fetch(address if "://" in address else str(calendar.source.resolve(address)))
    made_from = calendar.made_from(content)
    if _is_known(calendar.kept, made_from):
        return None
    return _take(calendar, made_from, read_apart(content, calendar.department, calendar.zone, *calendar.span))


def _viewed(calendar: _Calendar, mailboxes: Mailboxes) -> Sentence | None:
    """From a mailbox. Raises Unreadable and ChannelError."""
    from calendars.reading.apart import reading_to_json

    found = _looked(calendar, mailboxes)
    made_from = calendar.made_from(json.dumps(reading_to_json(found), sort_keys=True).encode())
    return None if _is_known(calendar.kept, made_from) else _take(calendar, made_from, found)


def _looked(calendar: _Calendar, mailboxes: Mailboxes) -> "Reading":
    """What a mailbox's calendar says. Raises Unreadable and ChannelError."""
    from calendars.reading.viewed import read_viewed

    subject = calendar.meeting.subject or ""
    view = mailboxes.view(calendar.meeting.calendar or "", subject, *calendar.span)
    return read_viewed(view, subject, calendar.department, calendar.zone, *calendar.span)


def tried(source: Source, today: date, sessions: Sessions) -> Iterator[Sentence | Fault]:
    """What comes of looking into each mailbox now. Nothing is kept."""
    mailboxes = _mailboxes(source, sessions)
    for department, meeting in read_ones(source):
        if not meeting.calendar:
            continue
        calendar = _Calendar(source, department, meeting, today)
        try:
            found = _looked(calendar, mailboxes)
        except Exception as error:
            yield Fault(source.path.name, place_of(department, meeting), _why_not(calendar, error))
        else:
            text = 'The calendar of {mailbox} has {count} meetings called "{subject}" ahead.'
            fields = {"mailbox": meeting.calendar, "subject": meeting.subject, "count": coming(found.meetings, today)}
            yield Sentence(text, fields)


def _mailboxes(source: Source, sessions: Sessions) -> Mailboxes:
    return Mailboxes((name for name, _ in servers_here(source.config)), sessions)


def _is_known(kept: Path, made_from: str) -> bool:
    """Whether the same was read the last time; an offer that has become again what it was falls away."""
    offered = _offered_in(kept)
    if load(kept).get("made_from") == made_from:
        offered.unlink(missing_ok=True)
        return True
    return bool(load(offered).get("made_from") == made_from)


def _take(calendar: _Calendar, made_from: str, found: "Reading") -> Sentence | None:
    """Keep what was read, beside the last copy when it has lost too much of that; why not, where nothing was."""
    from calendars.reading.apart import to_json

    if found.nothing_read:
        return _all_left_out(found.left_out)
    kept, department, zone = calendar.kept, calendar.department, calendar.zone
    before = _meetings(kept, department, zone) or ()
    gone = missing(before, load(kept).get("events", {}), found.meetings, found.said)
    notes = [plain(note) for note in _notes_of(found)]
    value = {"made_from": made_from, "meetings": to_json(found.meetings), "events": dict(found.events), "notes": notes}
    for note in _notes_of(found):
        if plain(note) not in load(kept).get("notes", []):
            log.info("the calendar of %s: %s", department, note)
    offered = _offered_in(kept)
    if is_loss(gone, before, calendar.today):
        keep(offered, json.dumps({**value, "missing": to_json(gone)}))
    else:
        keep(kept, json.dumps(value))
        offered.unlink(missing_ok=True)
    return None


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
    for department, meeting in read_ones(source):
        kept, place = kept_in(source, department), place_of(department, meeting)
        zone, offered = _zone(source, department), _offered_in(kept)
        if (said := sentence(load(kept.with_suffix(".fault")))) is not None:
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
        said_of = load(offered if department in offers else kept).get("notes", [])
        notes += [Fault(source.path.name, place, note) for value in said_of if (note := sentence(value)) is not None]
    return Kept(meetings=found, offers=offers, faults=tuple(faults), notes=tuple(notes))


def _offered_in(kept: Path) -> Path:
    return kept.with_suffix(".offered")


def _meetings(kept: Path, department: str, zone: str, part: str = "meetings") -> tuple[Meeting, ...] | None:
    """None when there are none that can be used."""
    from calendars.reading.apart import from_json

    try:
        return from_json(load(kept)[part], department, zone)
    except (KeyError, TypeError, ValueError):
        return None


def stamps(source: Source) -> list[Path]:
    """The files whose change means that meetings have changed."""
    kept = [kept_in(source, department) for department, _ in read_ones(source)]
    return [file for one in kept for file in (one, _offered_in(one))]


def _zone(source: Source, department: str) -> str:
    config = source.config
    return config.departments[department].zone or config.organisation.zone
