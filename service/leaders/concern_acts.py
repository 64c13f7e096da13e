"""What the contact does about concerns on the page."""

from collections.abc import Callable
from datetime import datetime

from culture.leaders.settings import Leaders
from culture.outsiders import contact
from culture.world import World
from service.acts.act_row import ActRow
from service.acts.requests import Act
from service.engine.engine import Engine
from service.leaders import concerns
from service.leaders.concern_forms import ANSWER_FIELDS, RELEASE_FIELDS
from service.messages.faults import Refused
from service.messages.translation import Sentence

NOT_YOURS = Sentence("Concerns are released by {name}, and by nobody else.")


def decides(world: World, person_id: str) -> bool:
    """Whether that person or outsider releases concerns: the contact."""
    return world.organisation.of(Leaders).enabled and contact(world).id == person_id


def _by_the_contact(do: Callable[[Engine, Act, datetime], object]) -> Callable[[Engine, Act, datetime], None]:
    def carry_out(engine: Engine, act: Act, now: datetime) -> None:
        world = engine.snapshot(now)
        if not decides(world, act.person_id):
            raise Refused(Sentence(NOT_YOURS.text, {"name": world.organisation.contact_name}))
        do(engine, act, now)

    return carry_out


CONCERN_ACTS = (
    ActRow(
        name="concern-release",
        carry_out=_by_the_contact(lambda engine, act, now: concerns.release(engine, act.about, act.values, now)),
        done=Sentence("It is released. Everybody can read it with what you wrote."),
        fields=RELEASE_FIELDS,
        outsiders=True,
    ),
    ActRow(
        name="concern-keep",
        carry_out=_by_the_contact(lambda engine, act, now: concerns.keep_back(engine, act.about, now)),
        done=Sentence("It is kept back. Nobody else reads it, and you are not asked again."),
        outsiders=True,
    ),
    ActRow(
        name="concern-answer",
        carry_out=_by_the_contact(lambda engine, act, now: concerns.answer(engine, act.about, act.values, now)),
        done=Sentence("The answer stands on the page, and everybody can read it."),
        fields=ANSWER_FIELDS,
        outsiders=True,
    ),
)
