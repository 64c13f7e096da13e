"""What leaders are told of a quarter: the pulse, what they have decided, and what became of concerns that all can read.
Only the pulse is of people's answers."""

from collections import Counter
from collections.abc import Iterator, Mapping

from culture.leaders import pulse
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.people import Language
from culture.policy import QUESTIONS
from culture.quarter import Quarter
from culture.released import Released
from culture.vitamin.settings import Vitamin
from culture.world import World
from service.leaders.pulse_words import ANSWERS
from service.messages.translation import Sentence
from service.planning.figure_row import Counts, Figure, FigureRow, Proposal, Shown, called

LITTLE, MUCH = ("1", "2"), ("3", "4")
"""Answers of the pulse, of `culture.leaders.pulse.ANSWERS`."""


def _there(world: World) -> bool:
    return world.organisation.of(Leaders).enabled


def _pulse(world: World, quarter: Quarter) -> Counts | None:
    """How many gave each answer; nothing where nobody is asked. A week belongs where its Thursday is, but the question
    comes in the middle of a month."""
    settings, tallies = world.organisation.of(Leaders), world.of(LeaderRecords).tallies
    if not (settings.enabled and settings.pulse):
        return None
    weeks = pulse.answers(tallies, quarter.first, quarter.last).values()
    parts = tuple({str(answer): week.get(answer, 0) for answer in pulse.ANSWERS} for week in weeks)
    every = sum((Counter(part) for part in parts), Counter[str]())
    return Counts({str(answer): every[str(answer)] for answer in pulse.ANSWERS}, parts=parts)


def _answer(world: World, row: str, language: Language) -> str:
    return ANSWERS[int(row)].said(language)


def _frame(world: World, quarter: Quarter) -> Counts | None:
    if not _there(world):
        return None
    open_ = len(world.organisation.policy.open)
    return Counts({"decided": len(QUESTIONS) - open_, "open": open_})


def _concerns(world: World, quarter: Quarter) -> Counts | None:
    """Of those that all can read: how many were written is known to nobody who might show it."""
    if not _there(world):
        return None
    every = [one for one in world.of(Released).concerns if one.released_on <= quarter.last]
    answered = [one.answered_on for one in every if one.answered_on]
    return Counts(
        {
            "released": sum(one.released_on in quarter for one in every),
            "answered": sum(day in quarter for day in answered),
            "waiting": len(every) - sum(day <= quarter.last for day in answered),
        }
    )


CALLED: Mapping[str, Sentence] = {
    "decided": Sentence("Questions that are decided"),
    "open": Sentence("Questions that are open"),
    "released": Sentence("Concerns that all can read, new in the quarter"),
    "answered": Sentence("Got an answer in the quarter"),
    "waiting": Sentence("Without an answer yet"),
}


def _proposals(world: World, quarter: Quarter, shown: Shown) -> Iterator[Proposal]:
    """Of the pulse only by what is shown."""
    if not _there(world):
        return
    organisation = world.organisation
    if organisation.policy.open:
        text = Sentence(
            "{open} of {total} questions that people ask about AI here are not decided. Begin with this one.",
            {"open": len(organisation.policy.open), "total": len(QUESTIONS)},
        )
        table = organisation.policy.table(organisation.language)
        yield Proposal(rank=5, key=f"policy.{table}.{organisation.policy.open[0]}", text=text)
    said = shown.get("leaders-pulse", {})
    little, much = (sum(said.get(answer) or 0 for answer in answers) for answers in (LITTLE, MUCH))
    if little > much and organisation.of(Vitamin).enabled:
        text = Sentence("More people say that the ten minutes gave them little than much. Try another time of the day.")
        yield Proposal(rank=25, key="vitamin.time", text=text)
    if not organisation.of(Leaders).pulse and organisation.of(Vitamin).enabled:
        text = Sentence("Nobody is asked whether the ten minutes give them something. One question a month tells.")
        yield Proposal(rank=60, key="leaders.pulse", value="true", text=text)


FIGURES = (
    FigureRow(
        heading=Sentence("The leaders"),
        figures=(
            Figure(
                id="leaders-pulse",
                heading=Sentence("Did the ten minutes give you something?"),
                counts=_pulse,
                label=_answer,
                of="answers",
                note=Sentence("Answers to the questions of the quarter, given without a name."),
            ),
            Figure(
                id="leaders-frame",
                heading=Sentence("What people ask, and whether it is decided"),
                counts=_frame,
                label=called(CALLED),
                standing=True,
            ),
            Figure(
                id="leaders-concerns",
                heading=Sentence("Concerns and their answers"),
                counts=_concerns,
                label=called(CALLED),
            ),
        ),
        proposals=_proposals,
    ),
)
