"""When the challenge of a turn is given. Pure."""

from datetime import date, timedelta
from itertools import islice

from culture.organisation import Organisation
from culture.relay.settings import Relay
from culture.workdays import first_day
from culture.working_days import is_working_day

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
    latest = meeting_day - timedelta(days=organisation.of(Relay).lead_days)

    def fits(day: date) -> bool:
        return is_working_day(organisation, day) and time_enough(organisation, day, meeting_day)

    return first_day(latest, fits, step=-1) or latest
