"""Who is written to and is not in the people file: a shared mailbox, a sponsor, somebody of another house. Pure."""

from datetime import datetime

from culture.organisation import Organisation
from culture.people import MONDAY_TO_FRIDAY, Person
from culture.world import World

CONTACT = "contact"
"""The id of a contact who is not in the people file."""


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


def reached(person_id: str, email: str, name: str, world: World) -> Person:
    """Whom an address reaches: who has it in the people file and works here today; only else the outsider of that id."""
    holder = world.organisation.holder(email)
    if holder and holder.works_here(world.today):
        return holder
    return outsider(person_id, email, name, world.organisation, world.now)


def contact(world: World) -> Person:
    """The organisation's contact, as the people file knows them, else as the config does."""
    organisation = world.organisation
    return reached(CONTACT, organisation.contact_email, organisation.contact_name, world)
