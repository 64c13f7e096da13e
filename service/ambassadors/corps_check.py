"""What is allowed in the section [ambassadors] but was probably not meant, or asks to be seen to."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from culture.ambassadors import corps as rules
from culture.ambassadors import meetings
from culture.ambassadors.corps import corps
from culture.ambassadors.settings import Ambassadors
from culture.meetings import unmet
from culture.organisation import Organisation
from culture.roles import is_ambassador
from culture.world import World
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.check_row import CheckRow
from service.settings.inputs import Inputs

PLACE = "[ambassadors]"


def _warnings(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """What the config says that cannot be as it is written."""
    settings = made.of(Ambassadors)
    if not settings.enabled:
        return
    named = _named(made, settings, today) if made.people else ()  # a people file that cannot be read is told elsewhere
    found = [*named, *_of_departments(made, settings), *_of_meetings(settings)]
    yield from (Fault(file, f"{PLACE} {key}".strip(), sentence) for key, sentence in found)


def _named(made: Organisation, settings: Ambassadors, today: date) -> Iterator[tuple[str, Sentence]]:
    chair = made.holder(settings.chair) if settings.chair else None
    if settings.chair and (chair is None or not chair.works_here(today)):
        text = "{email} does not work here, so whoever has served longest leads the meetings. Write another address, or leave chair out."
        yield "chair", Sentence(text, {"email": settings.chair})
    elif chair and (terms := settings.terms(chair.email)) and not any(term.serves(today) for term in terms):
        text = "{email} is no ambassador today by the term in people, so whoever has served longest leads the meetings. Write another address, or another term."
        yield "chair", Sentence(text, {"email": settings.chair})
    sponsor = made.holder(settings.sponsor_email) if settings.sponsor_email else None
    if sponsor and not sponsor.works_here(today):
        text = "{email} does not work here any more, so the contact is asked instead. Write who backs the corps now."
        yield "sponsor_email", Sentence(text, {"email": settings.sponsor_email})
    for one in settings.people:
        if made.holder(one.email) is None:
            text = "{email} is nobody who works here. Write the address of somebody who does, or take the entry out."
            yield "people", Sentence(text, {"email": one.email})


def _of_departments(made: Organisation, settings: Ambassadors) -> Iterator[tuple[str, Sentence]]:
    for one in settings.people:
        for key in one.covers:
            if key not in made.departments:
                text = '{email} covers "{key}", and there is no [departments.{key}]. Write the key of a department, or take it out.'
                yield "people", Sentence(text, {"email": one.email, "key": key})


def _of_meetings(settings: Ambassadors) -> Iterator[tuple[str, Sentence]]:
    if settings.meeting is None:
        text = "there is no [ambassadors.meeting], so the corps never meets. Write at least weekday and time."
        yield "", Sentence(text)
        return
    for change in unmet(settings.meeting.changes, settings.meeting.rhythm):
        text = "changes names {day}, but there is no meeting on that day. Write the day the rhythm gives."
        yield "meeting", Sentence(text, {"day": f"{change.on}"})


def _notes(inputs: Inputs, world: World) -> Iterable[Fault]:
    """What `check` says besides: what the corps lacks."""
    file = inputs.source.path.name
    settings = world.organisation.of(Ambassadors)
    if not settings.enabled or not world.organisation.people:  # a people file that cannot be read is told elsewhere
        return
    for key, sentence in _lacking(world, settings):
        yield Fault(file, f"{PLACE} {key}".strip(), sentence)


def _lacking(world: World, settings: Ambassadors) -> Iterator[tuple[str, Sentence]]:
    found, departments = corps(world), world.organisation.departments
    if not settings.sponsor_email:
        text = "nobody in management backs the corps. Write sponsor_name and sponsor_email: without a sponsor it soon stands still."
        yield "sponsor_email", Sentence(text)
    if settings.hours is None:
        text = "no hours are set aside, so it is unpaid extra work. Write hours, for example 6."
        yield "hours", Sentence(text)
    if not found.members:
        text = "there are no ambassadors. Give somebody the role, or write people here."
        yield "", Sentence(text)
    elif len(found.members) == 1:
        text = "there is one ambassador, so nobody can take over from the chair. Ask for another."
        yield "", Sentence(text)
    without = [departments[key].name for key in rules.uncovered(world)]
    if without:
        text = "{count} departments have no ambassador: {names}. Their managers are asked once a quarter."
        yield "", Sentence(text, {"count": len(without), "names": ", ".join(without)})
    for member in rules.ending(world):
        text = "the term of {name} ends on {day}. Write a later day in to, or find another."
        name = world.organisation.people[member.person_id].name
        yield "people", Sentence(text, {"name": name, "day": member.until})


def _counts(made: Organisation) -> Iterator[Sentence]:
    if made.of(Ambassadors).enabled:
        named = sum(is_ambassador(one) for one in made.people.values())
        yield Sentence("{count} people with the role of an ambassador", {"count": named})


def _tells(made: Organisation, today: date) -> Iterator[Sentence]:
    """When the corps meets next."""
    world = World(made, datetime.combine(today, time(0), made.tz))
    meeting = meetings.next_meeting(world)
    if meeting:
        yield Sentence("The ambassadors meet next on {day}.", {"day": meeting.day})


CHECK = CheckRow(warnings=_warnings, notes=_notes, counts=_counts, tells=_tells)
