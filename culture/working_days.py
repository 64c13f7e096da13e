"""Working days around a meeting: when a challenge is given, and which day comes before or after. Pure."""

from datetime import date, timedelta
from functools import partial
from itertools import islice

from culture.organisation import Organisation
from culture.workdays import first_day

WORKING_DAYS = 3
"""The least working days between assignment and meeting: less is not a challenge but a fright."""


def time_enough(organisation: Organisation, assigned: date, meeting_day: date) -> bool:
    """Whether WORKING_DAYS lie between the two."""
    between = (assigned + timedelta(days=n) for n in range(1, (meeting_day - assigned).days))
    working = (day for day in between if is_working_day(organisation, day))
    return sum(1 for _ in islice(working, WORKING_DAYS)) == WORKING_DAYS


def assignment_day(organisation: Organisation, meeting_day: date) -> date:
    """The day the challenge is given: `lead_days` before the meeting, earlier until it is a working day with
    WORKING_DAYS between the two. When there is none as far as one looks: `lead_days` before, whatever the day."""
    latest = meeting_day - timedelta(days=organisation.relay.lead_days)

    def fits(day: date) -> bool:
        return is_working_day(organisation, day) and time_enough(organisation, day, meeting_day)

    return first_day(latest, fits, step=-1) or latest


def is_working_day(organisation: Organisation, day: date) -> bool:
    """Whether the organisation works on `day`."""
    return organisation.closing.works(day)


def next_working_day(organisation: Organisation, day: date) -> date | None:
    """The first working day after `day`; None when all is closed as far as one looks."""
    return first_day(day + timedelta(days=1), partial(is_working_day, organisation))


def working_day_before(organisation: Organisation, day: date) -> date | None:
    """The last working day before `day`; None when all is closed as far as one looks."""
    return first_day(day - timedelta(days=1), partial(is_working_day, organisation), step=-1)
