"""Joins two whom the people file made two of: what is one person's is written as one person's, in one journal line.

The row and everything that is kept stand under the id that was known before. Calendars follow at the next tick, by the
difference: the other id has left, and what it had in a calendar of its own is taken out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from calendars.difference import Intended
from calendars.event import Entry, Slot
from culture.census import LATELY, Census, Known
from culture.keys import NotAKey, NoticeKey, PersonWeek, SlotKey
from culture.people import Person
from culture.same import Same, chosen_by_both
from service.acts.who import meant
from service.engine.choices_log import choose
from service.engine.engine import Engine
from service.engine.state import COUNTED, Stored
from service.engine.tables import ROWS
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.planning.programme import with_appointments
from store import records

CALENDAR = frozenset({"invite", *(of.letter for of in with_appointments())})
"""Kinds of notices whose numbers are a calendar's own: the number of another series says nothing of this one."""


def join(engine: Engine, before: str, there: str, now: datetime) -> tuple[Known, Known]:
    """Make whom `there` means (in the people file now) the one whom `before` means (known before); both as they were.

    Raises Refused with a sentence where either is nobody, several, or not what is asked for.
    """
    with engine.database.batch():
        plan = engine.plan(now)  # while nobody else can write
        stored, today = engine.stored, plan.world.today
        known = {**stored.known(), **_news(plan.census)}
        one, other = two(plan.world.organisation.people.values(), known, stored.same(), (before, there), today)
        _write(stored, one, other, now, today)
    return one, other


def two(
    people: Iterable[Person],
    known: Mapping[str, Known],
    same: Mapping[str, Same],
    texts: tuple[str, str],
    today: date,
) -> tuple[Known, Known]:
    """Who was known before and has no row, and who has one now. Raises Refused."""
    _check_open(texts, same)
    mine = [one for one in people if one.id in known and one.id not in same]
    gone = [one for one in mine if known[one.id].gone]
    here = [one for one in mine if not known[one.id].gone]
    # The same address or name may be both's: each is looked for among those it can be.
    one, other = (known[_one(first, mine, text, today)] for text, first in zip(texts, (gone, here), strict=True))
    _check_two(one, other)
    return one, other


def _check_open(texts: Iterable[str], same: Mapping[str, Same]) -> None:
    """Raises Refused for the id of somebody who is another already."""
    for text in texts:
        if text.strip() in same:
            fields = {"id": text.strip(), "other": same[text.strip()].person}
            raise Refused(Sentence("{id} is {other} already. Write {other}.", fields))


def _check_two(one: Known, other: Known) -> None:
    """Raises Refused unless `one` is who was known before, `other` who is there now, and they may be one person."""
    if one.id == other.id:
        raise Refused(Sentence("Both are {name} ({id}). Write two people.", _named(one)))
    if one.gone is None:
        text = "{name} ({id}) has a row in the people file. First comes who was known before and has none any more."
        raise Refused(Sentence(text, _named(one)))
    if other.gone:
        text = "{name} ({id}) has no row in the people file. Second comes who is there now."
        raise Refused(Sentence(text, _named(other)))
    if _together(one, other):
        text = "{name} ({id}) and {other} ({there}) have stood in the people file at the same time, so they are two."
        raise Refused(Sentence(text, {**_named(one), "other": other.row.name, "there": other.id}))
    numbers = one.row.number, other.row.number
    if all(numbers) and len({*numbers}) == 2:
        text = "The people file says that they are two: {name} has the number {number}, {other} another."
        raise Refused(Sentence(text, {"name": one.row.name, "number": one.row.number, "other": other.row.name}))


def _one(first: Iterable[Person], all_: Iterable[Person], text: str, today: date) -> str:
    """The id of whoever is meant, of the `first` if somebody is. Raises Refused."""
    hits = meant(first, text, today) or meant(all_, text, today)
    if not hits:
        raise Refused(Sentence('"{text}" is nobody here. Look with aikultur people list.', {"text": text}))
    if len(hits) > 1:
        names = ", ".join(f"{person.name} ({person.id})" for person in hits[:5])
        raise Refused(Sentence('"{text}" fits several: {names}. Write the id.', {"text": text, "names": names}))
    (found,) = hits
    if text.strip().casefold() not in (found.id.casefold(), found.email, found.name.casefold()):
        fields = {"text": text, "name": found.name, "id": found.id}
        raise Refused(Sentence('"{text}" may be {name} ({id}). Write the id, for who is joined stays joined.', fields))
    return found.id


def _together(one: Known, other: Known) -> bool:
    """Whether both had a row for a while, of whom `one` has none now. Two with one address never had."""
    if one.gone is None or (one.row.email and one.row.email == other.row.email):
        return False
    return other.first_seen <= one.first_seen or other.first_seen.date() < one.gone - LATELY


def _named(one: Known) -> dict[str, Any]:
    return {"name": one.row.name, "id": one.id}


def _news(census: Census) -> dict[str, Known]:
    return {one.id: one for one in census.all}


def _write(stored: Stored, one: Known, other: Known, now: datetime, today: date) -> None:
    was, person = other.id, one.id
    _slots(stored, other, person)
    _presented(stored, was, person)
    _joined(stored, was, person)
    _said(stored, was, person)
    choose(stored, person, chosen_by_both(stored.preference(person), stored.preference(was)), "same", now)
    for key, earlier in stored.same().items():  # who was joined to one of them before is this person too
        if earlier.person == was:
            stored.put(records.SAME, key, replace(earlier, person=person))
    stored.put(records.SAME, was, Same(person=person, names=(one.row.name, other.row.name)))
    people = stored.database.table(records.PEOPLE)
    people.put(person, records.from_known(replace(one, row=other.row, gone=None)))
    people.put(was, records.from_known(replace(other, gone=today)))


def _joined(stored: Stored, was: str, person: str) -> None:
    """What programmes know of either: turns, places in lists, what they wrote, and what stands under the one's id."""
    for row in ROWS:
        found = stored.table_of(row.name) if row.merged else {}
        if row.merged and was in found:
            stored.put(row.name, person, row.merged(found.get(person), found[was]))
            stored.drop(row.name, was)
    for name, joined in ((row.name, row.joined) for row in ROWS if row.joined):
        for key, one in stored.table_of(name).items():
            changed = joined(one, was, person)
            if changed != one:
                stored.put(name, key, changed)


def _slots(stored: Stored, other: Known, person: str) -> None:
    """What the mailbox knows of slots: the UID is the turn's, so a cancellation to the one would take the other's out.

    Raises Refused while a letter about it is on its way.
    """
    for key, one in stored.publications().items():
        if one.of != "slot" or one.person_id != other.id:
            continue
        if one.intended:
            text = "A letter about a turn of {name} is on its way. Write it again when that has arrived: aikultur outbox list"
            raise Refused(Sentence(text, {"name": other.row.name}))
        before = stored.publication(SlotKey(one.uid, person).to_text())
        highest = max(one.highest, before.highest) if before else one.highest
        latest = max(one.latest, before.latest) if before else one.latest
        moved = replace(one, person_id=person, parked=None, highest=highest, latest=latest)
        table = stored.database.table(records.PUBLICATIONS)
        table.drop(key)
        for new, document in stored.publication_changes(moved)[records.PUBLICATIONS].items():
            table.put(new, document)


def _presented(stored: Stored, was: str, person: str) -> None:
    """Who presents, in the calendars of facilitators too: the same person under another id is no news to anybody."""

    def of_slot(entry: Entry | None) -> Entry | None:
        return replace(entry, presenter=person) if isinstance(entry, Slot) and entry.presenter == was else entry

    def of_change(change: Intended | None) -> Intended | None:
        return replace(change, entry=of_slot(change.entry)) if change else None

    for one in stored.publications().values():
        told = replace(one, entry=of_slot(one.entry), intended=of_change(one.intended), parked=of_change(one.parked))
        if told != one:
            for table, documents in stored.publication_changes(told).items():
                for key, document in documents.items():
                    stored.database.table(table).put(key, document)
    for meeting in stored.on_server().meetings.values():
        held = [
            replace(slot, presenter=person) if slot and slot.presenter == was else slot
            for slot in (meeting.stands, meeting.intended)
        ]
        if held != [meeting.stands, meeting.intended]:
            stored.put_meeting(replace(meeting, stands=held[0], intended=held[1]), sync=False)


def _said(stored: Stored, was: str, person: str) -> None:
    """What was said to the one was said to the person, and counts among their letters of the week."""
    _notices_said(stored, was, person)
    _weeks_counted(stored, was, person)
    last = stored.turn_letter_on(was)
    if last and last > (stored.turn_letter_on(person) or date.min):
        stored.database.table(records.TURN_LETTERS).put(person, {"day": last.isoformat()})


def _notices_said(stored: Stored, was: str, person: str) -> None:
    notices = stored.database.table(records.NOTICES)
    for text, document in list(stored.database.storage.documents(records.NOTICES)):
        key = _notice(text)
        if key and key.person_id == was and key.kind not in CALENDAR:
            mine = NoticeKey(key.kind, key.period, person).to_text()
            if not notices.has(mine):
                notices.put(mine, document)


def _weeks_counted(stored: Stored, was: str, person: str) -> None:
    weeks = stored.database.table(records.WEEKS)
    keys = weeks.keys()
    for text in keys:
        week = _week(text)
        if week and week.person_id == was:
            mine = PersonWeek(week.week, person).to_text()
            counted = {
                name: sum(stored.letters_in(week.week, one, way) for one in (was, person))
                for way, name in COUNTED.items()
            }
            weeks.put(mine, {name: count for name, count in counted.items() if count})


def _notice(text: str) -> NoticeKey | None:
    try:
        return NoticeKey.from_text(text)
    except NotAKey:
        return None


def _week(text: str) -> PersonWeek | None:
    try:
        return PersonWeek.from_text(text)
    except NotAKey:
        return None
