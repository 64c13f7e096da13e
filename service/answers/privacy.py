"""Everything the service holds about a person: by the rows of the tables, and what lies beside the store.

Whatever table a programme brings is in it: nothing here names one but to leave out what is somebody else's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from culture.keys import last_part, with_last_part
from culture.people import Person
from culture.world import World
from service.acts.erase import named_in_config
from service.engine.daily_backup import BACKUPS
from service.engine.engine import Engine
from service.engine.erasure import found_of_one, waiting
from service.engine.personal import About, Found
from service.engine.retention import BYTES_AFTER, MOVE_AFTER, archive_of
from service.engine.table_row import KEEP
from service.messages.translation import WRITTEN_IN, Sentence
from service.programmes import brought_by
from service.settings import people_source
from service.settings.group_copy import copy_in
from service.settings.text_file import read_toml
from service.settings.transport_row import transport_of
from store import records
from store.archive import Folded

PROGRAMME_OF: Mapping[str, str] = {row.name: name for name, of in brought_by("tables", "TABLES") for row in of}
"""Whose table it is; none: the service's own."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d\S*)?(\[\S+\])?")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something about the person that is no record. `code` is for programs, `count` how much of it there is where that can
    be counted, `until` the day by which it is gone where there is one."""

    code: str
    said: Sentence
    count: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All of it. `archived`: letters of past weeks, out of the store."""

    person: Person
    found: Found
    archived: tuple[Folded, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def tables(self) -> Mapping[str, tuple[About, ...]]:
        """The records by their tables, in the order of the programmes, the service's own first."""
        names = dict.fromkeys(one.row.name for one in self.found.records)
        ours = [name for name in names if name not in PROGRAMME_OF]
        order = [*ours, *(name for name in names if name in PROGRAMME_OF)]
        return {name: tuple(one for one in self.found.records if one.row.name == name) for name in order}


ANONYMOUS = (
    Sentence(
        "What you wrote or chose without a name (concerns, the month's question) is not here: nobody can tell whose it is, "
        "so it can be neither shown nor erased."
    ),
    Sentence("There is no record of whether you open letters, keep your ten minutes or use AI: nobody measures it."),
)
"""What is not shown, and why."""


def held_about(engine: Engine, world: World, person: Person) -> Held:
    """Everything about the person, also under other ids that are theirs. A walk through all records and the archive.

    Raises Damage when a file of the archive cannot be read.
    """
    ids = engine.stored.ids_of(person.id)
    found, archive = found_of_one(engine.database, ids), archive_of(engine)
    archived = tuple(letter for one in ids for letter in archive.of(one))
    return Held(
        person=person,
        found=found,
        archived=archived,
        elsewhere=tuple(_elsewhere(engine, world, person, found, archived)),
    )


def _elsewhere(
    engine: Engine, world: World, person: Person, found: Found, archived: tuple[Folded, ...]
) -> Iterator[Elsewhere]:
    yield from _files_of_others(engine, world, person)
    for table, key in found.unread:
        text = "The record {table} {key} cannot be read, and may be about them: aikultur store verify"
        yield Elsewhere("unreadable", Sentence(text, {"table": table, "key": key}))
    yield from _letters_kept(engine, world.today, found, archived)
    stands = [one for one in waiting(found.records, world.now) if one.row.name != records.LETTERS]
    if stands:
        text = "What stands in their calendar, or on the calendar server, and is still to come."
        yield Elsewhere("calendar", Sentence(text), len(stands))
    if person.channel == "feed" and engine.inputs.config.web.public_url:
        text = "A calendar to subscribe to, at an address that only they have. Who reads it when is not written down."
        yield Elsewhere("feed", Sentence(text))
    if mail := transport_of(engine.inputs.source).files(engine.inputs.source):
        text = "Letters as files in {folder}: the service writes them and never deletes them. Whoever runs it does."
        yield Elsewhere("mail-folder", Sentence(text, {"folder": mail}))
    text = "Backups of the store in {folder}, of the last {days} days. Copies made by hand are with whoever made them."
    until = world.today + BACKUPS + timedelta(days=1)
    yield Elsewhere("backups", Sentence(text, {"folder": engine.folder / "store", "days": BACKUPS.days}), None, until)
    text = "The log: what went wrong with a letter or a row, by name and address. How long it is kept is for whoever keeps it."
    if engine.inputs.config.logging.redact:
        text = "The log: what went wrong with a letter or a row, by name, without addresses. How long it is kept is for whoever keeps it."
    yield Elsewhere("log", Sentence(text))
    text = "In the subjects and texts of letters to others, for as long as these are kept: who presents, whom somebody swapped with."
    yield Elsewhere("letters-to-others", Sentence(text))


def _letters_kept(engine: Engine, today: date, found: Found, archived: tuple[Folded, ...]) -> Iterator[Elsewhere]:
    """The letters as they were sent, and the lines that the archive has of those of past weeks."""
    letters = sum(one.row.name == records.LETTERS and one.left is None for one in found.records)
    if letters:
        text = (
            "The letters themselves, as they were sent: files in {folder}, each gone some three weeks after its week."
        )
        until = today + BYTES_AFTER + timedelta(weeks=1) + MOVE_AFTER
        yield Elsewhere("spool", Sentence(text, {"folder": engine.spool.folder}), letters, until)
    if archived:
        text = "A line about each letter of past weeks: {folder}. Each is gone {days} days after its letter."
        folder = engine.folder / "archive"
        until = today + KEEP + timedelta(weeks=1)
        yield Elsewhere("archive", Sentence(text, {"folder": folder, "days": KEEP.days}), len(archived), until)


def _files_of_others(engine: Engine, world: World, person: Person) -> Iterator[Elsewhere]:
    """What the organisation's own files say of them. The service reads these and never changes them."""
    inputs = engine.inputs
    known = engine.stored.known().get(person.id)
    if known and known.gone is None:
        text = "A row in {origin}: the organisation writes it, the service only reads it."
        yield Elsewhere("people-file", Sentence(text, {"origin": people_source.origin(inputs.source)}))
    if inputs.config.people.group:
        text = "{file}: a copy of the group that people come from, as it was read last, and who was in the group of those who are away, for {days} days."
        yield Elsewhere("group-copy", Sentence(text, {"file": copy_in(inputs.source), "days": KEEP.days}))
    away = len(world.organisation.absences.get(person.id, ()))
    if away and inputs.config.people.absences:
        text = "{file}: the days they are away, and never why. The organisation writes it."
        yield Elsewhere("absences", Sentence(text, {"file": inputs.config.people.absences}), away)
    named = list(named_in_config(read_toml(inputs.source.path), person.email))
    if named:
        yield Elsewhere("config", Sentence("config.toml names them: {keys}.", {"keys": ", ".join(named)}), len(named))


# --- for a program


def since(found: Iterable[About]) -> tuple[str, str] | None:
    """The first and the last day that records name; None where they name none."""
    days = sorted(text[:10] for one in found for text in _moments(one.document))
    return (days[0], days[-1]) if days else None


def _moments(value: Any) -> Iterator[str]:
    if isinstance(value, str) and MOMENT.fullmatch(value):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _moments(one)
    elif isinstance(value, list):
        for one in value:
            yield from _moments(one)


def held_value(held: Held) -> dict[str, Any]:
    """What is held, for a program: a table each, with what it is and how much. The records themselves: `exported`."""
    return {
        "id": held.person.id,
        "name": held.person.name,
        "tables": [_table_value(name, of) for name, of in held.tables.items()],
        "elsewhere": [
            {"code": one.code, "said": one.said.said(WRITTEN_IN), "count": one.count, "until": one.until}
            for one in held.elsewhere
        ],
        "not_held": [one.said(WRITTEN_IN) for one in ANONYMOUS],
    }


def _table_value(name: str, found: tuple[About, ...]) -> dict[str, Any]:
    told, days = found[0].row.told, since(found)
    said = {word: getattr(told, word) for word in ("what", "why", "seen", "until", "stays")} if told else {}
    return {
        "table": name,
        "programme": PROGRAMME_OF.get(name),
        "count": len(found),
        "first": days[0] if days else None,
        "last": days[1] if days else None,
        **{word: sentence.said(WRITTEN_IN) if sentence else None for word, sentence in said.items()},
    }


def exported(held: Held, people: Iterable[Person], now: datetime) -> dict[str, Any]:
    """All of it as data: every record whole, under its table and key, but for who others are."""
    others = {one.id: (one.email, one.name) for one in people if one.id != held.person.id}
    return {
        "id": held.person.id,
        "name": held.person.name,
        "exported_at": now,
        "tables": {
            name: dict(_without_others(one, held.person, others) for one in of) for name, of in held.tables.items()
        },
        "archived_letters": [_letter_value(letter) for letter in held.archived],
        "elsewhere": [{"code": one.code, "said": one.said.said(WRITTEN_IN)} for one in held.elsewhere],
        "not_held": [one.said(WRITTEN_IN) for one in ANONYMOUS],
    }


def _without_others(one: About, person: Person, others: Mapping[str, tuple[str, str]]) -> tuple[str, Any]:
    """The key and the record, in which each other person is "other-1", "other-2" and so on, and what is theirs alone is
    left out."""
    document = one.row.mine(one.document, person.id) if one.row.mine else one.document
    named = sorted(others.keys() & {*_words(one.key), *_texts(document)})
    texts = {other: f"other-{number}" for number, other in enumerate(named, 1)}
    told = {**texts, **{text: word for other, word in texts.items() for text in others[other] if text}}
    return _said(one.key, told), _said(document, told)


def _said(value: Any, told: Mapping[str, str]) -> Any:
    """The value, where each text that is one of these, and the last part of each key, is said otherwise."""
    if isinstance(value, str):
        last = last_part(value)
        return told.get(value) or (with_last_part(value, told[last]) if last in told else value)
    if isinstance(value, Mapping):
        return {_said(str(name), told): _said(one, told) for name, one in value.items()}
    return [_said(one, told) for one in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _words(value)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from (*_words(str(name)), *_texts(one))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _words(text: str) -> tuple[str, str]:
    return text, last_part(text)


def _letter_value(letter: Folded) -> dict[str, Any]:
    return {
        "id": letter.id,
        "to": letter.to,
        "subject": letter.subject,
        "kinds": list(letter.kinds),
        "notices": list(letter.notices),
        "state": letter.state,
        "settled_at": letter.settled_at,
    }
