"""When a letter may leave, and how many a person gets."""

from datetime import date, datetime, timedelta
from functools import partial

from culture.organisation import Organisation
from culture.people import MONDAY_TO_FRIDAY, Person
from culture.workdays import first_day
from culture.working_days import next_working_day

LETTERS_A_WEEK = 2
"""Tips, welcome, leader steps and overviews together, in one ISO week (DESIGN 4.7)."""


def window_open(organisation: Organisation, person: Person, now: datetime) -> bool:
    """Whether `now` is within the sending window, on a weekday or a day of the person's, where the person is.

    On weekdays whatever days the person chose for the block: a changed calendar should not wait for next week.
    """
    local = now.astimezone(person.tz)
    window = organisation.window
    return window.opens <= local.time() < window.closes and _lets_through(organisation, person, local.date())


def window_opens(organisation: Organisation, person: Person, now: datetime) -> datetime | None:
    """When the sending window opens next for the person, or `now` while it is open; None when all is closed as far as one
    looks."""
    local = now.astimezone(person.tz)
    first = local.date() + timedelta(days=local.time() >= organisation.window.closes)
    day = first_day(first, partial(_lets_through, organisation, person))
    return max(local, datetime.combine(day, organisation.window.opens, person.tz)) if day else None


def _lets_through(organisation: Organisation, person: Person, day: date) -> bool:
    open_days = person.working_days | MONDAY_TO_FRIDAY
    return day.isoweekday() in open_days and not organisation.closing.closed(day)


def news_until(organisation: Organisation, person: Person, now: datetime) -> date:
    """The last day of which news goes at once, whatever the window: the next working day after today. A day that has
    just been closed lies before it, and so counts as the day it was."""
    today = organisation.today(person, now)
    return next_working_day(organisation, today) or today
