"""What is allowed in the relay's settings but cannot work, or was probably not meant."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from culture.meetings import Meeting, unmet
from culture.organisation import Organisation
from culture.relay import schedule as relay
from culture.relay.challenges import Challenges, to_give
from culture.relay.hindered import away
from culture.relay.season import FIRST_WEEKS
from culture.relay.seats import capacity
from culture.relay.settings import Relay
from culture.vitamin.catalogue import GENERAL
from culture.vitamin.settings import Vitamin
from culture.world import World
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.relay.department_check import department_notes, remembered_notes
from service.settings.check_row import CheckRow
from service.settings.entries import in_one_language
from service.settings.inputs import Inputs

LOOKED_AT = timedelta(weeks=26)
"""Half a year of meetings: long enough for monthly ones, holidays and a summer."""


def relay_warnings(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """A sentence for each department whose relay cannot run as it is written, and of a beginning that is too soon."""
    yield from _too_soon(made, file)
    for department in relay.departments(made):
        place = f"[departments.{department}.meeting]"
        plan = made.meeting_plans[department]
        for change in unmet(plan.amendments, plan.rhythm) if plan.rhythm else ():
            text = "changes names {day}, but there is no meeting on that day. Write the day the rhythm gives."
            yield Fault(file, f"{place} changes", Sentence(text, {"day": f"{change.on}"}))
        coming = relay.meetings(made, department, today, today + LOOKED_AT)
        if not coming:
            text = "there is no meeting in the coming half year, so nobody gets a turn."
            yield Fault(file, place, Sentence(text))
        else:
            yield from _of_meetings(made, department, coming, file)


def _too_soon(made: Organisation, file: str) -> Iterator[Fault]:
    """The administrator's word counts, but few mean that colleagues present before they have had time to try."""
    pill, first = made.of(Vitamin), made.of(Relay).starts
    if made.of(Relay).enabled and pill.enabled and first and pill.starts and first - pill.starts < FIRST_WEEKS:
        text = (
            "on {first} the daily ten minutes are not four weeks old. Write {later} or a later day, "
            "so that people have tried for themselves before they present."
        )
        later = min(pill.starts, date.max - FIRST_WEEKS) + FIRST_WEEKS
        yield Fault(file, "[relay] starts", Sentence(text, {"first": first, "later": later}))


def _of_meetings(made: Organisation, department: str, coming: tuple[Meeting, ...], file: str) -> Iterator[Fault]:
    settings, place = made.of(Relay), f"[departments.{department}.meeting]"
    room = max(capacity(settings, meeting) for meeting in coming)
    if room == 0:
        text = (
            "a turn of {minutes} minutes does not fit into the meeting or into most_minutes. Make one of them longer."
        )
        yield Fault(file, place, Sentence(text, {"minutes": settings.minutes}))
        return
    if short := _too_few_to_present(made, department, coming):
        yield Fault(file, place, short)
    asked = [_asked(made, meeting, before) for before, meeting in pairwise(coming)]
    if asked and 2 * sum(count > room for count in asked) > len(asked):
        text = (
            "the pace asks for {asked} turns a meeting, and {room} fit. The rest wait. Write a longer most_minutes, "
            'fewer presenters, or pace = "meeting".'
        )
        yield Fault(file, "[relay] pace", Sentence(text, {"asked": sorted(asked)[len(asked) // 2], "room": room}))


def _too_few_to_present(made: Organisation, department: str, coming: tuple[Meeting, ...]) -> Sentence | None:
    """That fewer people are there on the days of the meetings than should present; None where there are enough."""
    presenters = made.of(Relay).presenters
    there = [one for one in made.people.values() if made.called.table(one.department) == department]
    if not there:
        return None  # that is said of the department itself
    able = sum(any(not away(made, one, meeting.day) for meeting in coming) for one in there)
    if able == 0:
        return Sentence("nobody of the department is at work on the days of its meetings, so nobody gets a turn.")
    if able < presenters:
        text = "[relay] presenters is {presenters}, but only {able} can present here. There will be one turn at a time."
        return Sentence(text, {"presenters": presenters, "able": able})
    return None


def _asked(made: Organisation, meeting: Meeting, before: Meeting) -> int:
    """The turns a meeting should have by the pace, whether they fit or not."""
    weeks = 1 if made.of(Relay).pace == "meeting" else max(1, round((meeting.day - before.day).days / 7))
    return made.of(Relay).presenters * weeks


def _notes(inputs: Inputs, world: World) -> Iterator[Fault]:
    made, own = world.organisation, inputs.config.of(Relay).own_challenges
    yield from department_notes(made, inputs.source.path.name, world.today)
    yield from in_one_language(own, made.of(Challenges).challenges.values(), made.people.values())


def _counts(made: Organisation) -> Iterator[Sentence]:
    yield Sentence("{count} challenges", {"count": len(made.of(Challenges).challenges)})


def _tells(made: Organisation, today: date) -> Iterator[Sentence]:
    """What the policy leaves of the challenges."""
    if made.of(Relay).enabled:
        yield Sentence("Challenges left for everybody by [policy]: {count}.", {"count": len(to_give(made, GENERAL))})


CHECK = CheckRow(warnings=relay_warnings, notes=_notes, remembered=remembered_notes, counts=_counts, tells=_tells)
