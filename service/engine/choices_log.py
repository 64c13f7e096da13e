"""The record of what people chose, and when: without it, "I got no letter" has no answer."""

import logging
from datetime import datetime, timedelta

from culture.choice import By, Choice, difference
from culture.keys import ChoiceKey
from culture.people import Preference
from service.engine.state import Stored
from store import records
from store.database import Database
from store.plain import to_plain

log = logging.getLogger("aikultur")

INSTANT = timedelta(microseconds=1)


def choose(stored: Stored, person_id: str, preference: Preference, by: By, now: datetime) -> None:
    """Remember what a person chose, and that they did, in one journal line. Nothing is written where nothing differs.

    The only way to a preference. Raises CannotRead where the one that stands cannot be read.
    """
    found = difference(stored.preference(person_id), preference, by)
    if not found.fields:
        return
    with stored.database.batch():
        stored.prefer(person_id, preference)
        table = stored.database.table(records.CHOICES)
        while table.has(ChoiceKey(now, person_id).to_text()):
            now += INSTANT  # two in one second, by a clock of whole seconds
        table.put(ChoiceKey(now, person_id).to_text(), to_plain(found))


def choices_of(database: Database, person_id: str) -> list[tuple[datetime, Choice]]:
    """What a person chose, oldest first. A walk through the table; what cannot be read is left out, and `store verify`
    names it."""
    found = list[tuple[datetime, Choice]]()
    for text, document in database.storage.documents(records.CHOICES):
        try:
            key, choice = records.to_choice(text, document)
        except (KeyError, TypeError, ValueError, AttributeError):
            log.debug("the choice %s cannot be read", text)
            continue
        found += [(key.at, choice)] if key.person_id == person_id else []
    return sorted(found, key=lambda pair: pair[0])
