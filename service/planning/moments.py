"""When anything of any programme can next become due, so that an idle service does nothing. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from culture.trouble import Troubles
from culture.world import World
from service.planning.programme import Moments, at_work


def next_moment(world: World, *, steady: bool = False) -> datetime:
    """The next moment at which something can become due: always after the world's own. `steady`: of a programme that is.

    Days begin at midnight of each zone, letters at their hours, waiting letters leave when the window opens, and each
    programme has its own moments besides.
    """
    theirs = _of_programmes(world, None, steady=steady)
    return min(_later(world.now, (*_of_days(world), *theirs)))


def moment_after(world: World, before: World, moment: datetime) -> datetime:
    """The same of a world that somebody's act has made of the one `before`, whose next moment is known: only what is
    another is looked at, for an act changes one thing of a house. It may be a moment of what is no more."""
    days = () if world.organisation is before.organisation else _of_days(world)
    return min((moment, *_later(world.now, (*days, *_of_programmes(world, before)))))


def _later(now: datetime, all_moments: Iterable[tuple[str, Moments]]) -> list[datetime]:
    ignored = Troubles()  # whose moments cannot be worked out is told where they are worked out themselves
    found: list[datetime] = []
    for who, moments in all_moments:
        with ignored.of(who, "moments"):
            found.extend(moment for moment in moments() if moment and moment > now)
    return found


def _of_days(world: World) -> Iterator[tuple[str, Moments]]:
    """Midnight and the hours of letters, by zone."""
    organisation, ignored = world.organisation, Troubles()
    hours = {time(0), organisation.window.opens}
    for one in at_work(world):
        with ignored.of(one.name, "moments"):
            hours |= set(one.hours(organisation))
    for zone in {person.zone for person in organisation.people.values()} | {organisation.zone}:
        yield zone, partial(_at_hours, zone, hours, world.now)


def _of_programmes(world: World, before: World | None, *, steady: bool = False) -> Iterator[tuple[str, Moments]]:
    ignored = Troubles()
    for one in at_work(world):
        if steady and not one.steady:
            continue
        with ignored.of(one.name, "moments"):
            yield from one.moments(world, before)


def _at_hours(zone: str, hours: Iterable[time], now: datetime) -> Iterator[datetime]:
    tz = ZoneInfo(zone)
    today = now.astimezone(tz).date()
    return (datetime.combine(today + timedelta(days=n), hour, tz) for hour in hours for n in (0, 1, 2))
