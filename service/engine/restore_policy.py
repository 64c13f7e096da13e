"""What a restore must not turn back. Pure.

Records of the organisation are put back; what went out into the world stays known, for nobody can take it back out of
calendars and inboxes. Which it is stands in the row of each table. And the fuse holds the first letters of each kind
until somebody has looked at the plan.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from calendars.difference import park
from calendars.record import from_publication, to_publication
from mailer.outbox import Outcome, settled
from service.engine.tables import ROWS
from store import records
from store.state import Tables

SAID = (
    "It was being sent when the records stood as they were put back, and nobody can know whether it was accepted. "
    "`aikultur outbox retry` sends it, `aikultur outbox drop` gives it up."
)


def held(tables: Tables, current: Tables, now: datetime) -> Tables:
    """The records to go on with after a restore at `now` (aware).

    `current` is what stood there before, empty when it could not be read. Letters that were on the wire in `tables` and
    of which `current` knows nothing are parked; those that never were are sent, as after a power loss. No approval is
    left, and the fuse has forgotten every transport.
    """
    after = _by_row(tables, current)
    for key, letter in tables.get(records.LETTERS, {}).items():
        known = key in current.get(records.LETTERS, {})
        if letter["state"] == "claimed" and letter["wire"] > letter["settled_wire"] and not known:
            _park(after, key, letter, now)
    after[records.FUSE] = {kind: {**memory, "transports": []} for kind, memory in after[records.FUSE].items()}
    return {name: table for name, table in after.items() if table}


def _by_row(tables: Tables, current: Tables) -> Tables:
    """The tables after a restore, by what the row of each says of it."""
    after = {name: dict(table) for name, table in tables.items()}
    for row in ROWS:
        if row.at_restore == "kept":
            after[row.name] = {**tables.get(row.name, {}), **current.get(row.name, {})}
        if row.at_restore == "dropped":
            after.pop(row.name, None)
    return after


def _park(after: Tables, key: str, letter: Mapping[str, Any], now: datetime) -> None:
    """Park the letter, and the calendar change in it."""
    outcome = Outcome(letter=key, result="parked", said=SAID)
    after[records.LETTERS][key] = {**letter, **settled(letter, outcome, now)}
    uid = letter.get("publication")  # left out where there is none
    document = after[records.PUBLICATIONS].get(uid) if uid else None
    if uid and document:
        publication = to_publication(document)
        if publication.intended and publication.intended.letter == key:
            after[records.PUBLICATIONS][uid] = from_publication(park(publication))
