"""A turn of somebody's, for looking at the letters about turns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

from calendars.difference import slot_changes
from culture.keys import MeetingPeriod, TurnPeriod
from culture.meetings import Meeting
from culture.people import Person
from culture.relay import schedule as relay
from culture.relay.challenges import to_give
from culture.relay.deeds import Deed, Did
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.notices import OVERVIEW_AHEAD
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.world import World
from service.messages.translation import say
from service.planning.jobs import Job, slot_of
from service.planning.programme import EventWords
from service.planning.sample import DOMAIN, Samples, sample_job, sample_key
from service.relay.appointments import appointment
from service.relay.letters import turn_words

TURN, AGAIN, BEEN = "sample-1", "sample-2", "sample-3"

MEETING_AHEAD = timedelta(days=10)
"""When a sample turn is, where the department has no meeting to come."""


def samples(world: World, person: Person) -> Samples:
    """None where the person's department has no relay."""
    if not relay.runs(world.organisation, person.department):
        return Samples()
    return Samples(records=(_records(world, person),), jobs=partial(_jobs, person), events=partial(_events, person))


def _events(person: Person, world: World) -> Sequence[EventWords]:
    turns = (turn for turn in world.of(RelayRecords).turns.values() if turn.open)
    return [EventWords("slot", {"turn": turn_words(world, turn, person)}) for turn in turns]


def _jobs(person: Person, world: World) -> Mapping[str, Job]:
    turn = world.of(RelayRecords).turns.get(TURN)
    if turn is None:
        return {}
    kinds = ("assignment", "halfway", "eve", "learning")
    jobs = {
        kind: sample_job(world, person, kind, sample_key(kind, TurnPeriod(TURN).to_text(), person)) for kind in kinds
    }
    jobs["retry"] = sample_job(
        world, person, "assignment", sample_key("assignment", TurnPeriod(AGAIN).to_text(), person)
    )
    for number, kind in enumerate(("swap", "swap-declined", "unreached")):
        jobs[kind] = sample_job(world, person, kind, sample_key(kind, TurnPeriod(TURN, str(number)).to_text(), person))
    slot = slot_of(appointment(turn), DOMAIN)
    wanted = {(slot.uid, person.id): slot}
    change = next(iter(slot_changes(wanted, {}, {person.id: person.email}, world.now, {person.id: person.channel})))
    jobs["slot"] = replace(
        sample_job(world, person, "slot", change.key), changes=(change,), subjects={change.key: TURN}
    )
    meeting = _meeting(world, person)
    if meeting:
        period = MeetingPeriod(meeting.id, meeting.day)
        jobs["overview"] = sample_job(world, person, "overview", sample_key("overview", period.to_text(), person))
    return jobs


def _records(world: World, person: Person) -> RelayRecords:
    """A turn with a challenge, one that takes up again what did not work, one that has been; and what colleagues wrote."""
    organisation = world.organisation
    fitting = to_give(organisation, person.track)
    meeting = _meeting(world, person)
    starts = meeting.starts if meeting else datetime.combine(world.today + MEETING_AHEAD, time(9), organisation.tz)
    turn = Turn(
        id=TURN,
        department=organisation.called.table(person.department),
        number=1,
        kind="normal",
        person=person.id,
        presenter=person.id,
        announced=world.now,
        meeting=meeting.id if meeting else "",
        starts=starts,
        minutes=organisation.of(Relay).minutes,
        place=meeting.place if meeting else "",
        state="assigned",
        assigned=world.now,
        challenge=fitting[0].id if fitting else "",
        deeds=tuple(
            Deed(at=world.now, by=person.id, what=what, about=person.id)
            for what in (Did.SWAP_ASKED, Did.DECLINED, Did.NOT_REACHED)
        ),
    )
    earlier = Learning(
        id="earlier",
        department=person.department,
        person=person.id,
        challenge=turn.challenge,
        title=fitting[0].text(person.language).title if fitting else "",
        at=world.now,
        outcome=Outcome.NOT_YET,
        did_not=say(person.language, "Half of the sources it named did not exist."),
        hard=say(person.language, "To see which half."),
    )
    again = replace(turn, id=AGAIN, number=2, kind="retry", seat=1, earlier="earlier", meeting="")
    # What the weekly letter and the challenge tell of colleagues: an own template of theirs is to be tried as well.
    last_week = world.now - timedelta(days=7)
    been = replace(turn, id=BEEN, number=3, state="held", meeting="", starts=last_week.astimezone(organisation.tz))
    elsewhere = replace(earlier, id="elsewhere", department="", person="", at=last_week - timedelta(days=30))
    line = say(person.language, "It reads handwriting better than I do.")
    discovery = Discovery(id="discovery", at=last_week, text=line)
    return RelayRecords(
        turns={TURN: turn, AGAIN: again, BEEN: been},
        learnings={one.id: one for one in (earlier, elsewhere)},
        discoveries={discovery.id: discovery},
    )


def _meeting(world: World, person: Person) -> Meeting | None:
    """The department's next meeting that an overview looks ahead to."""
    if not relay.runs(world.organisation, person.department):
        return None
    coming = relay.meetings(world.organisation, person.department, world.today, world.today + OVERVIEW_AHEAD)
    return next((meeting for meeting in coming if meeting.starts > world.now), None)
