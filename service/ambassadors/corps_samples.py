"""A place in the corps and a meeting of it, for looking at their letters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

from calendars.difference import slot_changes
from calendars.event import slot_uid
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting, Place
from culture.ambassadors.settings import Ambassadors
from culture.keys import AboutPeriod, without_domain
from culture.people import Person
from culture.world import World
from service.ambassadors.corps_appointments import WORDS, appointment
from service.planning.jobs import Job, slot_of
from service.planning.programme import EventWords
from service.planning.sample import DOMAIN, Samples, sample_job, sample_key

MEETING = "corps/sample"
AHEAD = timedelta(days=28)


def corps_records(world: World, person: Person) -> AmbassadorRecords:
    """The person is an ambassador since today, and a meeting comes in four weeks."""
    known = world.of(AmbassadorRecords)
    settings = world.organisation.of(Ambassadors).meeting
    starts = datetime.combine(world.today + AHEAD, settings.time if settings else time(13), world.organisation.tz)
    meeting = CorpsMeeting(
        id=MEETING,
        starts=starts,
        minutes=settings.minutes if settings else 90,
        place=settings.place if settings else "",
    )
    place = Place(since=world.today, met=world.today, confirmed_on=world.today)
    return replace(known, places={**known.places, person.id: place}, meetings={**known.meetings, meeting.id: meeting})


def corps_jobs(person: Person, world: World) -> Mapping[str, Job]:
    """A letter of each kind about the corps."""
    if not world.organisation.of(Ambassadors).enabled:
        return {}
    today = world.today
    periods = {
        "ambassador": f"{today}",
        "corps-chair": f"{today}",
        "corps-asked": AboutPeriod(person.id, today).to_text(),
        "corps-declined": f"{today}",
        "corps-uncovered": AboutPeriod(next(iter(world.organisation.departments)), today).to_text(),
    }
    jobs = {kind: sample_job(world, person, kind, sample_key(kind, period, person)) for kind, period in periods.items()}
    return jobs | {"corps-meeting": _meeting_job(person, world)}


def _meeting_job(person: Person, world: World) -> Job:
    slot = slot_of(appointment(world.of(AmbassadorRecords).meetings[MEETING]), DOMAIN)
    (change,) = slot_changes(
        {(slot.uid, person.id): slot},
        {},
        {person.id: person.email},
        world.now,
        {},
        kind_of=lambda _: "corps-meeting",
        mailed={without_domain(slot_uid(MEETING, DOMAIN))},
    )
    job = sample_job(world, person, "corps-meeting", change.key)
    return replace(job, changes=(change,), subjects={change.key: MEETING})


def corps_events(world: World) -> Sequence[EventWords]:
    """What stands in calendars."""
    return (WORDS,) if world.organisation.of(Ambassadors).enabled else ()


def samples(world: World, person: Person) -> Samples:
    """Letters about the corps."""
    return Samples(records=(corps_records(world, person),), jobs=partial(corps_jobs, person), events=corps_events)
