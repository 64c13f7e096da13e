"""What the letters about the corps say: facts from the world, no words."""

from collections.abc import Iterator
from itertools import islice

from calendars.difference import Change
from calendars.event import Slot
from culture.ambassadors import meetings as rules
from culture.ambassadors.corps import answers, corps, manager_of, sponsor, uncovered
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.ambassadors.settings import Ambassadors
from culture.keys import AboutPeriod, NoticeKey
from culture.names import first_name
from culture.outsiders import contact
from culture.people import Person
from culture.revisit.settings import RevisitList
from culture.world import World
from service.ambassadors.corps_appointments import owned
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
from service.planning.kind import Action

SHOWN_MEETINGS = 3
"""How many of the coming meetings somebody new is told of."""


def words_of(meeting: CorpsMeeting) -> MeetingWords:
    """A meeting as it is told."""
    return MeetingWords(starts=meeting.starts, minutes=meeting.minutes, place=meeting.place)


def ambassador_facts(world: World, action: Action, key: str) -> AmbassadorFacts:
    """What somebody gets who has become an ambassador."""
    organisation, found, reader = world.organisation, corps(world), action.person
    settings, member = organisation.of(Ambassadors), found.members.get(reader.id)
    backs = sponsor(world)
    served = member.departments if member else (reader.department,)
    return AmbassadorFacts(
        departments=tuple(organisation.departments[one].name for one in served if one in organisation.departments),
        hours=settings.hours,
        sponsor=backs.name if backs and backs.id != reader.id else "",
        sponsored=backs is not None,
        chair=chair_name(world, reader),
        until=member.until if member else None,
        meetings=tuple(words_of(one) for one in islice(_coming(world, reader), SHOWN_MEETINGS)),
        booked=owned(organisation),
        revisits=organisation.of(RevisitList).enabled,
    )


def _coming(world: World, reader: Person) -> Iterator[CorpsMeeting]:
    """The meetings to come to which the reader is invited."""
    for one in rules.meetings(world):
        if one.starts > world.now and reader.id in {guest.id for guest in rules.attendees(world, one)}:
            yield one


def chair_name(world: World, reader: Person) -> str:
    """Who leads the meetings, by name; empty where it is the reader."""
    chair = corps(world).chair
    if chair == reader.id:
        return ""
    person = world.organisation.people.get(chair)
    return person.name if person else contact(world).name


def chair_facts(world: World, action: Action, key: str) -> ChairFacts:
    """That somebody leads the meetings from now on."""
    meeting, people = rules.next_meeting(world), world.organisation.people
    deputy = people.get(rules.deputy(world, meeting)) if meeting else None
    return ChairFacts(
        meeting=words_of(meeting) if meeting else None,
        deputy=deputy.name if deputy else "",
        why=_leads(world, action.person),
    )


def _leads(world: World, reader: Person) -> Leads:
    """Why the reader leads the meetings."""
    named, members = (world.organisation.of(Ambassadors).chair or "").lower(), corps(world).members
    if named and named == reader.email:
        return Leads.NAMED
    others = [one.since for key, one in members.items() if key != reader.id]
    if not others:
        return Leads.ALONE
    return Leads.TOGETHER if reader.id in members and members[reader.id].since in others else Leads.LONGEST


def sponsor_facts(world: World, action: Action, key: str) -> SponsorFacts:
    """That somebody backs the corps from now on."""
    meeting, found = rules.next_meeting(world), corps(world)
    return SponsorFacts(
        members=len(found.members),
        chair=chair_name(world, action.person),
        hours=world.organisation.of(Ambassadors).hours,
        meeting=words_of(meeting) if meeting else None,
    )


def thanks_facts(world: World, action: Action, key: str) -> ThanksFacts:
    """That somebody is no ambassador any more."""
    return ThanksFacts(booked=owned(world.organisation))


def asked_facts(world: World, action: Action, key: str) -> AskedFacts:
    """That a colleague would like to be an ambassador."""
    person = world.organisation.people[AboutPeriod.from_text(NoticeKey.from_text(key).period).about]
    manager = answers(world, person)
    return AskedFacts(
        name=person.name,
        first_name=first_name(person.name),
        department=_department(world, person.department),
        hours=world.organisation.of(Ambassadors).hours,
        id=person.id,
        silent=manager.name if manager.id != action.person.id else "",
    )


def declined_facts(world: World, action: Action, key: str) -> DeclinedFacts:
    """That it does not fit now."""
    manager = manager_of(world.organisation, action.person.department, world.today)
    return DeclinedFacts(by=manager.name if manager and manager.id != action.person.id else "")


def uncovered_facts(world: World, action: Action, key: str) -> UncoveredFacts | None:
    """Which of the reader's departments have no ambassador: all in one piece, at the first of them."""
    keys = [one for one in action.keys if NoticeKey.from_text(one).kind == "corps-uncovered"]
    if keys[0] != key:
        return None
    without = set(uncovered(world))
    asked = [AboutPeriod.from_text(NoticeKey.from_text(one).period).about for one in keys]
    return UncoveredFacts(
        departments=tuple(_department(world, one) for one in asked if one in without or len(asked) == 1),
        hours=world.organisation.of(Ambassadors).hours,
        members=len(corps(world).members),
    )


def _department(world: World, key: str) -> str:
    found = world.organisation.departments.get(key)
    return found.name if found else key


# --- meetings in calendars


def meeting_facts(world: World, action: Action, key: str) -> CorpsMeetingFacts | None:
    """What becomes of the meetings in the reader's calendar, by when they are: all in one piece, at the first of them."""
    changes = [one for one in action.changes if isinstance(one.entry, Slot) and one.key in action.keys]
    ours = [one for one in changes if action.subjects.get(one.key, "") in world.of(AmbassadorRecords).meetings]
    if not ours or ours[0].key != key:
        return None
    found = sorted(_changes(world, action, ours), key=lambda one: one.meeting.starts)
    chair, first = chair_name(world, action.person), world.of(AmbassadorRecords).meetings[action.subjects[ours[0].key]]
    deputy = world.organisation.people.get(rules.deputy(world, first))
    regrets = chair or (deputy.name if deputy else "")
    return CorpsMeetingFacts(changes=tuple(found), chair=chair, regrets=regrets)


def _changes(world: World, action: Action, changes: list[Change]) -> Iterator[MeetingChange]:
    for change in changes:
        slot, stood = change.entry, change.stood
        assert isinstance(slot, Slot)
        meeting = world.of(AmbassadorRecords).meetings[action.subjects[change.key]]
        moved = isinstance(stood, Slot) and stood.starts != slot.starts
        yield MeetingChange(
            change=change.kind,
            meeting=MeetingWords(starts=slot.starts, minutes=slot.minutes, place=slot.place),
            before=stood.starts if moved and isinstance(stood, Slot) and change.kind == "update" else None,
            cause=_cause(world, action.person, meeting) if change.kind == "cancel" else None,
        )


def _cause(world: World, reader: Person, meeting: CorpsMeeting) -> Cause:
    """Why it goes from the reader's calendar; `reader` without an id: from everybody's."""
    if world.recalled:
        return Cause.STOPPED
    settings = world.organisation.of(Ambassadors)
    stands = settings.enabled and settings.meeting is not None and settings.meeting.owned
    if meeting.off or not reader.id or not stands:
        return Cause.OFF
    there = {one.id for one in rules.attendees(world, meeting)}
    return Cause.CALENDAR if reader.id in there else Cause.NOT_YOURS
