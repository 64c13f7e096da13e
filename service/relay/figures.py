"""What the relay counts in a quarter: turns, learnings, discoveries. All of them public."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from culture.people import Language
from culture.quarter import Quarter
from culture.relay import schedule
from culture.relay.challenges import Challenges
from culture.relay.learning import Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.vitamin.catalogue import GENERAL
from culture.vitamin.settings import Vitamin
from culture.world import World
from mailer.words import opening, tongue
from service.messages.translation import Sentence, say, word
from service.pages.html_pages import TRACKS
from service.planning.figure_row import Counts, Figure, FigureRow, Proposal, Shown, by_month, called

OWN = "own"
"""The theme of a challenge that is no longer, or never was, in a catalogue."""

MANY = 4
"""Learnings of which half say something of how challenges are given; of fewer, chance would decide."""

MORE_DAYS, MOST_DAYS = 5, 20
"""A week more for a challenge, and the most there is (culture/relay/settings.py)."""


def _runs(world: World) -> bool:
    return world.organisation.of(Relay).enabled


def _held(world: World, quarter: Quarter) -> Iterator[Turn]:
    for turn in world.of(RelayRecords).turns.values():
        if turn.state == "held" and turn.starts and turn.starts.date() in quarter:
            yield turn


def _turns(world: World, quarter: Quarter) -> Counts | None:
    """Turns held, by month."""
    if not _runs(world):
        return None
    return by_month(world, quarter, (turn.starts.date() for turn in _held(world, quarter) if turn.starts))


def _month(world: World, row: str, language: Language) -> str:
    first = date.fromisoformat(f"{row}-01")
    return opening(f"{tongue(language).months[first.month - 1]} {first.year}")


def _learnings(world: World, quarter: Quarter) -> Iterator[Learning]:
    tz = world.organisation.tz
    for one in world.of(RelayRecords).learnings.values():
        if one.at.astimezone(tz).date() in quarter:
            yield one


def _outcomes(world: World, quarter: Quarter) -> Counts | None:
    if not _runs(world):
        return None
    by = Counter(one.outcome for one in _learnings(world, quarter))
    return Counts({str(outcome): by[outcome] for outcome in Outcome})


def _outcome(world: World, row: str, language: Language) -> str:
    return opening(word("outcome", Outcome(row)).said(language))


def _themes(world: World, quarter: Quarter) -> Counts | None:
    """Learnings by what their challenge is about: nothing of who wrote them, for all can read the challenge."""
    if not _runs(world):
        return None
    found = Counter(theme for one in _learnings(world, quarter) for theme in _of_challenge(world, one.challenge))
    return Counts(dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))))


def _of_challenge(world: World, challenge_id: str) -> Iterable[str]:
    challenge = world.organisation.of(Challenges).challenges.get(challenge_id)
    return (challenge.tracks or (GENERAL,)) if challenge else (OWN,)


def _theme(world: World, row: str, language: Language) -> str:
    if row == OWN:
        return say(language, "A challenge of their own")
    return TRACKS[row].said(language) if row in TRACKS else opening(row)


def _coverage(world: World, quarter: Quarter) -> Counts | None:
    """How far the relay reaches, in departments and not in people."""
    if not _runs(world):
        return None
    running = schedule.with_relay(world.organisation)
    held = {one for turn in _held(world, quarter) for one in world.organisation.called.at_table(turn.department)}
    return Counts({"departments": len(world.organisation.departments), "relay": len(running), "held": len(held)})


COVERED: Mapping[str, Sentence] = {
    "departments": Sentence("Departments here"),
    "relay": Sentence("Departments with a relay"),
    "held": Sentence("Departments in which a turn was held"),
}


def _discoveries(world: World, quarter: Quarter) -> Counts | None:
    if not (_runs(world) or world.organisation.of(Vitamin).enabled):
        return None
    tz = world.organisation.tz
    discoveries = world.of(RelayRecords).discoveries.values()
    return by_month(world, quarter, (one.at.astimezone(tz).date() for one in discoveries))


def _proposals(world: World, quarter: Quarter, shown: Shown) -> Iterator[Proposal]:
    if not _runs(world):
        return
    outcomes = {row: count or 0 for row, count in shown.get("relay-outcomes", {}).items()}
    total, not_yet = sum(outcomes.values()), outcomes.get(str(Outcome.NOT_YET), 0)
    days = world.organisation.of(Relay).lead_days
    if total >= MANY and 2 * not_yet >= total and days < MOST_DAYS:
        text = Sentence(
            "{some} of {total} challenges did not work yet. Give people a week more to try.",
            {"some": not_yet, "total": total},
        )
        yield Proposal(rank=20, key="relay.lead_days", value=str(min(days + MORE_DAYS, MOST_DAYS)), text=text)
    running = schedule.with_relay(world.organisation)
    without = [key for key in world.organisation.departments if key not in running]
    if without:
        text = Sentence(
            "{missing} of {total} departments have no relay, for nobody has written when they meet.",
            {"missing": len(without), "total": len(world.organisation.departments)},
        )
        yield Proposal(rank=40, key=f"departments.{without[0]}.meeting", text=text)


FIGURES = (
    FigureRow(
        heading=Sentence("The AI relay"),
        figures=(
            Figure(id="relay-turns", heading=Sentence("Turns held"), counts=_turns, label=_month, total=True),
            Figure(
                id="relay-outcomes",
                heading=Sentence("Learnings, by how it went"),
                counts=_outcomes,
                label=_outcome,
                total=True,
                note=Sentence("What did not work yet comes back: it is a learning, and no failure."),
            ),
            Figure(
                id="relay-themes",
                heading=Sentence("Learnings, by theme"),
                counts=_themes,
                label=_theme,
                note=Sentence("A challenge with several themes counts for each of them."),
            ),
            Figure(
                id="relay-coverage",
                heading=Sentence("How far the relay reaches"),
                counts=_coverage,
                label=called(COVERED),
                standing=True,
            ),
        ),
        proposals=_proposals,
    ),
    FigureRow(
        heading=Sentence("Discoveries"),
        figures=(
            Figure(
                id="discoveries",
                heading=Sentence("Discoveries that were written down"),
                counts=_discoveries,
                label=_month,
                total=True,
            ),
        ),
    ),
)
