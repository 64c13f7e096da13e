"""What the ambassadors count in a quarter: recommendations and their answers, and whom the corps reaches. All public."""

from collections.abc import Iterator, Mapping
from statistics import median_low
from textwrap import shorten

from culture.ambassadors.corps import corps
from culture.ambassadors.recommendations import Answer, counted, told, waiting
from culture.ambassadors.records import AmbassadorRecords
from culture.ambassadors.settings import Ambassadors
from culture.people import Language
from culture.quarter import Quarter
from culture.world import World
from service.messages.translation import Sentence, say
from service.planning.figure_row import Counts, Figure, FigureRow, Proposal, Shown, called

HOURS = "6"
"""Proposed a month: the meeting, what it takes to get ready, and an hour a week for colleagues."""


TEXT_LETTERS = 140
"""Of a recommendation in a table: what it is about, for the rest is on its own page."""


def _there(world: World) -> bool:
    return world.organisation.of(Ambassadors).enabled


def _recommended(world: World, quarter: Quarter) -> Counts | None:
    if not _there(world):
        return None
    found = counted(world, quarter.first, quarter.last)
    answers = {str(one): found.answers[one] for one in Answer}
    return Counts({"sent": found.sent, **answers})


RECOMMENDED: Mapping[str, Sentence] = {
    "sent": Sentence("Sent to management"),
    str(Answer.YES): Sentence("Answered yes"),
    str(Answer.NO): Sentence("Answered no"),
    str(Answer.LATER): Sentence("Answered later"),
}


def _waited(world: World, quarter: Quarter) -> Counts | None:
    """Days; nothing where nobody was asked."""
    if not _there(world):
        return None
    found = counted(world, quarter.first, quarter.last)
    days = {"half": median_low(found.days), "slowest": found.days[-1]} if found.days else {}
    return Counts({**days, **({"longest": found.longest} if found.waiting else {})})


WAITED: Mapping[str, Sentence] = {
    "half": Sentence("Half were answered within"),
    "slowest": Sentence("The slowest answer took"),
    "longest": Sentence("The longest that still waits"),
}


def _unanswered(world: World, quarter: Quarter) -> Counts | None:
    """The days of each that waits for so long that it stands on every agenda too, the oldest first."""
    return Counts({one.recommendation.id: one.days for one in waiting(world)}) if _there(world) else None


def _text(world: World, row: str, language: Language) -> str:
    """How the recommendation begins; of one that is told to nobody any more, that there was one."""
    found = next((one.text for one in told(world) if one.id == row), "")
    short = shorten(found, TEXT_LETTERS, placeholder=" …")
    return short or say(language, "A recommendation that was withdrawn since")


def _reach(world: World, quarter: Quarter) -> Counts | None:
    """How far the corps reaches, in departments; who is in it all can see."""
    if not _there(world):
        return None
    found, departments = corps(world), world.organisation.departments
    meetings = world.of(AmbassadorRecords).meetings.values()
    held = sum(one.day in quarter and not one.off and one.starts < world.now for one in meetings)
    served = sum(bool(found.of_department(key)) for key in departments)
    return Counts({"departments": len(departments), "served": served, "members": len(found.members), "held": held})


REACH: Mapping[str, Sentence] = {
    "departments": Sentence("Departments here"),
    "served": Sentence("Departments with an ambassador"),
    "members": Sentence("Ambassadors"),
    "held": Sentence("Meetings of the corps in the quarter"),
}


def _proposals(world: World, quarter: Quarter, shown: Shown) -> Iterator[Proposal]:
    if not _there(world):
        return
    settings, found, departments = world.organisation.of(Ambassadors), corps(world), world.organisation.departments
    if not found.sponsor:
        text = Sentence("The ambassadors have nobody in management behind them. Name a sponsor.")
        yield Proposal(rank=10, key="ambassadors.sponsor_email", text=text)
    if settings.meeting is None:
        text = Sentence("The ambassadors have no meeting. Write when they meet.")
        yield Proposal(rank=12, key="ambassadors.meeting", text=text)
    if settings.hours is None:
        text = Sentence("The ambassadors have no hours for it. Unpaid extra work does not last.")
        yield Proposal(rank=15, key="ambassadors.hours", value=HOURS, text=text)
    without = [key for key in departments if not found.of_department(key)]
    if without:
        text = Sentence(
            "{missing} of {total} departments have no ambassador. Name one, or let one cover several.",
            {"missing": len(without), "total": len(departments)},
        )
        yield Proposal(rank=35, key="ambassadors.people", text=text)


def _readers(world: World) -> Iterator[str]:
    if _there(world) and (sponsor := corps(world).sponsor):
        yield sponsor


FIGURES = (
    FigureRow(
        heading=Sentence("The ambassadors"),
        figures=(
            Figure(
                id="ambassadors-recommended",
                heading=Sentence("Recommendations to management"),
                counts=_recommended,
                label=called(RECOMMENDED),
            ),
            Figure(
                id="ambassadors-waited",
                heading=Sentence("How long recommendations waited"),
                counts=_waited,
                label=called(WAITED),
                column=Sentence("Days"),
                standing=True,
            ),
            Figure(
                id="ambassadors-unanswered",
                heading=Sentence("Without an answer for 30 days or more"),
                counts=_unanswered,
                label=_text,
                column=Sentence("Days"),
                standing=True,
            ),
            Figure(
                id="ambassadors-reach",
                heading=Sentence("How far the corps reaches"),
                counts=_reach,
                label=called(REACH),
                standing=True,
            ),
        ),
        proposals=_proposals,
        readers=_readers,
    ),
)
