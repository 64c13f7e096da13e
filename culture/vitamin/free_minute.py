"""Where in the window the ten minutes go on a day, when they yield to what is in the person's calendar already. Pure.

Decided once for a week and then kept: a block that runs about is worse than one that collides now and then.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from culture.organisation import Organisation
from culture.people import Person
from culture.vitamin.rules import STEP_MINUTES, start_time
from culture.vitamin.settings import Vitamin
from culture.workdays import Week, first_day
from culture.working_days import is_working_day

STAYS = 2
"""For so many working days ahead nothing is moved: people have seen these days already."""

Busy = tuple[datetime, datetime]


def yields(organisation: Organisation, person: Person) -> bool:
    """Whether the person's block may move: nobody chose its time, and the window leaves room."""
    vitamin = organisation.of(Vitamin)
    opens, closes = (_minutes(one) for one in vitamin.time)
    room = closes - opens > vitamin.minutes
    return vitamin.yields and person.on_server and person.time is None and room


def places(
    organisation: Organisation, person: Person, days: Iterable[date], busy: Sequence[Busy], earliest: date | None
) -> dict[date, time]:
    """The days from `earliest` on that do not begin at the person's usual time, and when they begin instead (local).

    `busy` are aware. Our own block, where it is shown as busy, does not stand in its own way. Where nothing is free, the
    day stays as usual.
    """
    usual = start_time(organisation, person)
    found = {}
    for day in days:
        if earliest and day >= earliest:
            start = _free(
                organisation, person, day, usual, [one for one in busy if not _ours(one, person, day, organisation)]
            )
            if start != usual:
                found[day] = start
    return found


def earliest_day(organisation: Organisation, today: date) -> date | None:
    """The first day that may still be moved: two working days after `today` stay as they are. None when all is closed
    as far as one looks."""
    day: date | None = today
    for _ in range(STAYS):
        day = first_day(day + timedelta(days=1), partial(is_working_day, organisation)) if day else None
    return day + timedelta(days=1) if day else None


def weeks_to_decide(today: date) -> tuple[Week, Week]:
    """This week and the next: the next is decided when this one begins."""
    return Week.of(today), Week.of(today + timedelta(days=7))


def _free(organisation: Organisation, person: Person, day: date, usual: time, busy: Sequence[Busy]) -> time:
    """The free place in the window that is nearest to the usual one, the earlier of two; the usual if none is."""
    vitamin = organisation.of(Vitamin)
    opens, closes = (_minutes(one) for one in vitamin.time)
    first, last = opens, closes - vitamin.minutes
    at = range(first, last + 1, STEP_MINUTES)
    nearest = sorted(at, key=lambda minute: (abs(minute - _minutes(usual)), minute))
    for minute in (_minutes(usual), *nearest):
        start = time(minute // 60, minute % 60)
        begins = datetime.combine(day, start, person.tz).astimezone(UTC)
        ends = begins + timedelta(minutes=vitamin.minutes)
        if not any(one < ends and begins < other for one, other in busy):
            return start
    return usual


def _ours(event: Busy, person: Person, day: date, organisation: Organisation) -> bool:
    begins = datetime.combine(day, start_time(organisation, person), person.tz).astimezone(UTC)
    return event == (begins, begins + timedelta(minutes=organisation.of(Vitamin).minutes))


def _minutes(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute
