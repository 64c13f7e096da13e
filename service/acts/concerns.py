"""Concerns and choices from pages that know nobody, kept so that nothing on the disk leads to who wrote them.

What is written waits in this process's memory, from the full hour in the pool's file (`store.pool`), from the night
on among the records: all at once, in the order of their ids, and the whole table anew, so that neither the journal
nor a snapshot holds an order or a moment that is anybody's. Of a choice there is but the number. No tick follows, nothing is logged or counted.
"""

import logging
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from culture.concerns import (
    LETTERS,
    Concern,
    Pool,
    PoolFull,
    forgetting,
    hour_of,
    month_of,
    night_of,
    tallied,
)
from service.engine.engine import Engine
from service.engine.typed import read
from service.messages.faults import BadInput, Fault
from service.messages.plain_text import plain
from service.messages.translation import Sentence
from store import records
from store.database import Database
from store.plain import to_plain
from store.pool import read_pool, write_pool
from store.unreadable import CannotRead, Document

__all__ = ["Concerns", "PoolFull", "add", "text_of"]

log = logging.getLogger("aikultur")

POOL = "concerns.pool"


def text_of(given: str) -> str:
    """The text of a concern as it is kept. Raises BadInput when it is empty or too long."""
    found = plain(given)
    if not found:
        raise BadInput([Fault("text", "", Sentence("Nothing is written here. Write a few words."))])
    if len(found) > LETTERS:
        fields = {"count": len(found), "most": LETTERS}
        raise BadInput([Fault("text", "", Sentence("This is {count} letters long. Keep it to {most}.", fields))])
    return found


class Concerns:
    """The pool of a running service. `take` may be called from any thread; the others belong to the main one."""

    def __init__(self, folder: Path, now: datetime, zone: ZoneInfo) -> None:
        self._file, self._zone = folder / POOL, zone
        self._lock = threading.Lock()
        self._pool = self._found() or Pool(night=night_of(now, zone))
        self._written: datetime | None = None  # the hour for which the file was written

    def take(self, text: str, department: str = "") -> None:
        """Keep a concern, in memory; for the manager of that department too. Raises BadInput, PoolFull."""
        kept = text_of(text)
        with self._lock:
            self._pool = self._pool.with_one(_new_id(), kept, department)

    def count(self, key: str) -> None:
        """Count that somebody chose this (`culture.keys.TallyKey`), in memory. Raises PoolFull."""
        with self._lock:
            self._pool = self._pool.with_choice(key)

    def look(self, database: Database, now: datetime, *, believed: bool) -> None:
        """Once in each hour, and at the start: write the file; after a night first move what was in it, if the clock is
        `believed`. Raises what the disk and the store raise; then it is to be done again."""
        if hour_of(now) == self._written:
            return
        night = night_of(now, self._zone)
        if believed and night != self._pool.night:
            moving = self._pool  # a value: what comes meanwhile stays for the next night
            with database.batch():
                into_records(database, _concerns(moving, night), forgotten_by=night)
                into_tallies(database, moving)
            with self._lock:
                self._pool = self._pool.without(moving, night)
        self.write(now)

    def write(self, now: datetime) -> None:
        """Write the file, as in any hour. Raises OSError."""
        write_pool(self._file, self._pool, hour_of(now))
        self._written = hour_of(now)

    def _found(self) -> Pool | None:
        try:
            return read_pool(self._file)
        except (OSError, ValueError) as error:  # nobody's letters wait for a file of concerns
            aside = self._file.with_suffix(".unreadable")
            with suppress(OSError):  # then the next hour's writing fails too, and is told as a step of the service
                self._file.replace(aside)
            log.error("the concerns of today cannot be read, and are kept as %s: %s", aside, error)
            return None


def _concerns(pool: Pool, night: date) -> dict[str, Concern]:
    """What is in the pool, as it is recorded in that night."""
    month, departments = month_of(night), pool.departments
    return {
        key: Concern(id=key, month=month, text=text, department=departments.get(key, ""))
        for key, text in pool.texts.items()
    }


def into_records(database: Database, concerns: Mapping[str, Concern], *, forgotten_by: date | None = None) -> None:
    """Put these among the records, in one line: the whole table in the order of the ids, also when there are none. Put
    again, they are the same. In a night, `forgotten_by`, the departments go that nobody is told of any more."""
    with database.batch():
        table = database.table(records.CONCERNS)
        together = dict(database.storage.documents(records.CONCERNS))
        if forgotten_by:
            told = forgetting(_known(records.CONCERNS, together), forgotten_by)
            together |= {key: to_plain(concern) for key, concern in told.items()}
        together |= {key: to_plain(concern) for key, concern in concerns.items()}
        table.truncate()
        for key, document in sorted(together.items()):
            table.put(key, document)


def into_tallies(database: Database, pool: Pool) -> None:
    """Add the numbers of the pool to the records, in one line: the whole table, also when there are none."""
    with database.batch():
        table = database.table(records.TALLIES)
        together = dict(database.storage.documents(records.TALLIES))
        before = _known(records.TALLIES, together)
        unread = together.keys() - before.keys()
        together |= {key: to_plain(tally) for key, tally in tallied(before, pool).items() if key not in unread}
        table.truncate()
        for key, document in sorted(together.items()):
            table.put(key, document)


def _known(table: str, documents: Mapping[str, Document]) -> dict[str, Any]:
    """The values of records. One that cannot be read is left as it is, and keeps no other from the night."""
    found = {}
    for key, document in documents.items():
        with suppress(CannotRead):
            found[key] = read(table, key, document)
    return found


def add(engine: Engine, text: str, now: datetime, department: str = "") -> Concern:
    """Keep a concern that somebody handed to the administrator; the same text twice in a month is one. Raises BadInput.

    The journal tells for a week when this command was given.
    """
    kept, month = text_of(text), month_of(night_of(now, engine.zone))
    known = engine.stored.table_of(records.CONCERNS).values()
    found = next((one for one in known if (one.text, one.month) == (kept, month)), None)
    made = found or Concern(id=_new_id(), month=month, text=kept, department=department)
    into_records(engine.database, {made.id: made})
    return made


def _new_id() -> str:
    return f"c-{secrets.token_hex(8)}"
