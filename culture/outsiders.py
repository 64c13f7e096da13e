"""Who is written to and is not in the people file: a shared mailbox, a sponsor, somebody of another house. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from culture.organisation import Organisation
from culture.people import MONDAY_TO_FRIDAY, Person
from culture.world import World

CONTACT = "contact"
"""The role of a contact who is not in the people file, and the id of the first of them."""


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is whom the config names, be they in the people file or not. `id` begins the ids of those who are not."""

    id: str
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whoever has or had a role without being in the people file, the first (`number` 1) or a later one. `left`: the day since
    which it is another's, None while it is theirs."""

    role: str
    number: int = 1
    email: str
    name: str
    left: date | None = None

    @property
    def id(self) -> str:
        """Their id for life, by which notices are theirs and not their successor's."""
        return self.role if self.number == 1 else f"{self.role}-{self.number}"


@dataclass(frozen=True, slots=True)
class OutsiderRecords:
    """Those who have or had a role, by their ids."""

    holders: Mapping[str, Holder] = field(default_factory=dict)


def outsider(person_id: str, email: str, name: str, organisation: Organisation, first_seen: datetime) -> Person:
    """An outsider as the rules see a person: in the organisation's language and zone, without a calendar. `person_id` is
    opaque, is nobody's in the people file, and stays the same for life."""
    return Person(
        id=person_id,
        email=email.lower(),
        name=name,
        department="",
        language=organisation.language,
        zone=organisation.zone,
        track=organisation.defaults.track,
        working_days=MONDAY_TO_FRIDAY,
        time=None,
        channel="none",
        first_seen=first_seen,
    )


def inside(role: Role, world: World) -> Person | None:
    """Who has the role's address in the people file and works here today."""
    found = world.organisation.holder(role.email)
    return found if found and found.works_here(world.today) else None


def reached(role: Role, world: World) -> Person:
    """Whom the role's address reaches: whoever has it in the people file and works here today; only else an outsider."""
    return inside(role, world) or outsider(holder(role, world).id, role.email, role.name, world.organisation, world.now)


def contact_role(organisation: Organisation) -> Role:
    """The organisation's contact, as the config names them."""
    return Role(CONTACT, organisation.contact_email, organisation.contact_name)


def contact(world: World) -> Person:
    """The organisation's contact, as the people file knows them, else as the config does."""
    return reached(contact_role(world.organisation), world)


# --- who has a role


def holder(role: Role, world: World) -> Holder:
    """Who has a role that nobody in the people file has. By the address it is whoever had it before, and with a new address
    whoever has the same name; only whoever has neither is another, with the next number."""
    known = [one for one in world.of(OutsiderRecords).holders.values() if one.role == role.id]
    email, name = role.email.lower(), _same(role.name)
    found = next((one for one in known if one.email == email), None)
    if found is None and name:
        found = next((one for one in known if _same(one.name) == name), None)
    number = found.number if found else max((one.number for one in known), default=0) + 1
    return Holder(role=role.id, number=number, email=email, name=role.name)


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def advance(world: World, roles: Iterable[Role]) -> OutsiderRecords:
    """Who has these roles today and is not in the people file, and who had them."""
    known = world.of(OutsiderRecords)
    outside = (one for one in roles if one.email and not inside(one, world))
    now = {one.id: one for one in (holder(role, world) for role in outside)}
    gone = {
        key: replace(one, left=world.today) for key, one in known.holders.items() if key not in now and one.left is None
    }
    after = {**known.holders, **gone, **now}
    return known if after == known.holders else OutsiderRecords(after)
