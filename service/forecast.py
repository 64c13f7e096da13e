"""What comes due in the next days, if nobody edits anything. The same rules at later moments; nothing is written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from culture import relay
from culture.moments import next_moment
from culture.people import Language
from culture.told import EVERYBODY
from culture.trouble import Troubles
from culture.vitamin import World
from service import jobs
from service.engine import Engine
from service.show import kind_name
from service.words import say


def forecast(engine: Engine, now: datetime, until: datetime, language: Language) -> Iterator[str]:
    """A line for each day on which letters come due, with how many of each kind."""
    world = engine.snapshot(now)
    world = replace(world, relay=replace(world.relay, told=EVERYBODY))  # as if what is held were approved today
    organisation = world.organisation
    by_day: dict[date, Counter[str]] = {}
    seen = {notice.key for notice in jobs.notices(world, Troubles())}
    while (moment := next_moment(organisation, world.relay, world.now)) <= until:
        before, day = world.relay.turns, moment.astimezone(organisation.tz).date()
        world = World(
            organisation, world.history, moment, relay.advance(organisation, world.relay, moment), world.revisits
        )
        announced = len(world.relay.turns) - len(before)
        if announced:
            by_day.setdefault(day, Counter())["slot"] += announced
        for notice in jobs.notices(world, Troubles()):
            if notice.key not in seen and not engine.stored.said(notice.key, engine.way):
                seen.update((notice.key, *notice.carries))
                day = notice.due.astimezone(organisation.tz).date()
                by_day.setdefault(day, Counter())[notice.kind] += 1
    if not by_day:
        yield say(language, "Nothing comes due until {day}.", day=until.date())
    for day, counted in sorted(by_day.items()):
        parts = ", ".join(f"{kind_name(kind, language)} {count}" for kind, count in sorted(counted.items()))
        yield say(language, "{day}: {parts}", day=day, parts=parts)
