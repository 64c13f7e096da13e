"""What people do about recommendations on their pages. A draft is the corps' together: whoever is in it may change, send
and withdraw one."""

from datetime import datetime

from culture.ambassadors.corps import corps, sponsor
from culture.ambassadors.recommendations import Recommendation, RecommendationRecords
from culture.ambassadors.settings import Ambassadors
from culture.people import Person
from culture.world import World
from service.acts.act_row import ActRow
from service.acts.requests import Act
from service.ambassadors import recommendations
from service.ambassadors.recommendation_forms import DRAFT_FIELDS, REPLY_FIELDS
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.planning.programme import reader_named

NOT_YOURS = Sentence("Recommendations are written by the ambassadors, and you are none now.")
NOT_ASKED = Sentence("That is not for you to answer, or somebody else is asked now.")


def writes(world: World, person: Person) -> bool:
    """Whether drafts are the person's too: an ambassador, or whoever leads the corps."""
    found = corps(world)
    return person.id in found.members or (bool(person.id) and person.id == found.chair)


def otherwise(world: World) -> Person | None:
    """Who is asked where nobody is named: the sponsor, if there is one with an address."""
    return sponsor(world)


def _of_the_corps(engine: Engine, act: Act, now: datetime) -> World:
    """The world, if whoever acts is in the corps. Raises Refused."""
    world = engine.snapshot(now)
    person = world.organisation.people.get(act.person_id)
    if person is None or not writes(world, person):
        raise Refused(NOT_YOURS)
    return world


def _draft(engine: Engine, act: Act, now: datetime) -> None:
    world = _of_the_corps(engine, act, now)
    if act.about:
        known = recommendations.one_of(world, act.about)
        recommendations.change(engine, known, act.values, otherwise(world), now)
    else:
        recommendations.add(engine, act.values, otherwise(world), now)


def _send(engine: Engine, act: Act, now: datetime) -> None:
    _of_the_corps(engine, act, now)
    recommendations.send(engine, act.about, now, act.values.get("to", ""))


def _withdraw(engine: Engine, act: Act, now: datetime) -> None:
    _of_the_corps(engine, act, now)
    recommendations.withdraw(engine, act.about, now)


def _reply(engine: Engine, act: Act, now: datetime) -> None:
    world = engine.snapshot(now)
    one = world.of(RecommendationRecords).recommendations.get(act.about)
    if one is None or not may_answer(world, one, act.person_id):
        raise Refused(NOT_ASKED)
    recommendations.reply(engine, one.id, act.values, reader_named(world, act.person_id).name, now)


def may_answer(world: World, one: Recommendation, person_id: str) -> bool:
    """Whether the question is that person's or outsider's to answer now."""
    enabled = world.organisation.of(Ambassadors).enabled
    return enabled and not one.draft and one.withdrawn_on is None and one.to_id == person_id


RECOMMENDATION_ACTS = (
    ActRow(
        name="recommend",
        carry_out=_draft,
        done=Sentence("The draft is kept."),
        fields=DRAFT_FIELDS,
        many=("evidence",),
    ),
    ActRow(
        name="recommend-send",
        carry_out=_send,
        done=Sentence("It is on its way. The answer comes on this page, and whoever was asked gets one reminder."),
        fields=("to",),
    ),
    ActRow(name="recommend-withdraw", carry_out=_withdraw, done=Sentence("It is withdrawn. Nobody is asked any more.")),
    ActRow(
        name="recommendation-answer",
        carry_out=_reply,
        done=Sentence("Thank you. Your answer is written down, and can be read by everybody here."),
        fields=REPLY_FIELDS,
        outsiders=True,
    ),
)
