"""What is done once a day for the store: a new generation. What is let go of: `service/engine/retention.py`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.database import Database

BACKUPS = timedelta(days=7)
"""How far back the records can be put: any moment of a week."""


def due(database: Database, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the generation began on an earlier day of the organisation's."""
    return database.began.astimezone(zone).date() < now.astimezone(zone).date()


def back_up(database: Database, now: datetime) -> bool:
    """Finish the generation, which is then a backup, and remove those that ended more than BACKUPS ago.

    Whether one was finished: not when nothing was written in it. Raises what `Database.compact` raises.
    """
    finished = database.compact()
    database.forget(now - BACKUPS)
    return finished
