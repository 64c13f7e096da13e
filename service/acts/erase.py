"""Erases everything about a person, in one journal line: shown first, with a number, and done by that number.

HR's file still names them the next morning. By the mark that is kept of them they are not met again, and get nothing.
What stands in their calendars is taken out by the difference, as for anybody who has left.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from calendars.record import from_publication, to_publication
from culture.census import Known
from culture.erased import Former
from culture.people import Person
from service.engine import erasure
from service.engine.engine import Engine
from service.engine.personal import About, Found, named_by_others
from service.engine.retention import archive_of
from service.engine.tables import ROWS
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.planning.fuse import digest
from service.settings.text_file import read_toml
from store import records
from store.letters import LetterRecord, letters_in
from store.plain import to_plain

SOMEBODY = "…"
"""What stands where their name stood in the subject of somebody else's letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What goes and what stays of a person. `waits`: what is known until it is taken out of a calendar or settled. `letters`:
    those that wait and are not sent any more. `in_file`: HR's file names them. `named`: the keys of the config that do. `by_others`: records,
    by table and key, that are of others and have their name or address in a text. `mark`: what is kept of their id."""

    person: Person
    ids: tuple[str, ...]
    found: Found
    waits: tuple[About, ...]
    letters: tuple[LetterRecord, ...]
    archived: int
    in_file: bool
    named: tuple[str, ...]
    by_others: tuple[tuple[str, str], ...]
    mark: str

    @property
    def goes(self) -> tuple[About, ...]:
        """The records that go with the person."""
        return tuple(one for one in self.found.records if one.left is None)

    @property
    def stays(self) -> tuple[About, ...]:
        """The records that stay without them."""
        return tuple(one for one in self.found.records if one.left is not None)

    @property
    def number(self) -> str:
        """By which exactly this is erased, and nothing that has come since."""
        return digest(f"{one.row.name} {one.key}" for one in self.found.records)


def to_erase(engine: Engine, person: Person, now: datetime) -> Erasure:
    """What would be erased. Nothing is written. Raises Damage when a file of the archive cannot be read."""
    ids, archive = engine.stored.ids_of(person.id), archive_of(engine)
    found = erasure.found_of_one(engine.database, ids)
    theirs = ((one.key, one.document) for one in found.records if one.row.name == records.LETTERS and one.left is None)
    waiting = (letter for letter in letters_in(theirs) if letter.state == "claimed")
    return Erasure(
        person=person,
        ids=ids,
        found=found,
        waits=erasure.waiting(found.records, now),
        letters=tuple(letter for letter in waiting if not letter.doubtful),
        archived=sum(1 for one in ids for _ in archive.of(one)),
        in_file=_in_file(engine, ids),
        named=tuple(named_in_config(read_toml(engine.inputs.source.path), person.email)),
        by_others=tuple(_by_others(engine, person, found)),
        mark=engine.links.mark(person.id),
    )


def _by_others(engine: Engine, person: Person, found: Found) -> Iterator[tuple[str, str]]:
    """What others wrote with their whole name or their address in it; subjects of letters are seen to."""
    words = [word for word in (person.name if " " in person.name.strip() else "", person.email) if word]
    tables = {
        row.name: engine.database.storage.documents(row.name) for row in ROWS if row.name not in (records.LETTERS,)
    }
    return named_by_others(tables, found, words)


def erase(engine: Engine, person: Person, number: str, now: datetime) -> Erasure:
    """Erase what `number` was shown for; what that was.

    Raises Refused where it is something else by now, where the config names the person, and where a record cannot be read
    or the archive is damaged: then nothing is written.
    """
    with engine.database.batch(sync=True):
        what = to_erase(engine, person, now)
        _check(what, number)
        _write(engine, what, now)
    erasure.blank(engine.spool, (one for one in what.goes if one not in what.waits))
    engine.database.compact()
    return what


def _check(what: Erasure, number: str) -> None:
    """Raises Refused where it cannot be done."""
    if what.named:
        text = "config.toml names {name}: {keys}. Write somebody else there first, or take it out."
        raise Refused(Sentence(text, {"name": what.person.name, "keys": ", ".join(what.named)}))
    if what.found.unread:
        table, key = what.found.unread[0]
        text = "The record {table} {key} cannot be read, and may be about {name}. Look at it, and take it out: aikultur store discard {table} {key}"
        raise Refused(Sentence(text, {"table": table, "key": key, "name": what.person.name}))
    if what.number != number.lower():
        text = "What would be erased is not what {number} was shown for. Look at it again: aikultur privacy erase {id}"
        raise Refused(Sentence(text, {"number": number, "id": what.person.id}))


def _write(engine: Engine, what: Erasure, now: datetime) -> None:
    stored, database, today = engine.stored, engine.database, now.astimezone(engine.zone).date()
    known = stored.known()
    stored.changes += 1
    _mark_as_former(engine, what.ids, known, today)
    _name_no_more(engine, what)
    archive_of(engine).without(what.ids)
    kept = {(one.row.name, one.key) for one in what.waits}
    erasure.wipe(database, (one for one in what.found.records if (one.row.name, one.key) not in kept))
    dropped = {letter.id for letter in what.letters}
    for waits in what.waits:
        if waits.row.name == records.PUBLICATIONS:
            _without_letter(engine, waits, dropped)
    if what.waits and what.person.id in known:
        least = erasure.reduced(known[what.person.id], today)
        database.table(records.PEOPLE).put(least.id, records.from_known(least))


def _mark_as_former(engine: Engine, ids: Iterable[str], known: Mapping[str, Known], today: date) -> None:
    """Keep of each id only marks, by which the same person in HR's file is left out from now on."""
    for one in ids:
        marks = engine.links.marks(known[one].row) if one in known else None
        former = to_plain(Former(erased=today, marks=marks))
        engine.database.table(records.FORMER).put(engine.links.mark(one), former)


def _without_letter(engine: Engine, one: About, dropped: Iterable[str]) -> None:
    """A publication whose change was in a letter that is not sent: what stood stands, and that is taken out."""
    publication = to_publication(one.document)
    if publication.intended and publication.intended.letter in set(dropped):
        after = from_publication(replace(publication, intended=None))
        engine.database.table(records.PUBLICATIONS).put(one.key, after)


def _name_no_more(engine: Engine, what: Erasure) -> None:
    """Take the name out of the subjects of letters to others."""
    name, letters = what.person.name, engine.database.table(records.LETTERS)
    if " " not in name.strip():
        return  # one word may be any word
    for key, document in list(engine.database.storage.documents(records.LETTERS)):
        if document.get("person") not in what.ids and name in str(document.get("subject")):
            letters.merge(key, {"subject": str(document["subject"]).replace(name, SOMEBODY)})
    archive_of(engine).renamed(name, SOMEBODY)


def _in_file(engine: Engine, ids: Iterable[str]) -> bool:
    """Whether HR's file, or the group, has a row of theirs now."""
    known = engine.stored.known()
    return engine.inputs.people is not None and any(one in known and known[one].gone is None for one in ids)


def named_in_config(value: Any, email: str, place: str = "") -> Iterator[str]:
    """Where an address stands in a config, by the paths of its keys."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from named_in_config(one, email, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list):
        for one in value:
            yield from named_in_config(one, email, place)
    elif email and isinstance(value, str) and value.strip().lower() == email:
        yield place
