"""What colleagues wrote, as letters speak of it. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from culture.organisation import Organisation
from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.choosing import to_retry
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.shared import Shared
from culture.world import World
from mailer.words import tongue
from service.messages.plain_text import beginning
from service.relay.learnings import QUESTIONS, department_name

LONG_AGO = timedelta(days=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWords:
    """Something a colleague wrote as letters speak of it.

    `title` is the challenge's, empty for a discovery. `text`: the line, or the beginning of what was learned. `name` and
    `department` are empty where they are not told. `day` of a learning is the meeting's, None where the month is all
    that is told. `long_ago`: a month alone would be taken for the last of its name. `again_in`: it did not
    work, and is tried again after so many days; 0: it is not.
    """

    title: str
    text: str
    outcome: Outcome | None
    name: str
    department: str
    month: date
    day: date | None
    long_ago: bool = False
    again_in: int = 0


def words_of(world: World, one: Shared, language: Language) -> SharedWords:
    """The same in that language, as far as it is ours to say."""
    organisation = world.organisation
    return SharedWords(
        title="" if isinstance(one.of, Discovery) else title_of(organisation, one.of, language),
        text=beginning(one.of.text if isinstance(one.of, Discovery) else _gist(one.of)),
        outcome=None if isinstance(one.of, Discovery) else one.of.outcome,
        name=one.name,
        department=department_name(organisation, one.department),
        month=one.day,
        day=one.day if one.dated else None,
        long_ago=world.today - one.day > LONG_AGO,
        again_in=again_in(organisation, world.of(RelayRecords), one.of) if isinstance(one.of, Learning) else 0,
    )


def at_table(organisation: Organisation, key: str, language: Language) -> str:
    """Who meets where that department does, by name; empty for one that is no longer in the config: its key is nothing to
    show to anybody."""
    there = organisation.departments
    return tongue(language).listed([there[one].name for one in organisation.called.at_table(key) if one in there])


def title_of(organisation: Organisation, learning: Learning, language: Language) -> str:
    """What its challenge is called in that language; what it was called then where it is in no catalogue any more."""
    challenge = organisation.of(Challenges).challenges.get(learning.challenge)
    return challenge.text(language).title if challenge else learning.title


def again_in(organisation: Organisation, records: RelayRecords, learning: Learning) -> int:
    """After how many days it is tried again; 0 for what worked, and for what is not taken up or has been already."""
    turn = records.turns.get(learning.id)
    comes = turn and to_retry(turn, records.turns, records.learnings)
    return organisation.of(Relay).retry_days if comes else 0


def _gist(learning: Learning) -> str:
    """The first thing that was answered; of what did not work, what did not."""
    names = (*QUESTIONS[1:], QUESTIONS[0]) if learning.outcome is Outcome.NOT_YET else QUESTIONS
    return next((getattr(learning, name) for name in names if getattr(learning, name)), "")
