"""Who is in the corps, who leads it, who backs it, and what people do about their place in it. Pure.

Ambassadors come from the people file (the role), from [ambassadors] people, and from those who said that they would like
to be one and got a yes. Who has stepped down stays out, whatever the people file says, until it has once not named
them: an old row must not bring anybody back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from culture.ambassadors.records import AmbassadorRecords, Place
from culture.ambassadors.settings import Ambassadors
from culture.caretakers import Caretakers
from culture.kept import kept
from culture.organisation import Organisation
from culture.outsiders import Role, contact, reached
from culture.people import Person
from culture.roles import is_ambassador
from culture.world import World, once_a_world

SPONSOR = "sponsor"
"""The role of a sponsor who is not in the people file, and what a command calls whoever backs the corps."""

ENDS_SOON = timedelta(days=61)
"""A term that ends within two months: somebody is to be found, or asked to go on."""

ANSWER_WITHIN = timedelta(days=14)
"""So long somebody who would like to be one waits for their manager alone."""

NO_PLACE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An ambassador. `departments`: whom they serve, their own first. `until`: the last day, None where none is set."""

    person_id: str
    departments: tuple[str, ...]
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corps:
    """The ambassadors by person id, whoever has served longest first. `chair` is one of them, else the contact's id;
    `sponsor` is a person's id, an outsider's, or empty for none."""

    members: Mapping[str, Member] = field(default_factory=dict)
    chair: str = ""
    sponsor: str = ""

    def of_department(self, key: str) -> tuple[str, ...]:
        """Who serves a department, whoever has served longest first."""
        return tuple(one.person_id for one in self.members.values() if key in one.departments)


NO_CORPS = Corps()


@once_a_world
def corps(world: World) -> Corps:
    """The corps today; empty where there is none."""
    organisation = world.organisation
    if not organisation.of(Ambassadors).enabled:
        return NO_CORPS
    members = _members(organisation, world.of(AmbassadorRecords).places, world.today)
    chair = _chair(organisation, members, world.today) or contact(world).id
    return Corps(members=members, chair=chair, sponsor=_sponsor(world))


def caretakers(organisation: Organisation, places: Mapping[str, Place], today: date) -> Caretakers:
    """Who sees to the tools of each department: the ambassador who has served it longest; and the chair to what nobody
    does."""
    if not organisation.of(Ambassadors).enabled:
        return Caretakers()
    members = _members(organisation, places, today)
    found: dict[str, str] = {}
    for member in members.values():
        for department in member.departments:
            found.setdefault(department, member.person_id)
    return Caretakers(of_department=found, otherwise=_chair(organisation, members, today))


def _members(organisation: Organisation, places: Mapping[str, Place], today: date) -> dict[str, Member]:
    found = []
    for person in _candidates(organisation, places):
        place = places.get(person.id, NO_PLACE)
        if serves(organisation, person, place, today):
            found.append(_member(organisation, person, place, today))
    return {one.person_id: one for one in sorted(found, key=lambda one: (one.since, one.person_id))}


def _candidates(organisation: Organisation, places: Mapping[str, Place]) -> Iterator[Person]:
    """Those of everybody who may be ambassadors, each once."""
    settings, people = organisation.of(Ambassadors), organisation.people
    addresses = {one.email.lower() for one in settings.people} | {(settings.chair or "").lower()} - {""}
    named = _named_anywhere(people, frozenset(addresses))
    yield from named
    yield from (people[key] for key in places.keys() & people.keys() - {one.id for one in named})


@kept
def _named_anywhere(people: Mapping[str, Person], addresses: frozenset[str]) -> tuple[Person, ...]:
    """Those who have the role, or one of the addresses."""
    return tuple(one for one in people.values() if one.email in addresses or is_ambassador(one))


def serves(organisation: Organisation, person: Person, place: Place, today: date) -> bool:
    """Whether the person is an ambassador today. Whose row is missing today stays what they were."""
    if not person.works_here(today):
        return False
    if person.id in organisation.missing:
        return place.since is not None
    return place.confirmed_on is not None or (place.left_on is None and named(organisation, person, today))


def named(organisation: Organisation, person: Person, today: date) -> bool:
    """Whether people file or config name them as an ambassador today. A term that is written says when, also of whoever
    has the role; the chair of the config is one."""
    settings = organisation.of(Ambassadors)
    terms = settings.terms(person.email) if person.email else ()
    if terms:
        return any(term.serves(today) for term in terms)
    return is_ambassador(person) or bool(person.email and (settings.chair or "").lower() == person.email)


def _member(organisation: Organisation, person: Person, place: Place, today: date) -> Member:
    running = [one for one in organisation.of(Ambassadors).terms(person.email) if person.email and one.serves(today)]
    asked = (person.department, *(key for term in running for key in term.covers))
    ends = [term.last for term in running if term.last] if len(running) == 1 and place.confirmed_on is None else []
    lasts = [day for day in (*ends, person.left) if day]
    return Member(
        person_id=person.id,
        departments=tuple(dict.fromkeys(key for key in asked if key in organisation.departments)),
        since=place.since or today,
        until=min(lasts, default=None),
    )


def _chair(organisation: Organisation, members: Mapping[str, Member], today: date) -> str:
    """Who leads the meetings: whom the config names, else whoever has served longest; empty for nobody."""
    wanted = organisation.holder(organisation.of(Ambassadors).chair or "")
    if wanted and wanted.id in members:
        return wanted.id
    return next(iter(members), "")


def _sponsor(world: World) -> str:
    """Who backs the corps: by config; the contact when that one has left; empty where none is named."""
    person = sponsor(world)
    return person.id if person else ""


def sponsor(world: World) -> Person | None:
    """The sponsor as somebody who can be written to; the contact instead of one who has left; None where none is named."""
    settings, role = world.organisation.of(Ambassadors), sponsor_role(world)
    if role:
        return reached(role, world)
    return contact(world) if settings.enabled and settings.sponsor_email else None


def sponsor_role(world: World) -> Role | None:
    """The sponsor, as the config names them; None where it names none, or one who has left."""
    settings = world.organisation.of(Ambassadors)
    if not settings.enabled or not settings.sponsor_email:
        return None
    person = world.organisation.holder(settings.sponsor_email)
    left = person is not None and not person.works_here(world.today)
    return None if left else Role(SPONSOR, settings.sponsor_email, settings.sponsor_name)


def uncovered(world: World) -> tuple[str, ...]:
    """The keys of departments with people and without an ambassador, in the order of the config."""
    found, today = corps(world), world.today
    there = {one.department for one in world.organisation.people.values() if one.works_here(today)}
    return tuple(key for key in world.organisation.departments if key in there and not found.of_department(key))


def manager_of(organisation: Organisation, department: str, today: date) -> Person | None:
    """The department's manager, if one is decided, works here and can be written to."""
    person = organisation.people.get(organisation.managers.get(department, ""))
    return person if person and person.email and person.works_here(today) else None


def answers(world: World, person: Person) -> Person:
    """Who says yes to somebody who would like to be an ambassador: their department's manager; the contact where none is
    decided, and for the manager."""
    manager = manager_of(world.organisation, person.department, world.today)
    return manager if manager and manager.id != person.id else contact(world)


def may_answer(world: World, person: Person) -> dict[str, datetime]:
    """Who may say yes or no to somebody who waits, by id, and since when: whoever does it, and after two weeks without an
    answer the contact too. Nobody where they do not wait."""
    asked_at = world.of(AmbassadorRecords).places.get(person.id, NO_PLACE).asked_at
    if asked_at is None:
        return {}
    found, later = {answers(world, person).id: asked_at}, asked_at + ANSWER_WITHIN
    return found if later > world.now else {contact(world).id: later} | found


def waiting(world: World) -> tuple[Person, ...]:
    """Those who would like to be ambassadors and wait for an answer, the longest first."""
    places, people = world.of(AmbassadorRecords).places, world.organisation.people
    asked = [(place.asked_at, key) for key, place in places.items() if place.asked_at and key in people]
    return tuple(people[key] for _, key in sorted(asked) if people[key].works_here(world.today))


def asks_again(place: Place) -> tuple[datetime, ...]:
    """When the contact is asked too, of somebody who waits."""
    return (place.asked_at + ANSWER_WITHIN,) if place.asked_at else ()


# --- what time does


def advance(world: World) -> dict[str, Place]:
    """The places that are not what they were: who has come to be an ambassador, who is none any more, who leads."""
    organisation, today = world.organisation, world.today
    places, aside = world.of(AmbassadorRecords).places, world.of(AmbassadorRecords).aside
    if not organisation.of(Ambassadors).enabled:
        return {}
    found = {key: place for key, place in _moved(organisation, places, today) if key not in aside}
    members = _members(organisation, {**places, **found}, today)
    chair, backs = _chair(organisation, members, today), _backs(world)
    for key in ({backs} | members.keys() | places.keys()) - aside - {""}:
        place = found.get(key, places.get(key, NO_PLACE))
        after = replace(
            place,
            chair_since=(place.chair_since or today) if key == chair else None,
            backs_since=(place.backs_since or today) if key == backs else None,
        )
        if after != place:
            found[key] = after
    return found


def _backs(world: World) -> str:
    """The sponsor's id; empty where none is named, or only the contact stands in."""
    role = sponsor_role(world)
    return reached(role, world).id if role else ""


def _moved(organisation: Organisation, places: Mapping[str, Place], today: date) -> Iterator[tuple[str, Place]]:
    for person in _candidates(organisation, places):
        if person.id in organisation.missing:
            continue  # whose row is missing today gets nothing and loses nothing
        before = places.get(person.id, NO_PLACE)
        place = before
        if place.left_on and not named(organisation, person, today):
            place = replace(place, left_on=None)
        if not person.works_here(today):
            place = replace(
                place, since=None, met=None, confirmed_on=None, confirmed_by="", asked_at=None, ended_on=None
            )
        elif not serves(organisation, person, place, today):
            place = _ended(place, today)
        elif place.since is None:
            since = _since(organisation, person, today)
            place = replace(place, since=since, met=today, asked_at=None, ended_on=None)
        if place != before:
            yield person.id, place


def _ended(place: Place, today: date) -> Place:
    """A place that is none any more; whoever never knew of it has nothing to be thanked for."""
    thanked = today if place.met and place.met < today else place.ended_on
    return replace(place, since=None, met=None, ended_on=thanked)


def _since(organisation: Organisation, person: Person, today: date) -> date:
    """Since when somebody serves who is new to the service: since their term began, where one is written."""
    terms = organisation.of(Ambassadors).terms(person.email) if person.email else ()
    return min((one.first for one in terms if one.serves(today) and one.first), default=today)


# --- what people do


def asking(place: Place, now: datetime) -> Place:
    """They would like to be one. Who has asked already keeps their day."""
    return place if place.asked_at else replace(place, asked_at=now, declined_on=None)


def taken_back(place: Place) -> Place:
    """They would rather not after all, before anybody answered."""
    return replace(place, asked_at=None)


def confirmed(place: Place, by: str, today: date) -> Place:
    """Somebody who may has said yes."""
    return replace(place, asked_at=None, confirmed_on=today, confirmed_by=by, declined_on=None)


def declined(place: Place, today: date) -> Place:
    """Somebody who may has said that it does not fit now."""
    return replace(place, asked_at=None, declined_on=today)


def stepped_down(place: Place, today: date) -> Place:
    """They are no ambassador any more, and nobody is told why."""
    return replace(_ended(place, today), confirmed_on=None, confirmed_by="", left_on=today, chair_since=None)


# --- what is to be seen to


def ending(world: World) -> tuple[Member, ...]:
    """The ambassadors whose term ends within two months, the first end first."""
    ends = [one for one in corps(world).members.values() if one.until and one.until <= world.today + ENDS_SOON]
    return tuple(sorted(ends, key=lambda one: (one.until or date.max, one.person_id)))
