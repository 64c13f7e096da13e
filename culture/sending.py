"""When a letter may leave, and how many a person gets."""

from datetime import datetime

from culture.organisation import Organisation
from culture.people import Person

LETTERS_A_WEEK = 2
"""Tips, welcome, leader steps and overviews together, in one ISO week (DESIGN 4.7)."""


def window_open(organisation: Organisation, person: Person, now: datetime) -> bool:
    """Whether `now` is within the sending window on a working day of the person's, where the person is."""
    local = now.astimezone(person.tz)
    window = organisation.window
    return (
        window.opens <= local.time() < window.closes
        and local.isoweekday() in person.working_days
        and not organisation.closing.closed(local.date())
    )
