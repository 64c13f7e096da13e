"""What is let go of once a day, so that years of letters stay small.

Letters settled in weeks that are long over leave the database: a line each goes into the week's archive file, the
week's numbers into `counts`, which has no person in it and is kept for good. What is no longer needed is deleted.
Nothing becomes due again: a notice that a rule still looks back on stays.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from calendars.difference import Publication
from calendars.event import slot_uid
from culture.keys import without_domain
from culture.notice import Notice
from culture.trouble import Troubles
from culture.workdays import Week
from service.engine import erasure
from service.engine.engine import Engine
from service.engine.state import Stored
from service.engine.table_row import FOLD_AFTER, KEEP, week_before
from service.engine.tables import ROWS
from service.planning import jobs
from service.planning.plan import Plan
from service.planning.programme import at_work, with_appointments
from store import records
from store.archive import Archive, Folded, folded, week_of
from store.database import Damage, Database
from store.letters import LetterRecord, letters_in, settled_at, spooled_text
from store.spool import Spool

log = logging.getLogger("aikultur")

MOVE_AFTER = timedelta(weeks=1)
"""How long after its week the bytes of a letter that still waits are moved to the current segment: one bad address must
not keep a week's letters of 10,000 people."""

BYTES_AFTER = timedelta(weeks=2)
"""How long after its week a segment is kept. Nobody reads a letter's bytes once it is settled; but the records can be
put back by seven days, and must then find what waited three days more, or was moved only since."""


def let_go(engine: Engine, now: datetime) -> int:
    """All of it, for the moment `now` (aware); how many letters were folded. Safe to be killed and called again.

    A week whose archive file is damaged waits in the database, and it is said. Raises the first error of all,
    when every step has been tried.
    """
    database, archive, plan = engine.database, archive_of(engine), engine.agenda or engine.plan(now)
    needed, before, wrong = _needed(engine, plan), len(database.table(records.LETTERS)), list[Exception]()
    steps: tuple[Callable[[], object], ...] = (
        lambda: count_too_late(database, plan.too_late),
        lambda: fold(database, archive, now, needed),
        lambda: forget(engine.stored, plan, now, needed),
        lambda: forget_people(database, archive, now, engine.links.mark),
        lambda: erasure.sweep(engine, archive, now),
        lambda: archive.remove_before(week_before(now, KEEP)),
        lambda: clear_spool(database, engine.spool, now),
    )
    for step in steps:
        try:
            step()
        except Exception as error:  # what one of them cannot do must not keep the others from it
            wrong.append(error)
    if wrong:
        raise wrong[0]
    return before - len(database.table(records.LETTERS))


def _needed(engine: Engine, plan: Plan) -> Collection[str]:
    """The notices that a rule still looks back on. While something cannot be read or worked out they are all of them:
    what is said of it is not known, and must not be said again when it is."""
    troubles = Troubles()
    needed = {key for notice in jobs.notices(plan.world, troubles) for key in (notice.key, *notice.carries)}
    if troubles.found or plan.troubles or engine.stored.unreadable():
        return set(engine.database.table(records.NOTICES).keys())
    return needed


def archive_of(engine: Engine) -> Archive:
    return Archive(engine.folder / "archive")


# Letters


def fold(database: Database, archive: Archive, now: datetime, needed: Collection[str] = ()) -> int:
    """Move letters settled in weeks that ended FOLD_AFTER ago from the database to the archive; how many.

    The notices they said go too, but those in `needed` and those that last. The archive is durable before the database
    lets go: killed in between, the same letters come again and replace themselves.
    """
    limit, weeks = week_before(now, FOLD_AFTER), defaultdict[str, list[str]](list)
    for key, document in database.storage.documents(records.LETTERS):
        settled = settled_at(document) if document.get("state") in ("sent", "dropped") else None
        if settled and (week := week_of(settled)) < limit:
            weeks[week].append(key)
    count = 0
    for week, keys in sorted(weeks.items()):
        try:
            count += _fold_week(database, archive, week, keys, needed)
        except (Damage, KeyError, TypeError, ValueError) as error:
            log.error("the letters of %s stay in the database: %s", week, error)
    return count


def _fold_week(database: Database, archive: Archive, week: str, keys: Iterable[str], needed: Collection[str]) -> int:
    letters, notices = database.table(records.LETTERS), database.table(records.NOTICES)
    with database.batch():
        # Looked up again: somebody may have been erased since.
        there = ((key, document) for key in keys if (document := letters.find(key)))
        found = [folded(letter) for letter in letters_in(there)]
        everything = archive.add(week, found)
        for letter in found:
            letters.drop(letter.id)
            for key in letter.notices:
                if not _lasts(key) and key not in needed:
                    notices.drop(key)
        _count(database, _numbers(week, everything))
    return len(found)


def _numbers(week: str, letters: Sequence[Folded]) -> dict[str, dict[str, dict[str, int]]]:
    """How many of the letters of a week were sent or dropped, and how often they were in doubt."""
    sent_or_dropped = [(week, letter.kinds[0], letter.state, 1) for letter in letters]
    doubts = [(week, letter.kinds[0], "in_doubt", letter.in_doubt) for letter in letters if letter.in_doubt]
    return _by_week(sent_or_dropped + doubts)


def _lasts(notice: str) -> bool:
    """Whether a notice stays as long as its person: only this keeps somebody from being welcomed twice."""
    return notice.startswith("welcome/")


# Numbers


def counts(database: Database) -> dict[str, records.Numbers]:
    """The numbers of every week, by ISO week, oldest first: those kept for good, and those of letters not folded yet.

    A walk through the letters of six weeks: a quarter of a second for 100,000. What waits or is parked belongs to no
    week.
    """
    settled = Counter[tuple[str, str, str]]()  # by day at first: few days, many letters
    for _, letter in database.storage.documents(records.LETTERS):
        match letter:
            case {"state": "sent" | "dropped" as state, "settled_at": str() as when, "kinds": [str() as kind, *_]}:
                settled[when[:10], kind, state] += 1
                if doubt := letter.get("in_doubt"):
                    settled[when[:10], kind, "in_doubt"] += doubt if type(doubt) is int else 0
    weeks = {day: week for day, _, _ in settled if (week := _week_of_day(day))}
    there = ((weeks[day], kind, what, n) for (day, kind, what), n in settled.items() if day in weeks)
    found: dict[str, records.Numbers] = {**_by_week(there)}
    for document in database.table(records.COUNTS).all():
        week = str(document.doc_id)
        with suppress(ValueError):
            found[week] = _highest(found.get(week, {}), records.to_numbers(document))
    return dict(sorted(found.items()))


def _week_of_day(day: str) -> str:
    """The ISO week of a date as text; empty where it is none."""
    try:
        return str(Week.of(date.fromisoformat(day)))
    except ValueError:
        return ""


def total(numbers: Mapping[str, records.Numbers], what: str) -> int:
    """All there ever were of sent, dropped, in_doubt or too_late."""
    return sum(of_kind.get(what, 0) for of_week in numbers.values() for of_kind in of_week.values())


def unsettled(database: Database) -> Iterator[LetterRecord]:
    """The letters that wait or are parked. A walk through the letters."""
    documents = database.storage.documents(records.LETTERS)
    yield from letters_in((key, one) for key, one in documents if one.get("state") in ("claimed", "parked"))


def unreadable_letters(database: Database) -> list[str]:
    """The ids of letters that are not known to be sent or given up, and cannot be read. A walk through the letters."""
    documents = database.storage.documents(records.LETTERS)
    left = [(key, one) for key, one in documents if one.get("state") not in ("sent", "dropped")]
    read = {letter.id for letter in letters_in(left)}
    return [key for key, _ in left if key not in read]


def letters_to(database: Database, person_id: str) -> Iterator[LetterRecord]:
    """The letters to a person that are not folded. A walk through the letters."""
    documents = database.storage.documents(records.LETTERS)
    yield from letters_in((key, one) for key, one in documents if one.get("person") == person_id)


def count_too_late(database: Database, notices: Iterable[Notice]) -> None:
    """Remember how many notices of each week and kind were too late to be said, as far as they are known."""
    with database.batch():
        _count(database, _by_week((week_of(notice.due), notice.kind, "too_late", 1) for notice in notices))


def _by_week(numbers: Iterable[tuple[str, str, str, int]]) -> dict[str, dict[str, dict[str, int]]]:
    """Numbers of week, kind, what and how many, added up."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for week, kind, what, count in numbers:
        of_kind = found.setdefault(week, {}).setdefault(kind, {})
        of_kind[what] = of_kind.get(what, 0) + count
    return found


def _count(database: Database, weeks: Mapping[str, records.Numbers]) -> None:
    """Numbers only grow: what is counted again, or erased from the archive since, stays counted once."""
    table = database.table(records.COUNTS)
    for week, numbers in weeks.items():
        with suppress(ValueError):  # what cannot be read is left as it is
            known = records.to_numbers(table.find(week) or {})
            after = _highest(known, numbers)
            if after != known:
                table.put(week, after)


def _highest(one: records.Numbers, other: records.Numbers) -> dict[str, dict[str, int]]:
    return {
        kind: {
            what: max(one.get(kind, {}).get(what, 0), other.get(kind, {}).get(what, 0))
            for what in sorted(one.get(kind, {}).keys() | other.get(kind, {}).keys())
        }
        for kind in sorted(one.keys() | other.keys())
    }


# Everything else


def forget(stored: Stored, plan: Plan, now: datetime, needed: Collection[str]) -> None:
    """Delete what no rule looks at any more: what is over by the row of its table, and what only the plan can tell of:
    old prompts, past slots and meetings, notices whose letter was folded and that were still needed then."""
    limit, database = now - FOLD_AFTER, stored.database
    with database.batch():
        for row in ROWS:
            if row.over:
                _drop(database, row.name, partial(row.over, now))
        for programme in at_work(plan.world):
            for table, keys in programme.stale(plan.world, stored, now).items():
                _drop(database, table, lambda key, _, keys=keys: key in keys)  # type: ignore[misc]  # the default binds these
        over = {key for key, one in stored.on_server().meetings.items() if not one.slot or one.slot.ends < limit}
        _drop(database, records.MEETINGS, lambda key, _: key in over)
        slots = _past_slots(stored.publications(), plan, limit)
        _drop(database, records.PUBLICATIONS, lambda key, _: key in slots)
        letters = set(database.table(records.LETTERS).keys())

        def left_over(key: str, notice: Mapping[str, Any]) -> bool:
            return str(notice.get("letter")) not in letters and key not in needed and not _lasts(key)

        _drop(database, records.NOTICES, left_over)


def _past_slots(publications: Mapping[str, Publication], plan: Plan, limit: datetime) -> set[str]:
    """Slots that were over, or taken back, before `limit`. Of one that may still move the SEQUENCE must be known."""

    def over(publication: Publication) -> bool:
        ended = publication.slot.ends if publication.slot else publication.latest
        return publication.of == "slot" and publication.intended is None and ended < limit

    if plan.world.out:
        return set()  # which of theirs may still move is not known
    moving = {without_domain(slot_uid(subject, "")) for of in with_appointments() for subject in of.open(plan.world)}
    return {key for key, one in publications.items() if over(one) and without_domain(one.uid) not in moving}


def _drop(database: Database, table: str, old: Callable[[str, Mapping[str, Any]], bool]) -> None:
    """Delete the documents that are `old`; what cannot be read is left alone. To be called in a batch: nothing may change
    between look and deletion."""
    keys = []
    for key, document in database.storage.documents(table):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            keys += [key] if old(key, document) else []
    database.table(table).remove(doc_ids=keys)


# People


def forget_people(database: Database, archive: Archive, now: datetime, mark: Callable[[str], str]) -> int:
    """Erase who has been gone for longer than KEEP and has no letter in the database; how many people.

    Their last letters leave the archive with them. What they did in the relay is kept by the relay, without who it was. And it stays known
    by the `mark` of the id that it is used up: a calendar of theirs may ask for their feed for years, and must never get
    somebody else's.
    """
    limit = str((now - KEEP).date())
    waiting = {str(letter.get("person")) for _, letter in database.storage.documents(records.LETTERS)}
    with database.batch():
        people = database.storage.documents(records.PEOPLE)
        gone = {key for key, document in people if str(document.get("gone", limit)) < limit} - waiting
        if not gone:
            return 0
        if not erasure.forget(database, archive, gone):
            return 0
        for key in gone:
            database.table(records.FORMER).put(mark(key), {"erased": now.date().isoformat()})
    return len(gone)


# Bytes


def clear_spool(database: Database, spool: Spool, now: datetime) -> None:
    """Delete the segments of past weeks. What waits in them is moved on first, byte for byte.

    A letter in the hand of a sender keeps its segment until it is settled.
    """
    moving, removing = week_before(now, MOVE_AFTER), week_before(now, BYTES_AFTER)
    if not any(segment < moving for segment in spool.segments()):
        return
    kept = set[str]()
    with database.batch():
        for key, document in database.storage.documents(records.LETTERS):
            if document.get("state") in ("sent", "dropped"):
                continue
            letter = next(letters_in([(key, document)]), None)
            if letter is None:
                return  # nobody knows where its bytes are, and somebody may still need them
            segment = letter.spool.segment
            if letter.state == "claimed" or (segment < moving and not _moved_on(database, spool, letter, now)):
                kept.add(segment)
    _remove_before(spool, removing, kept)


def _remove_before(spool: Spool, week: str, kept: Collection[str]) -> None:
    for segment in spool.segments():
        if segment < week and segment not in kept:
            spool.remove(segment)


def _moved_on(database: Database, spool: Spool, letter: LetterRecord, now: datetime) -> bool:
    """Move the bytes of a letter to this week's segment; whether they could be read."""
    try:
        (moved,) = spool.append(str(Week.of(now.astimezone(UTC).date())), [spool.read(letter.spool)])
        database.table(records.LETTERS).merge(letter.id, {"spool": spooled_text(moved)})
    except Damage as damage:
        log.error("letter %s: its bytes cannot be moved on: %s", letter.id, damage)
        return False
    return True
