"""What managers and the contact should have been told by now: the sheet, each month's step, the questions that are open.
Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from culture.leaders.frame import last_asked
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.leaders.steps import Given, month_of, months_end
from culture.notice import Notice
from culture.organisation import Organisation
from culture.outsiders import contact
from culture.people import Person
from culture.roles import managers
from culture.trouble import Troubles
from culture.working_days import first_at_work
from culture.world import World

LATENESS = timedelta(days=30)
"""A sheet, or a question to the contact, that is a month late is not sent any more."""

SHEET = "first"
"""The period of the sheet: whoever leads gets it once."""


def due(world: World, troubles: Troubles) -> Iterator[Notice]:
    """What should have been said by now."""
    organisation, found = world.organisation, world.of(LeaderRecords)
    if not organisation.of(Leaders).enabled or found.frame() is None:
        return
    with troubles.of("contact", "letters"):
        yield from _open(world, found)
    month, given = found.last()
    for person in managers(organisation, world.today):
        with troubles.of(person.id, "letters"):
            yield from _sheet(world, found, person, given)
            if given and month == month_of(world.today):
                yield from _step(world, person, month, given)


def _open(world: World, found: LeaderRecords) -> Iterator[Notice]:
    """The contact is asked what nobody has answered; again once a quarter while that is so."""
    frame, organisation = found.frame(), world.organisation
    if frame is None or not organisation.policy.open:
        return
    day, _ = last_asked(frame, world.today)
    at = datetime.combine(day, organisation.of(Leaders).letter_at, organisation.tz)
    if at <= world.now < at + LATENESS:
        yield Notice(
            kind="open-questions",
            period=day.isoformat(),
            person_id=contact(world).id,
            due=at,
            too_late=at + LATENESS,
        )


def _sheet(world: World, found: LeaderRecords, person: Person, given: Given | None) -> Iterator[Notice]:
    """The sheet with the frame, before the first step; to whoever leads only since then with the next step at the latest."""
    frame = found.frame()
    if frame is None or frame.sheet is None:
        return
    at = at_work(world.organisation, person, max(frame.sheet, given.day if given else frame.sheet))
    if at and at <= world.now:
        yield Notice(kind="frame", period=SHEET, person_id=person.id, due=at, too_late=at + LATENESS)


def _step(world: World, person: Person, month: str, given: Given) -> Iterator[Notice]:
    """The month's step, unless the person has stopped the letters that come by themselves."""
    if person.stopped:
        return
    at = at_work(world.organisation, person, given.day)
    over = datetime.combine(months_end(month), time(0), person.tz)
    if at and at <= world.now and at < over:
        yield Notice(kind="step", period=month, person_id=person.id, due=at, too_late=over)


def met_before(organisation: Organisation, person: Person) -> date:
    """The day after the one on which the person was first met: nothing here comes with a welcome."""
    return organisation.today(person, person.first_seen) + timedelta(days=1)


def at_work(organisation: Organisation, person: Person, day: date) -> datetime | None:
    """When a letter of that day reaches somebody: on the first day from then on that they are at work, have no pause, and
    are not just being welcomed."""
    begin = max(day, person.pause_until or day, met_before(organisation, person))
    found = first_at_work(organisation, person, begin)
    return datetime.combine(found, organisation.of(Leaders).letter_at, person.tz) if found else None
