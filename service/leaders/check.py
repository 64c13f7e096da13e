"""What is allowed in [leaders] but cannot work, or was probably not meant."""

from collections.abc import Iterator
from datetime import date

from culture.leaders.settings import Leaders
from culture.leaders.steps import Steps
from culture.organisation import Organisation
from culture.roles import managers
from culture.vitamin.settings import Vitamin
from culture.world import World
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.check_row import CheckRow
from service.settings.inputs import Inputs
from service.settings.managers import undecided


def _warnings(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    settings = made.of(Leaders)
    if not settings.enabled:
        return
    yield from undecided(made, file, today)
    if made.people and not managers(made, today):
        text = "nobody has the role of a manager, so nobody gets a step. Write manager under a department, or give somebody the role (docs/leaders.md)."
        yield Fault(file, "[leaders]", Sentence(text))
    if settings.pulse and not made.of(Vitamin).enabled:
        text = "the question stands in the letter with the week's prompts, and there is none. Switch [vitamin] on, or this off."
        yield Fault(file, "[leaders] pulse", Sentence(text))


def _notes(inputs: Inputs, world: World) -> Iterator[Fault]:
    """What nobody has answered: it is asked, and never made up."""
    made = world.organisation
    names = [f"{one}" for one in made.policy.open]
    if made.of(Leaders).enabled and names:
        text = (
            "not answered: {names}. Letters to managers say that it is not decided, and that {contact} has been asked."
        )
        fields = {"names": ", ".join(names), "contact": made.contact_name}
        yield Fault(inputs.source.path.name, f"[policy.{made.policy.table(made.language)}]", Sentence(text, fields))


def _counts(made: Organisation) -> Iterator[Sentence]:
    if made.of(Leaders).enabled:
        yield Sentence("{count} steps for managers", {"count": len(made.of(Steps).steps)})


CHECK = CheckRow(warnings=_warnings, notes=_notes, counts=_counts)
