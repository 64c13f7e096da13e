"""What is said about the corps to somebody who is only being welcomed: nothing on that day. Pure."""

from datetime import datetime

from culture.ambassadors.settings import Ambassadors
from culture.vitamin.rules import after_welcome
from culture.working_days import first_at_work
from culture.world import World


def after_their_welcome(world: World, person_id: str, moment: datetime) -> datetime:
    """When a letter leaves that is due at `moment`: for whoever is welcomed on that day or later at the letters' hour of their
    next day at work, for the welcome is long enough."""
    organisation = world.organisation
    person = organisation.people.get(person_id)
    begin = after_welcome(world, person) if person else None
    if person is None or begin is None or begin <= moment.astimezone(organisation.tz).date():
        return moment
    day = first_at_work(organisation, person, begin)
    return datetime.combine(day, organisation.of(Ambassadors).letter_at, organisation.tz) if day else moment
