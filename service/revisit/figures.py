"""What the revisit list counts in a quarter. All of it public."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from culture.people import Language
from culture.quarter import Quarter
from culture.revisit.rules import RevisitRecords, Verdict
from culture.revisit.settings import MONTHS, RevisitList
from culture.world import World
from mailer.words import opening
from service.messages.translation import Sentence, word
from service.planning.figure_row import Counts, Figure, FigureRow, Proposal, Shown, called

MANY_DUE = 5
"""Items that wait for a judgement, so many that they are asked about too often."""


def _judged(world: World, quarter: Quarter) -> Counts | None:
    """What became of what was judged."""
    if not world.organisation.of(RevisitList).enabled:
        return None
    items = world.of(RevisitRecords).items.values()
    by = Counter(one.verdict for item in items for one in item.judgements if one.day in quarter)
    return Counts({str(verdict): by[verdict] for verdict in Verdict})


def _verdict(world: World, row: str, language: Language) -> str:
    return opening(word("verdict", Verdict(row)).said(language))


def _list(world: World, quarter: Quarter) -> Counts | None:
    """How long the list is."""
    if not world.organisation.of(RevisitList).enabled:
        return None
    items = world.of(RevisitRecords).items.values()
    days = [one.next_on for one in items if one.next_on]
    new = sum(one.rejected_on in quarter for one in items)
    return Counts({"new": new, "waiting": len(days), "due": _due(days, min(world.today, quarter.last))})


def _due(days: list[date], today: date) -> int:
    return sum(day <= today for day in days)


LISTED: Mapping[str, Sentence] = {
    "new": Sentence("Rejected in the quarter"),
    "waiting": Sentence("On the list, to be judged again"),
    "due": Sentence("Of those, due by now"),
}


def _proposals(world: World, quarter: Quarter, shown: Shown) -> Iterator[Proposal]:
    settings = world.organisation.of(RevisitList)
    due, judged = shown.get("revisit-list", {}).get("due") or 0, shown.get("revisit-judged", {})
    if (
        settings.enabled
        and due >= MANY_DUE
        and due > sum(filter(None, judged.values()))
        and settings.months < MONTHS[1]
    ):
        text = Sentence(
            "{count} things on the revisit list wait for a judgement, more than were judged. Ask less often.",
            {"count": due},
        )
        yield Proposal(rank=50, key="revisit.months", value=str(MONTHS[1]), text=text)


FIGURES = (
    FigureRow(
        heading=Sentence("The revisit list"),
        figures=(
            Figure(
                id="revisit-judged",
                heading=Sentence("What was judged again, and what became of it"),
                counts=_judged,
                label=_verdict,
                total=True,
            ),
            Figure(
                id="revisit-list",
                heading=Sentence("What is on the list"),
                counts=_list,
                label=called(LISTED),
                standing=True,
            ),
        ),
        proposals=_proposals,
    ),
)
