"""What is done once a day for the store: a new generation. What is let go of: `service/engine/retention.py`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store.database import Database

BACKUPS = timedelta(days=7)
"""How far back the records can be put: any moment of a week."""


def due(kept_up: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the last upkeep was on another day of the organisation's: on a later one while the clock was wrong.

    When the generation began says nothing of it: an erasure, a refusal of the disk or an upgrade begins one too.
    """
    return kept_up.astimezone(zone).date() != now.astimezone(zone).date()


def back_up(database: Database, now: datetime) -> bool:
    """Finish the generation, which is then a backup, and remove those that ended more than BACKUPS ago.

    Whether one was finished: not when nothing was written in it. Raises what `Database.compact` raises.
    """
    finished = database.compact()
    database.forget(now - BACKUPS)
    return finished
