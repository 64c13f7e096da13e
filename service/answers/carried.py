"""What the rates of [mail] and the sending window can carry of the letters that are due. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from culture.organisation import Window
from culture.people import Language
from culture.sending import window_opens
from culture.world import World
from mailer.pace import Rate
from service.answers.show import moment
from service.messages.names import NAMES_SHOWN, some
from service.messages.translation import say
from service.planning.jobs import Job
from service.planning.plan import Plan

NOTABLE = timedelta(minutes=10)
"""What is over sooner is not worth a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """`ends` is when the last letter leaves, None when none does. `left` are those on which the window closes first, and
    `lost` those of them that are too late when it opens again."""

    ends: datetime | None = None
    left: tuple[Job, ...] = ()
    lost: tuple[Job, ...] = ()


def carried(plan: Plan, rate: Rate) -> Carried:
    """What becomes of the letters of a plan when each is sent as soon as `rate` lets it go."""
    world, moments, left = plan.world, rate.ahead(plan.world.now), list[Job]()
    ends, when = None, next(moments)
    for job in plan.letters:
        if job.may_go(world, when):
            ends, when = when, next(moments)
        else:
            left.append(job)
    return Carried(ends=ends, left=tuple(left), lost=tuple(job for job in left if _is_lost(world, job, when)))


def _is_lost(world: World, job: Job, when: datetime) -> bool:
    opens = window_opens(world.organisation, job.person, when)
    return job.too_late is not None and (opens is None or opens >= job.too_late)


def carried_lines(plan: Plan, rate: Rate, language: Language, shown: int | None = NAMES_SHOWN) -> Iterator[str]:
    """For a person to read; nothing where all letters leave soon."""
    found, tell = carried(plan, rate), partial(say, language)
    if found.ends and found.ends - plan.world.now >= NOTABLE:
        when = moment(found.ends, ZoneInfo(plan.world.organisation.zone))
        yield tell("The server gets these letters one after the other, the last of them at {when}.", when=when)
    if found.left:
        names = some([job.person.name for job in found.left], language, shown)
        text = "More than the sending window carries today, and waits until it opens again: {count} ({names})"
        yield tell(text, count=len(found.left), names=names)
    if found.lost:
        names = some([job.person.name for job in found.lost], language, shown)
        text = "Too late by then, and not sent: {count} ({names})"
        yield tell(text, count=len(found.lost), names=names)


def carried_value(plan: Plan, rate: Rate) -> dict[str, Any]:
    """For a program to read."""
    found = carried(plan, rate)
    keys = {name: [job.key for job in jobs] for name, jobs in (("left", found.left), ("lost", found.lost))}
    return {"pace": {"ends": found.ends.isoformat() if found.ends else None, **keys}}


def carried_on(rate: Rate, window: Window, zone: ZoneInfo, day: date, count: int) -> int:
    """How many of `count` letters the window of a day carries."""
    opens, closes = (datetime.combine(day, at, zone) for at in (window.opens, window.closes))
    return sum(1 for _ in takewhile(lambda at: at < closes, islice(rate.ahead(opens), count)))
