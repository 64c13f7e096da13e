"""What people do about their place in the corps: the same for pages, command line and a rehearsal.

Of a page each can do what is theirs, and what was done already is done. By the command line (`Act.by`) an administrator
does it for them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from culture.ambassadors import corps as rules
from culture.ambassadors.corps import NO_PLACE
from culture.ambassadors.records import AmbassadorRecords, Place
from culture.ambassadors.settings import Ambassadors
from culture.people import Person
from culture.world import World
from service.acts.act_row import ActRow
from service.acts.requests import Act
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence
from service.planning.programme import differing
from store import records

Rule = Callable[[World, Person, Place, Act], Place]
"""The place of a person after an act about it. Raises Refused."""

NO_CORPS = Sentence("There is no corps of ambassadors here.")


def _ask(world: World, person: Person, place: Place, act: Act) -> Place:
    if rules.serves(world.organisation, person, place, world.today):
        raise Refused(Sentence("You are an ambassador already."))
    return rules.asking(place, world.now)


def _undo(world: World, person: Person, place: Place, act: Act) -> Place:
    return rules.taken_back(place)


def _yes(world: World, person: Person, place: Place, act: Act) -> Place:
    _may_answer(world, person, act)
    if rules.serves(world.organisation, person, place, world.today):
        return place
    if not act.by and place.asked_at is None:
        raise Refused(Sentence("{name} no longer waits for an answer.", {"name": person.name}))
    return rules.confirmed(place, "" if act.by else act.person_id, world.today)


def _no(world: World, person: Person, place: Place, act: Act) -> Place:
    _may_answer(world, person, act)
    if place.asked_at is None:
        if place.declined_on:
            return place
        raise Refused(Sentence("{name} no longer waits for an answer.", {"name": person.name}))
    return rules.declined(place, world.today)


def _may_answer(world: World, person: Person, act: Act) -> None:
    if act.by or act.person_id in rules.may_answer(world, person):
        return
    if rules.answers(world, person).id != act.person_id:
        raise Refused(Sentence("That is not for you to answer, or somebody else does it now."))


def _leave(world: World, person: Person, place: Place, act: Act) -> Place:
    if rules.serves(world.organisation, person, place, world.today):
        return rules.stepped_down(place, world.today)
    if act.by:
        raise Refused(Sentence("{name} is no ambassador.", {"name": person.name}))
    return place


def _carry_out(rule: Rule, *, about: bool = False) -> Callable[[Engine, Act, datetime], None]:
    """The act by which a person's place becomes another: of whom it is `about`, or of whoever does it."""

    def carry_out(engine: Engine, act: Act, now: datetime) -> None:
        with engine.act(now) as acting:
            world = acting.world
            person = world.organisation.people.get(act.about if about else act.person_id)
            if not world.organisation.of(Ambassadors).enabled:
                raise Refused(NO_CORPS)
            if person is None:
                raise Refused(Sentence("That is nobody here."))
            before = world.of(AmbassadorRecords)
            known = before.places.get(person.id, NO_PLACE)
            place = rule(world, person, known, act)
            if place == known:
                return  # it was done already
            places = {**before.places, person.id: place}
            after = world.having(replace(before, places=places))
            places |= rules.advance(after)
            for key, changed in differing(before.places, places).items():
                engine.stored.put(records.CORPS_PLACES, key, changed)
            acting.world = world.having(replace(before, places=places))

    return carry_out


CORPS_ACTS = (
    ActRow(
        name="ambassador-ask",
        carry_out=_carry_out(_ask),
        done=Sentence("Thank you. Whoever says yes has been asked, and you hear from us."),
    ),
    ActRow(
        name="ambassador-undo",
        carry_out=_carry_out(_undo),
        done=Sentence("It is taken back. You can volunteer again whenever it suits you."),
    ),
    ActRow(
        name="ambassador-yes",
        carry_out=_carry_out(_yes, about=True),
        done=Sentence("It is done. Your colleague gets a letter about what it is."),
    ),
    ActRow(
        name="ambassador-no",
        carry_out=_carry_out(_no, about=True),
        done=Sentence("It is done. Your colleague hears that it does not fit now."),
    ),
    ActRow(
        name="ambassador-leave",
        carry_out=_carry_out(_leave),
        done=Sentence("Thank you for what you have done. You are no ambassador any more, and nobody is told why."),
    ),
)
