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
from mailer.letter import Facts
from service.ambassadors.corps_appointments import WORDS, appointment
from service.ambassadors.corps_facts import (
    AmbassadorFacts,
    AskedFacts,
    Cause,
    ChairFacts,
    CorpsMeetingFacts,
    DeclinedFacts,
    Leads,
    MeetingChange,
    MeetingWords,
    SponsorFacts,
    ThanksFacts,
    UncoveredFacts,
)
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
        "corps-sponsor": f"{today}",
        "corps-thanks": f"{today}",
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


def corps_shapes(person: Person, world: World) -> Sequence[Facts]:
    """What the same letters say at other times: nothing decided yet, nobody else there, and whatever a meeting may do."""
    if not world.organisation.of(Ambassadors).enabled:
        return ()
    starts = world.of(AmbassadorRecords).meetings[MEETING].starts
    meeting = MeetingWords(starts=starts, minutes=60)
    changes = [MeetingChange(change="update", meeting=meeting, before=before) for before in (None, starts - AHEAD)]
    changes += [MeetingChange(change="cancel", meeting=meeting, before=None, cause=cause) for cause in Cause]
    bare = AmbassadorFacts(
        departments=(),
        hours=None,
        sponsor="",
        sponsored=False,
        chair=person.name,
        until=world.today,
        meetings=(),
        booked=False,
        revisits=True,
    )
    return (
        *(CorpsMeetingFacts(changes=(one,), chair=person.name, regrets=person.name) for one in changes),
        CorpsMeetingFacts(changes=tuple(changes), chair="", regrets=""),
        bare,
        *(ChairFacts(meeting=None, deputy="", why=one) for one in Leads),
        ChairFacts(meeting=meeting, deputy=person.name, why=Leads.NAMED),
        SponsorFacts(members=0, chair="", hours=None, meeting=None),
        SponsorFacts(members=1, chair=person.name, hours=1, meeting=meeting),
        *(ThanksFacts(booked=booked) for booked in (True, False)),
        AskedFacts(name=person.name, first_name=person.name, department="", hours=None, id=person.id),
        DeclinedFacts(by=person.name),
        AskedFacts(name=person.name, first_name=person.name, department="", hours=1, id=person.id, silent=person.name),
        UncoveredFacts(departments=(person.name, person.name), hours=1, members=5),
        UncoveredFacts(departments=(person.name,) * 5, hours=None, members=0),
    )


def samples(world: World, person: Person) -> Samples:
    """Letters about the corps."""
    return Samples(
        records=(corps_records(world, person),),
        jobs=partial(corps_jobs, person),
        shapes=partial(corps_shapes, person),
        events=corps_events,
    )
