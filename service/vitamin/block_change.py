"""What is different about a person's block: from the series that stood and the one that stands now. Pure."""

from collections.abc import Collection, Iterable
from datetime import date

from calendars.difference import Change
from calendars.event import Series
from culture.people import Person
from culture.vitamin import rules as vitamin
from culture.world import World
from service.vitamin.facts import BlockChange


def block_change(world: World, person: Person, change: Change) -> BlockChange | None:
    """What an update of a series changes for whoever gets it; None when the series is no update."""
    stood, now = change.stood, change.entry
    if change.kind != "update" or not isinstance(stood, Series) or not isinstance(now, Series):
        return None
    before, after = _to_come(world, person, stood), _to_come(world, person, now)
    gone, back = _of_both(stood, now, before - after), _of_both(stood, now, after - before)
    begins = _begins(world, person, stood, now, gone, back)
    gone = _from(begins, gone)  # a break explains the others
    closed = gone & world.closed
    off = _off(world, person, gone - closed)
    return BlockChange(
        was_at=stood.start if stood.start != now.start else None,
        other_zone=stood.zone != now.zone,
        other_days=stood.weekdays != now.weekdays,
        other_length=stood.minutes != now.minutes,
        shown=(stood.busy, stood.reminder_minutes) != (now.busy, now.reminder_minutes),
        begins=min(after) if begins and after else None,
        pause=_pauses(person, begins),
        closed=tuple(sorted(closed)),
        off=tuple(sorted(off)),
        back=tuple(sorted(day for day in back if day >= stood.first)),
        last=_sooner_end(before, after, now),
        until=_later_end(after, stood, now),
        address=change.moved,
    )


def _to_come(world: World, person: Person, series: Series) -> frozenset[date]:
    """The days of the occurrences that are not over."""
    today = world.organisation.today(person, world.now)
    days = series.hits(today, series.until)
    return frozenset(day for day in days if day not in series.exdates and series.ends(day) > world.now)


def _of_both(stood: Series, now: Series, days: Iterable[date]) -> set[date]:
    """Those of the days that both series have by their weekdays and their ends: another rule does not explain them."""
    end, both = min(stood.until, now.until), stood.weekdays & now.weekdays
    return {day for day in days if day <= end and day.isoweekday() in both}


def _from(begins: date | None, days: set[date]) -> set[date]:
    return {day for day in days if day >= begins} if begins else days


def _off(world: World, person: Person, days: Iterable[date]) -> set[date]:
    """Those of the days on which the person is away: not today, whose new time is past."""
    return {day for day in days if world.organisation.absent(person, day)}


def _pauses(person: Person, begins: date | None) -> bool:
    """Whether the break before `begins` is a pause of the person's."""
    return bool(begins and person.pause_until and person.pause_until >= begins)


def _sooner_end(before: Iterable[date], after: Collection[date], now: Series) -> date | None:
    """The last day, when days go because the series ends sooner; None otherwise."""
    return max(after) if after and any(day > now.until for day in before) else None


def _later_end(after: Collection[date], stood: Series, now: Series) -> date | None:
    """The last day, when the series goes on for longer; None otherwise."""
    return max(after) if after and now.until > stood.until else None


def _begins(
    world: World, person: Person, stood: Series, now: Series, gone: Iterable[date], back: Iterable[date]
) -> date | None:
    """The day from which the block stands again after a break that is new, or that ends sooner; None for no such thing."""
    first = vitamin.first_day(world.organisation, person)
    if any(day < first for day in gone):
        return first
    return now.first if any(day < stood.first for day in back) else None
