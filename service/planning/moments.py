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
    organisation, now = world.organisation, world.now
    ignored = Troubles()  # whose moments cannot be worked out is told where they are worked out themselves
    found: list[datetime] = []

    def add(who: str, moments: Moments) -> None:
        with ignored.of(who, "moments"):
            found.extend(moment for moment in moments() if moment and moment > now)

    hours = {time(0), organisation.window.opens}
    for one in at_work(world):
        with ignored.of(one.name, "moments"):
            hours |= set(one.hours(organisation))
    for zone in {person.zone for person in organisation.people.values()} | {organisation.zone}:
        add(zone, partial(_at_hours, zone, hours, now))
    for one in at_work(world):
        if steady and not one.steady:
            continue
        with ignored.of(one.name, "moments"):
            for who, moments in one.moments(world):
                add(who, moments)
    return min(found)


def _at_hours(zone: str, hours: Iterable[time], now: datetime) -> Iterator[datetime]:
    tz = ZoneInfo(zone)
    today = now.astimezone(tz).date()
    return (datetime.combine(today + timedelta(days=n), hour, tz) for hour in hours for n in (0, 1, 2))
