"""What the vitamin pill counts: how many have chosen the ten minutes. Choices, so of all together and rounded."""

from collections.abc import Callable, Iterator, Mapping

from culture.organisation import Organisation
from culture.people import Person
from culture.quarter import Quarter
from culture.vitamin.settings import Vitamin
from culture.world import World
from service.messages.translation import Sentence
from service.planning.figure_row import Counts, Figure, FigureRow, Proposal, Shown, called

WINDOW = '"08:00-16:00"'
"""All of a working day, for blocks that find their own place in it."""


def _could(organisation: Organisation, person: Person) -> bool:
    """Whether it is the person's choice: they get mail, and the config does not say "none" over their heads."""
    department = organisation.departments.get(person.department)
    usual = (department.channel if department else None) or organisation.defaults.channel
    return bool(person.email) and usual != "none"


HAS: Mapping[str, Callable[[Person], bool]] = {
    "calendar": lambda one: one.channel != "none",
    "letters": lambda one: not one.stopped,
}


def _chosen(world: World, quarter: Quarter) -> Counts | None:
    organisation = world.organisation
    if not organisation.of(Vitamin).enabled:
        return None
    staff = (one for one in organisation.people.values() if one.works_here(world.today))
    could = [one for one in staff if _could(organisation, one)]
    return Counts({row: sum(map(has, could)) for row, has in HAS.items()}, of=len(could))


CHOSEN: Mapping[str, Sentence] = {
    "calendar": Sentence("Have the ten minutes in their calendar"),
    "letters": Sentence("Get the week's prompts by letter"),
}


def _proposals(world: World, quarter: Quarter, shown: Shown) -> Iterator[Proposal]:
    """Only from what is shown: of those who chose otherwise nothing may be told."""
    settings, chosen = world.organisation.of(Vitamin), shown.get("vitamin-chosen", {})
    calendar, letters = chosen.get("calendar"), chosen.get("letters")
    if settings.enabled and calendar and letters and 2 * calendar < letters:
        text = Sentence(
            "Far more people get the prompts by letter than have the ten minutes in their calendar. "
            "Let the block lie where each has room."
        )
        yield Proposal(rank=30, key="vitamin.time", value=WINDOW, text=text)


FIGURES = (
    FigureRow(
        heading=Sentence("The daily ten minutes"),
        figures=(
            Figure(
                id="vitamin-chosen",
                heading=Sentence("What people have chosen"),
                counts=_chosen,
                label=called(CHOSEN),
                of="choices",
                standing=True,
            ),
        ),
        proposals=_proposals,
    ),
)
