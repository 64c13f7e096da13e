"""Reading every record as the service reads it: a line may be whole and hold what nobody can use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from calendars.meeting import MeetingStanding
from calendars.standing import Standing
from culture.keys import PersonWeek
from culture.learning import Concern, Discovery, Learning
from culture.same import Same
from culture.turns import Standings, Turn
from service.engine import choices_log
from service.engine.retention import COUNTS, to_numbers
from service.engine.state import Stored
from service.planning.links import Issues
from store import records
from store.database import Database
from store.letters import from_document
from store.state import Fields, Tables

PLAIN: dict[str, type] = {
    records.TURNS: Turn,
    records.STANDINGS: Standings,
    records.LEARNINGS: Learning,
    records.DISCOVERIES: Discovery,
    records.CONCERNS: Concern,
    records.BLOCKS: Standing,
    records.MEETINGS: MeetingStanding,
    records.LINKS: Issues,
    records.SAME: Same,
}

TABLES: dict[str, Callable[[Stored], object]] = {
    records.PEOPLE: Stored.known,
    records.PREFERENCES: Stored.preferences,
    records.PROMPTS: Stored.history,
    records.PUBLICATIONS: Stored.publications,
    records.FEEDS: Stored.feeds,
    records.REVISITS: Stored.revisits,
    records.LINKS_ASKED: Stored.links_asked,
    records.FREE_MINUTES: Stored.decided,
}
"""Tables that the service reads whole, by the reader of it."""

RECORDS: dict[str, Callable[[str, Fields], object]] = {
    records.LETTERS: from_document,
    records.CHOICES: choices_log.read,
    records.FILES: lambda _, document: (int(document["size"]), int(document["changed"])),
    records.FORMER: lambda _, document: date.fromisoformat(document["erased"]),
    records.HELD: lambda _, document: records.moment(document["since"]),
    records.WAYS: lambda _, document: records.moment(document["since"]),
    records.NOTICES: lambda _, document: document["letter"],
    records.WEEKS: lambda key, document: (
        PersonWeek.from_text(key),
        int(document.get("letters", 0)),
        int(document.get("files", 0)),
    ),
    records.TURN_LETTERS: lambda _, document: date.fromisoformat(document["day"]),
    records.FUSE: lambda _, document: (frozenset(document["transports"]), dict(document["weeks"])),
    records.APPROVALS: lambda _, document: frozenset(document["keys"]),
    COUNTS: lambda _, document: to_numbers(document),
}
"""Tables of which it reads one record at a time."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    table: str
    key: str
    wrong: str


def unreadable(tables: Tables) -> Iterator[Unreadable]:
    """The records that the service cannot read, in the order in which they stand."""
    for name, documents in tables.items():
        for key, document in documents.items():
            wrong = _wrong(name, key, document)
            if wrong:
                yield Unreadable(name, key, wrong)


def _wrong(table: str, key: str, document: Fields) -> str:
    """Why this record cannot be read; empty when it can. Whatever a reader raises is about the record."""
    try:
        if table in RECORDS:
            RECORDS[table](key, document)
            return ""
        stored = _with_one(table, key, document)
        if table in TABLES:
            TABLES[table](stored)
        elif table in PLAIN:
            stored.table_of(table, PLAIN[table])
        return "".join(one.why for one in stored.unreadable())
    except Exception as error:  # a record is data, and can be wrong in any way
        return f"{type(error).__name__}: {error}"


def _with_one(table: str, key: str, document: Fields) -> Stored:
    """The service's reader over a database that holds this record alone."""

    def documents(name: str) -> list[tuple[str, Mapping[str, Any]]]:
        return [(key, document)] if name == table else []

    storage = SimpleNamespace(documents=documents, version=lambda name: None)
    return Stored(cast(Database, SimpleNamespace(storage=storage, table=None)))
