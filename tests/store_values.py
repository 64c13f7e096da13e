"""Small stores, and a clock that stands still, for the tests of the store."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from store.database import Database, open_database
from store.journal import SYNC_POINT

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    """Says what `now` was set to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def held(db: Database) -> dict[str, Any]:
    """All records of the database, by table and key."""
    return {name: {str(doc.doc_id): dict(doc) for doc in db.table(name)} for name in db.tables()}


def everything(folder: Path) -> dict[str, Any]:
    """All records of a store that is opened for it."""
    with open_database(folder) as db:
        return held(db)


def written(file: Path) -> list[bytes]:
    """The lines of a journal but its sync points."""
    return [line for line in file.read_bytes().splitlines() if not SYNC_POINT.fullmatch(line)]


def without_last_point(file: Path) -> None:
    """Take away the last sync point: now nobody can tell whether the last line was confirmed."""
    lines = file.read_bytes().splitlines(keepends=True)
    assert SYNC_POINT.fullmatch(lines[-1].strip())
    file.write_bytes(b"".join(lines[:-1]))


def filled(folder: Path) -> dict[str, Any]:
    """A store of four journal lines after the first, all of one second and each with its sync point; what it holds."""
    with Database(folder, clock=Clock()) as db:
        table = db.table("letters")
        table.put("a", {"text": "æ\n", "n": [1, 2.5, None, True]})
        table.put("b", {"n": 2})
        table.merge("a", {"sent": {"at": 1}})
        table.drop("b")
    return {"letters": {"a": {"text": "æ\n", "n": [1, 2.5, None, True], "sent": {"at": 1}}}}
