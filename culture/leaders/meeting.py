"""The department's meeting at which a manager says two lines. Pure."""

from datetime import date, datetime, timedelta

from culture.leaders.notices import at_work
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.leaders.steps import Given, month_of
from culture.meetings import Meeting
from culture.organisation import Organisation
from culture.people import Person
from culture.roles import leads
from culture.workdays import Week
from culture.world import World

AHEAD = timedelta(days=35)
"""So far ahead a meeting is looked for: what comes later belongs to the next step."""


def departments_of(organisation: Organisation, person: Person) -> list[str]:
    """The departments whose manager the person is; of whoever is that of none, their own."""
    return [key for key, one in organisation.managers.items() if one == person.id] or [person.department]


def next_meeting(organisation: Organisation, person: Person, after: datetime) -> Meeting | None:
    """The first meeting of the departments that the person leads after that moment (aware); None where none is known."""
    keys = dict.fromkeys(map(organisation.called.table, departments_of(organisation, person)))
    plans = (organisation.meeting_plans.get(key) for key in keys)
    first = after.date() - timedelta(days=1)
    found = (one for plan in plans if plan for one in plan.meetings(organisation.closing, first, first + AHEAD))
    return min((one for one in found if one.starts > after), key=lambda one: one.starts, default=None)


def to_say(world: World, person: Person) -> tuple[Given, Meeting] | None:
    """The step whose lines the person can say at a meeting in this week, the first one since it came in an earlier week.

    In the step's own week its letter says them.
    """
    organisation, found = world.organisation, world.of(LeaderRecords)
    today = organisation.today(person, world.now)
    if not organisation.of(Leaders).enabled or not leads(organisation, person, today):
        return None
    given = found.given().get(month_of(today)) or _of_last_month(found, today)
    if given is None:
        return None
    came = at_work(organisation, person, given.day)
    if came is None or Week.of(came.date()).monday >= Week.of(today).monday:
        return None
    meeting = next_meeting(organisation, person, came)
    if meeting is None or meeting.starts <= world.now or Week.of(meeting.day) != Week.of(today):
        return None
    return given, meeting


def _of_last_month(found: LeaderRecords, today: date) -> Given | None:
    return (
        found.given().get(month_of(today.replace(day=1) - timedelta(days=1)))
        if today.replace(day=1) > date.min
        else None
    )
