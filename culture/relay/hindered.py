"""Who can stand at a meeting on a day, and why not. Pure."""

from datetime import date, timedelta

from culture.organisation import Organisation
from culture.people import Person
from culture.relay.settings import Relay
from culture.relay.turns import Hindrance, TurnList


def unable(organisation: Organisation, standings: TurnList, person: Person, day: date) -> Hindrance | None:
    """Why a person cannot be chosen for a meeting on `day`; None when they can."""
    if not person.in_relay:
        return Hindrance.NOT_LISTED
    reason = Hindrance.NOT_HERE if person.id in organisation.missing else away(organisation, person, day)
    if reason:
        return reason
    since = max((d for d in (person.started, standings.of(person.id).since) if d), default=None)
    if since and day < since + timedelta(days=organisation.of(Relay).settle_days):
        return Hindrance.SETTLING_IN
    return None


def away(organisation: Organisation, person: Person, day: date) -> Hindrance | None:
    """Why a person cannot stand at a meeting on `day`; None when they can."""
    if not person.works_here(day):
        return Hindrance.NOT_HERE
    if person.pause_until and day < person.pause_until:
        return Hindrance.PAUSED
    if organisation.absent(person, day):
        return Hindrance.ABSENT
    return None if day.isoweekday() in person.contract_days else Hindrance.DAY_OFF
