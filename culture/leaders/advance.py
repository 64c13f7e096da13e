"""The leaders brought from what was to what is now: the beginning, the sheet, and each month's step. Pure.

Nothing here looks further than today. It moves by what was said: a step whose letters reached nobody comes again.
"""

from dataclasses import replace
from datetime import date, datetime

from culture.leaders.frame import Frame, sheet_day
from culture.leaders.notices import met_before
from culture.leaders.records import LeaderRecords
from culture.leaders.settings import Leaders
from culture.leaders.steps import Given, Steps, month_of, next_step, step_day
from culture.organisation import Organisation
from culture.world import World


def advance(world: World) -> LeaderRecords:
    """The records as they are by now. A day's changes are made from the hour on at which letters to managers leave."""
    organisation, found = world.organisation, _heard(world.of(LeaderRecords))
    settings = organisation.of(Leaders)
    local = world.now.astimezone(organisation.tz)
    if not settings.enabled or local.time() < settings.letter_at or not organisation.closing.works(world.today):
        return found
    if settings.starts and world.today < settings.starts:
        return found
    return _stepped(organisation, _begun(organisation, found, world.today), world.today)


def _heard(found: LeaderRecords) -> LeaderRecords:
    """With the last step as said, once somebody has heard of it: letters are folded away, and this is not."""
    month, one = found.last()
    if one is None or one.said or month == found.unsaid:
        return found
    return replace(found, steps={**found.steps, month: replace(one, said=True)})


def _begun(organisation: Organisation, found: LeaderRecords, today: date) -> LeaderRecords:
    """With a beginning, and with the sheet when its day has come."""
    frame = found.frame()
    if frame is None and _welcomes(organisation, found, today):
        return found
    frame = frame or Frame(asked=today)
    day = sheet_day(organisation, frame)
    if frame.sheet is None and day and day <= today:
        frame = replace(frame, sheet=today, undecided=organisation.policy.open)
    return replace(found, frames={**found.frames, frame.asked.isoformat(): frame})


def _welcomes(organisation: Organisation, found: LeaderRecords, today: date) -> bool:
    """Whether the contact is only being welcomed today, or letters reach mailboxes only since today: one thing at a time."""
    contact = organisation.holder(organisation.contact_email)
    return found.since == today or (contact is not None and today < met_before(organisation, contact))


def _stepped(organisation: Organisation, found: LeaderRecords, today: date) -> LeaderRecords:
    """With this month's step when its day has come."""
    frame, month, given = found.frame(), month_of(today), found.given()
    if frame is None or frame.sheet is None or month in given:
        return found
    day = step_day(organisation, month, frame.sheet)
    step = next_step(organisation.of(Steps).steps.values(), (one for one in given.values() if one.said))
    if day is None or day > today or step is None:
        return found
    one = Given(step=step.id, day=day, undecided=organisation.policy.open)
    return replace(found, steps={**found.steps, month: one})


def moment(organisation: Organisation, day: date) -> datetime:
    """When letters to the contact leave on a day."""
    return datetime.combine(day, organisation.of(Leaders).letter_at, organisation.tz)
