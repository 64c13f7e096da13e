"""The working days of the organisation. Pure."""

from datetime import date, timedelta
from functools import lru_cache, partial

from culture.organisation import Organisation
from culture.people import Person
from culture.workdays import Closing, Span, first_day, first_outside


def is_working_day(organisation: Organisation, day: date) -> bool:
    """Whether the organisation works on `day`."""
    return organisation.closing.works(day)


def next_working_day(organisation: Organisation, day: date) -> date | None:
    """The first working day after `day`; None when all is closed as far as one looks."""
    return first_day(day + timedelta(days=1), partial(is_working_day, organisation))


def working_day_before(organisation: Organisation, day: date) -> date | None:
    """The last working day before `day`; None when all is closed as far as one looks."""
    return _working_day_before(organisation.closing, day)


@lru_cache(maxsize=1024)
def _working_day_before(closing: Closing, day: date) -> date | None:
    # Kept by value: the same few meetings are counted back from at every tick.
    return first_day(day - timedelta(days=1), closing.works, step=-1)


def first_at_work(organisation: Organisation, person: Person, begin: date) -> date | None:
    """The first of the person's own working days from `begin` on, by contract; None when none comes."""
    return _first_at_work(organisation.closing, person.contract_days, organisation.absences.get(person.id, ()), begin)


@lru_cache(maxsize=16384)
def _first_at_work(closing: Closing, weekdays: frozenset[int], spans: tuple[Span, ...], begin: date) -> date | None:
    # Kept by value: it is asked of everybody at every tick, and colleagues who were met together share it.
    day: date | None = begin
    while day and (day := first_outside(day, spans) if spans else day):
        day = first_day(day, lambda one: one.isoweekday() in weekdays and not closing.closed(one))
        if day is None or not any(day in span for span in spans):
            return day
    return None


def since_break(organisation: Organisation, day: date, within: int = 10) -> int | None:
    """Which working day after a break (five closed weekdays in a row) `day` is, 1 for the first; None when it is none,
    or later than `within`."""
    return organisation.closing.since_break(day, within)


def working_days_between(organisation: Organisation, first: date, last: date) -> int:
    """How many working days there are after `first` and before `last`."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return sum(is_working_day(organisation, day) for day in days)
