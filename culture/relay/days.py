"""When the challenge of a turn is given, and which days are free of turns. Pure.

Days are counted in working days, so that a break takes none of the time: there are as many left outside it.
"""

from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from culture.organisation import Organisation
from culture.relay.settings import Relay
from culture.workdays import Closing, first_day
from culture.working_days import is_working_day, since_break

LEAST = 10
"""The least working days that whoever is drawn has for the challenge, the day on which it comes among them."""

MOST = 20
"""The most: what is asked for earlier is forgotten by then."""

BETWEEN = 3
"""The least working days that lie between challenge and meeting when the service or the meeting was late, and for what
somebody wants: less is not a challenge but a fright."""

BEFORE_BREAK = 3
"""So many working days before a break no challenge is given: people finish what they have, and go."""

AFTER_BREAK = 2
"""So many working days after a break there are no presentations: who comes back has had no time for one."""

ANNOUNCED, ANNOUNCED_BEFORE = 20, 10
"""So many working days before its meeting a turn is announced, four weeks, and so many before its challenge: time to say
no, to swap, and to plan around it."""


def assignment_day(organisation: Organisation, meeting_day: date) -> date:
    """The day the challenge is given: `lead_days` working days before the meeting; earlier where that is just before a
    break, or later where it would be more than MOST, but never less than LEAST. Where no day is like that: the plain
    one."""
    return _assignment_day(organisation.closing, meeting_day, organisation.of(Relay).lead_days)


@lru_cache(maxsize=4096)
def _assignment_day(closing: Closing, meeting_day: date, lead: int) -> date:
    # Kept by value, for it is asked of every turn that waits for its challenge, at every tick.
    before = _working_days_before(closing, meeting_day)
    if not before:
        return max(meeting_day, date.min + timedelta(days=lead)) - timedelta(days=lead)
    plain = min(lead, len(before)) - 1
    fits = (day for day in (*before[plain:], *before[LEAST - 1 : plain][::-1]) if not _ends_in_break(closing, day))
    return next(fits, before[plain])


def _working_days_before(closing: Closing, day: date) -> list[date]:
    """The last MOST working days before `day`, the latest first."""
    found: list[date] = []
    at: date | None = day
    while at and at > date.min and len(found) < MOST:
        at = first_day(at - timedelta(days=1), closing.works, step=-1)
        found += [at] if at else []
    return found


def _ends_in_break(closing: Closing, day: date) -> bool:
    return closing.until_break(day, BEFORE_BREAK) is not None


def may_be_given(organisation: Organisation, day: date) -> bool:
    """Whether challenges are given on `day`: neither in the last working days before a break nor within one."""
    working = first_day(day, organisation.closing.works)
    within = working != day and working is not None and since_break(organisation, working, 1) is not None
    return working is not None and not within and not _ends_in_break(organisation.closing, working)


def drawn_from(organisation: Organisation, today: date) -> date:
    """The first day on which a meeting leaves whoever is drawn for it today LEAST working days for the challenge."""
    return _drawn_from(organisation.closing, today, min(LEAST, organisation.of(Relay).lead_days))


@lru_cache(maxsize=256)
def _drawn_from(closing: Closing, today: date, need: int) -> date:
    # A day that is no working day is asked no more than that: each asks the next, and all may be closed for good.
    given = first_day(today, lambda day: closing.works(day) and not _ends_in_break(closing, day))
    last = _working_day_from(closing, given, need) if given else None
    return last + timedelta(days=1) if last and last < date.max else date.max


def announced_to(organisation: Organisation, today: date) -> date:
    """The last day whose meetings are announced today: four weeks ahead, more where days are closed or challenges are
    asked for earlier."""
    ahead = max(ANNOUNCED, organisation.of(Relay).lead_days + ANNOUNCED_BEFORE)
    return _working_day_from(organisation.closing, today, ahead + 1) or today + timedelta(weeks=4)


@lru_cache(maxsize=256)
def _working_day_from(closing: Closing, day: date, number: int) -> date | None:
    """The working day of that number from `day` on, itself the first; None when there is none as far as one looks."""
    working = first_day(day, closing.works)
    while working and number > 1:
        after = working + timedelta(days=1) if working < date.max else None
        number, working = number - 1, first_day(after, closing.works) if after else None
    return working


def time_enough(organisation: Organisation, assigned: date, meeting_day: date) -> bool:
    """Whether BETWEEN working days lie between the two."""
    between = (assigned + timedelta(days=n) for n in range(1, (meeting_day - assigned).days))
    working = (day for day in between if is_working_day(organisation, day))
    return sum(1 for _ in islice(working, BETWEEN)) == BETWEEN


def is_free_after_break(organisation: Organisation, day: date) -> bool:
    """Whether there are no presentations on `day`: it is one of the first working days after a break, or within one."""
    if is_working_day(organisation, day):
        return since_break(organisation, day, AFTER_BREAK) is not None
    working = first_day(day, organisation.closing.works)
    return working is not None and since_break(organisation, working, 1) is not None
