"""Which challenge a turn is given, and which turn takes up again what did not work yet. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from culture.organisation import Organisation
from culture.relay.challenges import next_challenge, to_give
from culture.relay.learning import Learning, Outcome
from culture.relay.settings import Relay
from culture.relay.turns import Turn, TurnList


def still_asked_for(turn: Turn, learnings: Mapping[str, Learning]) -> bool:
    """Whether the learning that a retry goes back to still says "not yet": it may have been mended since."""
    learning = learnings.get(turn.earlier)
    return learning is not None and learning.outcome is Outcome.NOT_YET


def to_retry(turn: Turn, turns: Mapping[str, Turn], learnings: Mapping[str, Learning]) -> Learning | None:
    """The learning that asks for a retry: "not yet", of a challenge of the catalogue, and not taken up again."""
    learning = learnings.get(turn.id)
    if learning is None or learning.outcome is not Outcome.NOT_YET or turn.earlier or not turn.challenge:
        return None
    taken_up = any(other.earlier == turn.id and other.state != "withdrawn" for other in turns.values())
    return None if taken_up else learning


def with_challenge(
    organisation: Organisation,
    standings: TurnList,
    turns: Mapping[str, Turn],
    turn: Turn,
    again: Turn | None,
    today: date,
) -> tuple[Turn, TurnList]:
    """The turn with its challenge, the one of `again` if that is to be tried again, and the list afterwards. Without
    one where none fits. `today` it is given: what would have to be waited for longer than until the meeting comes to
    somebody else, and what is written for several to where there are as many besides."""
    if again:
        return replace(turn, challenge=again.challenge, earlier=again.id), standings
    person = organisation.people[turn.presenter]
    day = turn.starts.date() if turn.starts else None
    there = _how_many(organisation, turn.department, today)
    days = (day - today).days if day else None
    found = next_challenge(
        [
            one
            for one in to_give(organisation, person.track, day)
            if (days is None or one.days <= days) and one.people <= there
        ],
        standings.given,
        turn.department,
        first_turn=not any(t.presenter == person.id and t.state == "held" for t in turns.values()),
    )
    if found is None:
        return turn, standings
    given = {**standings.given, found.id: standings.given.get(found.id, 0) + 1}
    return replace(turn, challenge=found.id), replace(standings, given=given)


def _how_many(organisation: Organisation, department: str, today: date) -> int:
    """How many work in a department, under whatever key it is called today."""
    table = organisation.called.table
    return sum(table(one.department) == department and one.works_here(today) for one in organisation.people.values())


def returning(
    organisation: Organisation,
    turns: Mapping[str, Turn],
    learnings: Mapping[str, Learning],
    today: date,
    stays: Callable[[str], bool],
) -> Turn | None:
    """A turn whose "not yet" is to be tried again, by whoever is next, or because its own person has left."""
    relay = organisation.of(Relay)
    for old in turns.values():
        learning = to_retry(old, turns, learnings)
        if learning and (relay.retry_by == "other" or not stays(old.presenter)):
            ready = learning.at.astimezone(organisation.tz).date() + timedelta(days=relay.retry_days)
            if ready <= today:
                return old
    return None
