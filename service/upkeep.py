"""What is done once a day for the store: a backup, and letting go of what is old enough to be forgotten."""

from datetime import datetime, timedelta
from pathlib import Path

from culture.workdays import Week
from store import records
from store.database import Database
from store.spool import Spool

BACKUPS = 7
"""A week of days to go back to."""

KEEP = timedelta(days=400)
"""How long a settled letter is remembered: a year's round, and a month to look back on it."""


def back_up(database: Database, folder: Path) -> Path:
    """Copy the records into `folder` and keep the newest BACKUPS copies there. Returns the new one."""
    made = database.backup(folder)
    for old in sorted(folder.glob("backup-??????-????????"))[:-BACKUPS]:
        old.unlink(missing_ok=True)
    return made


def let_go(database: Database, spool: Spool, now: datetime) -> int:
    """Forget letters settled longer than KEEP ago, with their notices, counts and bytes; how many letters.

    A welcome's notice stays as long as the person does: it is what keeps somebody from being welcomed twice. No
    other kind looks back that far, so nothing becomes due again. What waits or is parked is never forgotten.
    """
    limit = now - KEEP
    letters, notices, weeks = (database.table(name) for name in (records.LETTERS, records.NOTICES, records.WEEKS))
    every = letters.all()
    old = [
        letter
        for letter in every
        if letter["state"] in ("sent", "dropped") and datetime.fromisoformat(letter["claimed_at"]) < limit
    ]
    with database.batch():
        for letter in old:
            letters.drop(str(letter.doc_id))
            for key in letter["notices"]:
                if not key.startswith("welcome/"):
                    notices.drop(key)
        last = str(Week.of(limit.date()))
        for key in weeks.keys():  # noqa: SIM118 - a table
            if key.split("/")[0] < last:
                weeks.drop(key)
    gone = {letter.doc_id for letter in old}
    needed = {letter["spool"][0] for letter in every if letter.doc_id not in gone}
    for segment in spool.segments():
        if segment < last and segment not in needed:
            spool.remove(segment)
    return len(old)
