"""Questions to swap: who is asked, whom the question reaches, and when silence is a no. Pure.

Whether a colleague is there on the day is theirs to know, and a break is nobody's business. So anybody of the department
can be asked. Whoever is away is not written to, and their silence is like that of all who do not answer.
"""

from datetime import date, datetime, timedelta

from culture.organisation import Organisation
from culture.people import Person
from culture.relay.deeds import Did
from culture.relay.hindered import away
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.working_days import next_working_day

ANSWERED_WITHIN = timedelta(days=7)
"""How long a question is open: the asker has to get on. Then it is a no, said at the letters' hour of a working day."""


def question(turn: Turn) -> int | None:
    """The place in the turn's deeds of the question that is put; None: nobody is asked."""
    places = (n for n, deed in enumerate(turn.deeds) if deed.what is Did.SWAP_ASKED and deed.about == turn.offered)
    return max(places, default=None) if turn.open and turn.offered else None


def lapses(organisation: Organisation, turn: Turn) -> datetime | None:
    """When the question that is put lapses; None when none is."""
    number = question(turn)
    if number is None:
        return None
    last = turn.deeds[number].at.astimezone(organisation.tz).date() + ANSWERED_WITHIN
    day = next_working_day(organisation, last - timedelta(days=1)) or last
    return datetime.combine(day, organisation.of(Relay).letter_at, organisation.tz)


def asked(organisation: Organisation, turn: Turn, now: datetime) -> str:
    """Who has been asked to swap and may still answer; empty: nobody."""
    end = lapses(organisation, turn)
    return turn.offered if end and now < end else ""


def reaches(organisation: Organisation, turn: Turn, person: Person, now: datetime) -> bool:
    """Whether the question is written to somebody: they are there today, and could be at the meeting."""
    if not person.in_relay:
        return False
    today = now.astimezone(organisation.tz).date()
    return turn.starts is None or not (
        gone(organisation, person, today) or away(organisation, person, turn.starts.date())
    )


def gone(organisation: Organisation, person: Person, day: date) -> bool:
    """Whether somebody has a break, an absence or no row any more on `day`. A free weekday is neither."""
    paused = person.pause_until is not None and day < person.pause_until
    return paused or person.id in organisation.missing or organisation.absent(person, day)
