"""What the log is told of a plan: a fault once while it lasts, what is held once a day, and whether anybody knows of it."""

import logging
from datetime import date, datetime, timedelta
from typing import Literal

from culture.keys import NoticeKey
from culture.outsiders import contact
from culture.people import Language
from mailer.drain import trouble
from service.engine.engine import Engine
from service.messages.faults import Fault
from service.messages.relayed import Relayed
from service.messages.translation import Sentence, word
from service.planning.plan import Plan
from store import records
from store.letters import LetterRecord, letters_in

log = logging.getLogger("aikultur")

LOOKED_BACK = 14
"""Days: over a long holiday no letter about what is held is sent, and the last one still counts."""


UNTOLD = "Nobody has been told by letter of what is held: {why}."


Why = Literal["started", "edited", "told", "moved-on", "again", "due", "pages"]
"""Why the service looks what is to be done: it began, a file or another process changed something, a calendar has moved on,
the last look failed, a moment has come, somebody chose something on a page."""


class Reports:
    """What was logged already."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._faults: tuple[Fault, ...] = ()
        self._held: dict[tuple[str, str], date] = {}  # by kind and digest: the day it was logged

    def tell(self, engine: Engine, found: Plan, now: datetime) -> None:
        """Log what is new of the plan `found`."""
        self._tell_faults(found.faults)
        today, before = now.astimezone(engine.zone).date(), self._held
        self._held = {(held.kind, held.digest): today for held in found.held}
        new = [held for held in found.held if before.get((held.kind, held.digest)) != today]
        for held in new:
            log.warning("held: %s: %s; aikultur apply %s", held.kind, held.reason.said(self.language), held.digest)
        # The letter of a new hold is still to be written: whether it went is known the next day.
        older = any(day < today for day in before.values())
        if new and older and (why := why_untold(engine, found, now)):
            log.error("nobody knows of what is held: %s", why.said(self.language))

    def ticked(self, why: Why, found: Plan, following: datetime) -> None:
        """Log what a tick found, in one line."""
        text = "tick: %s; %d letters to write, %d kinds held, next %s"
        log.info(text, word("tick", why), len(found.letters), len(found.held), following.isoformat())

    def _tell_faults(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            if fault not in self._faults:
                log.warning("%s", fault.said(self.language))
        self._faults = faults


def why_untold(engine: Engine, found: Plan, now: datetime) -> Sentence | None:
    """Why nobody has been told by letter of what the fuse holds; None when somebody has, or nothing is held."""
    if not found.held:
        return None
    if any(held.kind == "clock" for held in found.held):
        return Sentence("the clock is not believed, and so no letter goes")
    if engine.way == "file":
        return Sentence("letters become files, and a file is in nobody's inbox")
    letters = _letters(engine, found, now)
    if any(letter.state == "sent" for letter in letters):
        return None
    return _not_sent(engine, letters[0]) if letters else Sentence("no letter about it is written yet")


def _not_sent(engine: Engine, letter: LetterRecord) -> Sentence:
    down = trouble(engine.database)
    if said := letter.said or (down.said if down else ""):
        return Sentence(
            "the letter to {address} has not arrived: {said}", {"address": letter.to, "said": Relayed(said)}
        )
    return Sentence("the letter to {address} is on its way", {"address": letter.to})


def _letters(engine: Engine, found: Plan, now: datetime) -> list[LetterRecord]:
    """The letters to the contact about what is held since it is, the newest first."""
    person = contact(found.world)
    since = min((held.since or now for held in found.held), default=now).astimezone(person.tz).date()
    today = now.astimezone(person.tz).date()
    letters: list[LetterRecord] = []
    for back in range(LOOKED_BACK):
        day = today - timedelta(days=back)
        notice = engine.database.table(records.NOTICES).find(NoticeKey("held", str(day), person.id).to_text())
        key = str(notice["letter"]) if notice and day >= since else ""
        document = engine.database.table(records.LETTERS).find(key) if key else None
        letters += letters_in([(key, document)]) if document else []
    return letters
