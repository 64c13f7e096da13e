"""The working days of the organisation. Pure."""

from datetime import date, timedelta
from functools import partial

from culture.organisation import Organisation
from culture.workdays import first_day


def is_working_day(organisation: Organisation, day: date) -> bool:
    """Whether the organisation works on `day`."""
    return organisation.closing.works(day)


def next_working_day(organisation: Organisation, day: date) -> date | None:
    """The first working day after `day`; None when all is closed as far as one looks."""
    return first_day(day + timedelta(days=1), partial(is_working_day, organisation))


def working_day_before(organisation: Organisation, day: date) -> date | None:
    """The last working day before `day`; None when all is closed as far as one looks."""
    return first_day(day - timedelta(days=1), partial(is_working_day, organisation), step=-1)
