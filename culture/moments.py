"""When anything of any programme can next become due, so that an idle service does nothing. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from culture.organisation import Organisation
from culture.people import Person
from culture.relay import news as turn_news
from culture.relay import notices as relay_notices
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.revisit.settings import RevisitList
from culture.trouble import Troubles
from culture.vitamin.rules import welcome_moment
from culture.vitamin.settings import Vitamin


def next_moment(organisation: Organisation, relay: RelayRecords, now: datetime) -> datetime:
    """The next moment at which something can become due: always after `now`.

    Days begin at midnight of each zone, letters at their hours, waiting letters leave when the window opens, a turn
    is over when its slot ends and goes on when it begins and nobody was told, and what somebody did about one is told when
    it has settled.
    """
    ignored = Troubles()  # whose moments cannot be worked out is told where they are worked out themselves
    found: list[datetime] = []

    def add(who: str, moments: Callable[[], Iterable[datetime | None]]) -> None:
        with ignored.of(who, "moments"):
            found.extend(moment for moment in moments() if moment and moment > now)

    hours = {time(0), organisation.window.opens, organisation.of(Vitamin).letter_at}
    hours |= {organisation.of(Relay).letter_at, organisation.of(RevisitList).letter_at}
    for zone in {person.zone for person in organisation.people.values()} | {organisation.zone}:
        add(zone, partial(_at_hours, zone, hours, now))
    for person in organisation.people.values():
        if person.first_seen > now:  # the clock was set back since, and their welcome is still to come
            add(person.id, partial(_welcome, organisation, person))
    for turn in relay.turns.values():
        add(turn.id, partial(relay_notices.slot_moments, turn))
        add(turn.id, partial(turn_news.settles, turn))
    return min(found)


def _at_hours(zone: str, hours: Iterable[time], now: datetime) -> Iterator[datetime]:
    tz = ZoneInfo(zone)
    today = now.astimezone(tz).date()
    return (datetime.combine(today + timedelta(days=n), hour, tz) for hour in hours for n in (0, 1, 2))


def _welcome(organisation: Organisation, person: Person) -> tuple[datetime | None]:
    return (welcome_moment(organisation, person),)
