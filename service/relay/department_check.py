"""What `check` says of the departments' meetings and of those who see to the relay there."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from culture.meetings import days
from culture.organisation import Organisation
from culture.people import Person
from culture.relay import schedule as relay
from culture.relay.schedule import RelayRecords
from culture.workdays import Span
from culture.world import World
from service.messages.faults import Fault
from service.messages.translation import Sentence

COMING = timedelta(weeks=4)
"""So far ahead it is looked for whoever sees to the relay."""

LONG = timedelta(days=14)
"""An absence from which on somebody else is needed: in two weeks there is an overview, and somebody who asks."""

LOOKED_AT = timedelta(weeks=8)
"""Two meetings in so many weeks may be one; monthly ones show in it."""


def department_notes(made: Organisation, file: str, today: date) -> Iterator[Fault]:
    """Facilitators who are nobody, or not there; meetings that are one; days that are counted from the wrong one."""
    for key in relay.departments(made):
        address = made.departments[key].facilitator
        found = _facilitator(made, address, today) if address and made.people else None
        if found:
            yield Fault(file, f"[departments.{key}] facilitator", found)
    yield from (Fault(file, f"[departments.{key}.meeting] counted_from", said) for key, said in _counted(made))
    yield from (Fault(file, f"[departments.{key}.meeting]", said) for key, said in _same(made, today))


def _facilitator(made: Organisation, address: str, today: date) -> Sentence | None:
    person = made.holder(address)
    if person is None:
        text = '"{address}" is nobody who works here, so only the contact sees to the relay. Write the address of somebody who does, or leave the key out.'
        return Sentence(text, {"address": address})
    if not person.works_here(today):
        text = "{name} does not work here today, and sees to the relay by this. Write somebody else's address."
        return Sentence(text, {"name": person.name})
    if person.left and person.left <= today + COMING:
        text = "{name} sees to the relay here, and leaves on {day}. Write somebody else's address by then."
        return Sentence(text, {"name": person.name, "day": person.left})
    away = _away(made, person, today)
    if away is None:
        return None
    if away.last == date.max:
        text = (
            "{name} sees to the relay here, and is away from {first} for now. Write somebody else's address meanwhile."
        )
        return Sentence(text, {"name": person.name, "first": away.first})
    text = "{name} sees to the relay here, and is away from {first} to {last}. Write somebody else's address for that time."
    return Sentence(text, {"name": person.name, "first": away.first, "last": away.last})


def _away(made: Organisation, person: Person, today: date) -> Span | None:
    """The first long absence now or in the coming weeks."""
    spans = sorted(made.absences.get(person.id, ()), key=lambda one: one.first)
    return next((one for one in spans if one.last >= today and one.first <= today + COMING and _is_long(one)), None)


def _is_long(span: Span) -> bool:
    return span.last - span.first >= LONG - timedelta(days=1)


def _counted(made: Organisation) -> Iterator[tuple[str, Sentence]]:
    for key, plan in made.meeting_plans.items():
        rhythm = plan.rhythm
        if rhythm and rhythm.every in ("2 weeks", "4 weeks") and rhythm.counted_from.isoweekday() != rhythm.weekday:
            monday = rhythm.counted_from - timedelta(days=rhythm.counted_from.weekday())
            day = next(days(rhythm, monday, monday + timedelta(days=6)))
            text = (
                "{day} is another day of the week than weekday. The week counts: write {meant}, if that has a meeting."
            )
            yield key, Sentence(text, {"day": f"{rhythm.counted_from}", "meant": f"{day}"})


def _same(made: Organisation, today: date) -> Iterator[tuple[str, Sentence]]:
    """Departments that are in one room at one time: most likely one meeting, at which both would present."""
    coming = {
        key: {
            (one.starts, one.place.casefold())
            for one in relay.meetings(made, key, today, today + LOOKED_AT)
            if one.place
        }
        for key in relay.departments(made)
    }
    for one, other in combinations(coming, 2):
        if both := coming[one] & coming[other]:
            first = min(starts for starts, _ in both)
            text = 'is at the same time and place as that of [departments.{other}], on {day} for one. If it is one meeting, write meets_with = "{other}" in [departments.{key}], instead of a meeting and a facilitator.'
            yield other, Sentence(text, {"other": one, "key": other, "day": first.date()})


def remembered_notes(world: World, file: str) -> Iterator[Fault]:
    """What only the records know: who takes a break and sees to the relay, and turns in departments without one."""
    yield from _breaks(world, file)
    yield from _turns_without_relay(world, file)


def _breaks(world: World, file: str) -> Iterator[Fault]:
    """Who sees to the relay and takes a break now."""
    organisation = world.organisation
    for key in relay.departments(organisation):
        person = organisation.people.get(organisation.facilitators.get(key, ""))
        if person and person.pause_until and person.pause_until > world.today:
            text = "{name} sees to the relay here, and takes a break until {day}. Write somebody else's address for that time."
            sentence = Sentence(text, {"name": person.name, "day": person.pause_until})
            yield Fault(file, f"[departments.{key}] facilitator", sentence)


def _turns_without_relay(world: World, file: str) -> Iterator[Fault]:
    """Turns to come in departments that have no relay any more."""
    organisation = world.organisation
    for key, turns in world.of(RelayRecords).by_department().items():
        told = [one for one in turns if one.open]
        if told and not relay.runs(organisation, key):
            text = "there is no relay here any more, so {turns} fall away, and whoever was to present is told. Put the meeting back if that is not meant."
            if key not in organisation.departments:
                text = 'there is no such department any more, so {turns} fall away, and whoever was to present is told. If the department is called something else now, write formerly = ["{key}"] there.'
            yield Fault(
                file, f"[departments.{key}]", Sentence(text, {"turns": ", ".join(one.id for one in told), "key": key})
            )
