"""The working days of the organisation. Pure."""

from datetime import date, timedelta
from functools import partial

from culture import workdays
from culture.organisation import Organisation
from culture.people import Person
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


def first_at_work(organisation: Organisation, person: Person, begin: date) -> date | None:
    """The first of the person's own working days from `begin` on, by contract; None when none comes."""
    spans = organisation.absences.get(person.id, ())
    return workdays.first_at_work(person.contract_days, spans, organisation.closing, begin)


def since_break(organisation: Organisation, day: date, within: int = 10) -> int | None:
    """Which working day after a break (five closed weekdays in a row) `day` is, 1 for the first; None when it is none,
    or later than `within`."""
    return organisation.closing.since_break(day, within)


def working_days_between(organisation: Organisation, first: date, last: date) -> int:
    """How many working days there are after `first` and before `last`."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return sum(is_working_day(organisation, day) for day in days)
