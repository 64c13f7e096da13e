"""At which meetings there are turns: from the relay's first day on, and not just after a break. Pure.

A meeting without turns is held all the same; it is somebody else's.
"""

from datetime import date, timedelta

from culture.organisation import Organisation
from culture.relay.days import is_free_after_break
from culture.relay.deeds import Waiting
from culture.relay.settings import Relay
from culture.relay.told import Told
from culture.relay.turns import TurnList
from culture.vitamin.settings import Vitamin

FIRST_WEEKS = timedelta(weeks=4)
"""Nobody presents before the programme is so old: first people learn to walk."""


def first_day(organisation: Organisation, list_: TurnList, told: Told) -> date:
    """The first day that can have a turn: `starts` where it is written, else four weeks after the programme began in the
    department. It began when most of its people had been met, the pill had started, and letters reached mailboxes."""
    relay = organisation.of(Relay)
    if relay.starts:
        return relay.starts
    vitamin = organisation.of(Vitamin)
    pill = vitamin.starts if vitamin.enabled else None
    began = max((day for day in (list_.began, pill, told.since) if day), default=None)
    return min(began, date.max - FIRST_WEEKS) + FIRST_WEEKS if began else date.min


def without_turns(organisation: Organisation, list_: TurnList, told: Told, day: date) -> Waiting | None:
    """Why a meeting on `day` has no turns; None when it has."""
    if day < first_day(organisation, list_, told):
        return Waiting.NOT_BEGUN
    return Waiting.AFTER_BREAK if is_free_after_break(organisation, day) else None
