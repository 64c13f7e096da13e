"""The letters and calls of the relay.

Of slots and meetings only those that announce a turn are letters of one's own turn, of which there is one a day. The
others put right what was said: nobody is to hold a letter for a day that is no longer true.
"""

from datetime import datetime

from culture.keys import MeetingPeriod, TurnPeriod
from culture.relay.schedule import RelayRecords
from culture.world import World
from service.messages.translation import Sentence
from service.planning.kind import Kind
from service.relay import letters


def _turn(period: str) -> str:
    return TurnPeriod.from_text(period).turn_id


def _day(period: str) -> str:
    return str(MeetingPeriod.from_text(period).day)


def _starts(world: World, period: str) -> datetime | None:
    turn = world.of(RelayRecords).turns.get(_turn(period))
    return turn.starts if turn else None


KINDS = (
    Kind(
        id="assignment",
        facts=letters.assignment_facts,
        gone_by=True,
        name=Sentence("challenges for a turn"),
        one=Sentence("challenge for a turn"),
        rank=40,
        counts="own-turn",
        news=_starts,
        previews=("assignment", "retry"),
        about=_turn,
    ),
    Kind(
        id="slot",
        facts=letters.slot_facts,
        name=Sentence("turns that come, move or go"),
        one=Sentence("a turn in the calendar: new, moved or called off"),
        rank=50,
        counts="own-turn",
    ),
    Kind(
        id="swap",
        facts=letters.swap_facts,
        name=Sentence("questions about a swap"),
        one=Sentence("question about a swap"),
        rank=60,
        news=_starts,
        about=_turn,
        counts="time",
    ),
    Kind(
        id="eve",
        facts=letters.eve_facts,
        name=Sentence("reminders of the day before"),
        one=Sentence("reminder of the day before"),
        rank=70,
        about=_turn,
        counts="own-turn",
    ),
    Kind(
        id="halfway",
        facts=letters.halfway_facts,
        name=Sentence("reminders half-way"),
        one=Sentence("reminder half-way"),
        rank=80,
        counts="own-turn",
        about=_turn,
    ),
    Kind(
        id="learning",
        facts=letters.learning_facts,
        name=Sentence("requests for a learning"),
        one=Sentence("request for a learning"),
        rank=90,
        counts="own-turn",
        about=_turn,
    ),
    Kind(
        id="swap-declined",
        facts=letters.swap_declined_facts,
        name=Sentence("answers to a swap"),
        one=Sentence("answer to a swap"),
        rank=100,
        news=_starts,
        about=_turn,
        counts="receipt",
    ),
    Kind(
        id="overview",
        facts=letters.overview_facts,
        name=Sentence("overviews for facilitators"),
        one=Sentence("overview for facilitators"),
        about=_day,
        of_department=True,
        rank=120,
        yields_in=50,
    ),
    # That somebody does not get their letters is told at once.
    Kind(
        id="unreached",
        facts=letters.unreached_facts,
        name=Sentence("news of somebody who cannot be reached"),
        one=Sentence("news of somebody who cannot be reached"),
        rank=130,
        fused=False,
        counts="time",
    ),
    Kind(
        id="meeting",
        facts=letters.slot_facts,
        name=Sentence("meetings about turns that come or move"),
        way="call",
        counts="own-turn",
    ),
    Kind(
        id="unmeeting",
        facts=letters.slot_facts,
        name=Sentence("meetings about turns that are called off"),
        way="call",
        cancels=True,
    ),
)
