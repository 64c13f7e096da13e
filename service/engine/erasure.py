"""What it takes to forget people: every record about them goes, or stays without them, in one journal line.

Of what stands in a calendar still, and of a letter that is on the wire, the service must know until it is taken out or
settled: that much waits, and goes in the night after.
"""

import logging
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from calendars.difference import Publication
from calendars.event import Series, Slot
from calendars.record import to_publication
from calendars.server.meeting import MeetingState
from calendars.server.standing import BlockState
from culture.census import Known
from culture.erased import Former, seen
from culture.people import Row
from service.engine.engine import Engine
from service.engine.personal import About, Found, everything
from service.engine.tables import ROWS
from store import records
from store.archive import Archive
from store.database import Damage, Database
from store.letters import from_document, letters_in
from store.plain import from_plain, to_plain
from store.spool import Spool

log = logging.getLogger("aikultur")

TAKEN_OUT_WITHIN = timedelta(days=14)
"""So long what stands in a calendar may be waited for: then a server has refused it, or nobody has approved it."""

SWEPT_FOR = timedelta(weeks=5)
"""So long after an erasure it is looked whether something of the person is back: a restore reaches back a week."""


def found_in(database: Database, person_ids: Iterable[str]) -> Found:
    """Every record about the people of these ids. A walk through all records."""
    nobodies = {one: f"erased-{secrets.token_hex(5)}" for one in person_ids}
    return everything({row.name: database.storage.documents(row.name) for row in ROWS}, nobodies)


def found_of_one(database: Database, person_ids: Iterable[str]) -> Found:
    """The same where the ids are one person's: what stays is one nobody's, for the turns to add up."""
    nobody = f"erased-{secrets.token_hex(5)}"
    return everything(
        {row.name: database.storage.documents(row.name) for row in ROWS}, dict.fromkeys(person_ids, nobody)
    )


def wipe(database: Database, found: Iterable[About]) -> None:
    """Write what is left of the records. To be called in a batch."""
    for one in found:
        if one.left is None:
            database.table(one.row.name).drop(one.key)
        else:
            database.table(one.row.name).put(one.key, one.left)


def blank(spool: Spool, found: Iterable[About]) -> None:
    """Write over the bytes of the letters among these records that go. Only when they are gone: killed before this, the
    bytes go with the segment of their week. Raises OSError."""
    theirs = ((one.key, one.document) for one in found if one.row.name == records.LETTERS and one.left is None)
    for letter in letters_in(theirs):
        spool.blank(letter.spool)


def waiting(found: Iterable[About], now: datetime) -> tuple[About, ...]:
    """Of the records those that must be known until something is done: what stands in calendars and is not over, and
    letters on the wire."""
    return tuple(one for one in found if _may_wait(one, now))


def _may_wait(one: About, now: datetime) -> bool:
    """Of a record that cannot be read nobody can say what is to be taken out, so it waits for nothing."""
    try:
        return _waits(one, now)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _waits(one: About, now: datetime) -> bool:
    if one.row.name == records.LETTERS:
        letter = from_document(one.key, one.document)
        return letter.state == "claimed" and letter.doubtful
    if one.row.name == records.PUBLICATIONS and one.left is None:
        return _stands(to_publication(one.document), now)
    if one.row.name == records.BLOCKS:
        block = from_plain(BlockState, one.document)
        return block.may_stand and not block.left
    if one.row.name == records.MEETINGS:
        meeting = from_plain(MeetingState, one.document)
        return meeting.slot is not None and not _over(meeting.slot, now)
    return False


def _stands(publication: Publication, now: datetime) -> bool:
    """Whether an invitation stands, or is on its way, that is not over. A feed takes nothing out: it is there no more."""
    on_its_way = publication.intended
    if on_its_way and on_its_way.channel == "invite":
        return on_its_way.entry is None or not _over(on_its_way.entry, now)
    return publication.channel == "invite" and publication.entry is not None and not _over(publication.entry, now)


def _over(entry: Series | Slot, now: datetime) -> bool:
    return entry.ends < now if isinstance(entry, Slot) else entry.until < now.date()


def reduced(known: Known, today: date) -> Known:
    """Somebody who has gone today, by what a cancellation is written with and no more."""
    row = known.row
    least = Row(email=row.email, name=row.name, department=row.department, language=row.language, zone=row.zone)
    return replace(known, row=least, gone=today)


# --- once a day


def sweep(engine: Engine, archive: Archive, now: datetime) -> int:
    """Forget what was waited for, and what a restore brought back; how many people. What HR's file names is looked up."""
    stored, database, today = engine.stored, engine.database, now.date()
    former = stored.former()
    if not any(one.marks for one in former.values()):
        return 0
    _look_up(engine, former, today)
    lately = {key: one for key, one in former.items() if one.erased >= today - SWEPT_FOR}
    letters = {str(one.get("person")) for _, one in database.storage.documents(records.LETTERS)}
    marks = (
        {one: engine.links.mark(one) for one in (*database.table(records.PEOPLE).keys(), *letters)} if lately else {}
    )
    back = {one: lately[mark] for one, mark in marks.items() if mark in lately}
    if not back:
        return 0
    with database.batch():
        found = {one: found_of_one(database, [one]).records for one in back}
        done = [one for one, of in found.items() if _may_go(of, back[one], now)]
        gone = forget(database, archive, done)
    if done and gone:
        stored.changes += 1
        blank(engine.spool, (record for one in done for record in found[one]))
        database.compact()  # what is forgotten stands in a backup now, for a week, and nowhere else
    return len(done)


def _may_go(found: Collection[About], former: Former, now: datetime) -> bool:
    return not waiting(found, now) or former.erased < now.date() - TAKEN_OUT_WITHIN


def forget(database: Database, archive: Archive, person_ids: Collection[str]) -> bool:
    """Wipe all about these people, the archive's letters too; whether that could be done. To be called in a batch."""
    if not person_ids:
        return True
    try:
        archive.without(person_ids)
    except Damage as damage:
        log.error("people who have gone cannot be erased: %s", damage)
        return False
    wipe(database, found_in(database, person_ids).records)
    return True


def _look_up(engine: Engine, former: Mapping[str, Former], today: date) -> None:
    """Remember whom HR's file names still, of those who were erased."""
    people = engine.inputs.people
    if people is None:
        return
    there = engine.left_out((*people.rows, *people.unreadable)).values()
    for key, one in seen(former, there, today):
        engine.database.table(records.FORMER).put(key, to_plain(one))
