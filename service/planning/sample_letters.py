"""A letter of each kind as a person would get it now, for looking at and for trying the templates. None is planned."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from calendars.difference import changes, slot_changes
from calendars.event import block_uid
from calendars.series import series
from culture.keys import ItemPeriod, MeetingPeriod, NoticeKey, TurnPeriod
from culture.meetings import Meeting
from culture.people import Person
from culture.relay import schedule as relay
from culture.relay.challenges import Challenges
from culture.relay.learning import Learning
from culture.relay.notices import OVERVIEW_AHEAD
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import NOT_REACHED, Deed, Turn
from culture.revisit.rules import Judgement, Revisit, RevisitRecords
from culture.revisit.settings import RevisitList
from culture.vitamin import rules as vitamin
from culture.workdays import Week
from culture.world import World
from service.messages.translation import Sentence, say
from service.planning import held_letters
from service.planning.fuse import Held
from service.planning.jobs import Job, slot_of

TURN, AGAIN, ITEM, DOMAIN = "sample-1", "sample-2", "sample", "preview.invalid"

MEETING_AHEAD = timedelta(days=10)
"""When a sample turn is, where the department has no meeting to come."""


def samples(world: World, person: Person) -> tuple[World, dict[str, Job]]:
    """The world with a turn and a revisit item of the person's in it, and a job for each kind of letter."""
    made = _with_samples(world, person)
    jobs = {**_vitamin_jobs(made, person), **_relay_jobs(made, person)}
    if made.organisation.of(RevisitList).enabled:
        jobs["revisit"] = _job(made, person, "revisit", _key("revisit", ItemPeriod(ITEM, made.today), person))
    jobs["held"] = held_letters.letter(made, person, _held(made))
    return made, jobs


def _held(world: World) -> tuple[Held, ...]:
    first = Sentence("the first of this kind by {transport}", {"transport": "smtp"})
    tips = Held(
        kind="tip",
        reason=first,
        keys=("tip/sample/1", "tip/sample/2"),
        since=world.now,
        too_late=world.now + vitamin.TIP_LATENESS,
        said=True,
    )
    lost = {"lost": 12, "there": 40, "percent": 10}
    people = Sentence("the people file lost {lost} of {there} people, more than {percent} %", lost)
    return tips, Held(kind="people", reason=people, keys=("leave/sample",), since=world.now)


def _key(kind: str, period: TurnPeriod | MeetingPeriod | ItemPeriod, person: Person) -> str:
    return NoticeKey(kind, period.to_text(), person.id).to_text()


def _vitamin_jobs(world: World, person: Person) -> dict[str, Job]:
    today = world.organisation.today(person, world.now)
    coming = vitamin.pill_days(world, person, today, today + timedelta(days=60))
    keys: dict[str, tuple[str, ...]] = {
        "welcome": (NoticeKey("welcome", "first", person.id).to_text(),),
        "link": (NoticeKey("link", str(today), person.id).to_text(),),
    }
    if coming:
        tip = vitamin.tip_key(Week.of(coming[0]), person)
        keys |= {"welcome": (*keys["welcome"], tip), "tip": (tip,)}
    jobs = {kind: _job(world, person, kind, *key) for kind, key in keys.items()}
    block = vitamin.block(world, person)
    found = series(block, None, today, block_uid(person.id, DOMAIN)) if block else None
    if found:
        change = next(iter(changes({person.id: found}, {}, {person.id: person.email}, world.now, {})))
        jobs["invite"] = replace(_job(world, person, "invite", change.key), changes=(change,))
    return jobs


def _relay_jobs(world: World, person: Person) -> dict[str, Job]:
    turn = world.of(RelayRecords).turns.get(TURN)
    if turn is None or turn.starts is None:
        return {}
    kinds = ("assignment", "halfway", "eve", "learning", "learning-again")
    jobs = {kind: _job(world, person, kind, _key(kind, TurnPeriod(TURN), person)) for kind in kinds}
    jobs["retry"] = _job(world, person, "assignment", _key("assignment", TurnPeriod(AGAIN), person))
    for number, kind in enumerate(("swap", "swap-declined", "unreached")):
        jobs[kind] = _job(world, person, kind, _key(kind, TurnPeriod(TURN, str(number)), person))
    slot = slot_of(turn, DOMAIN)
    wanted = {(slot.uid, person.id): slot}
    change = next(iter(slot_changes(wanted, {}, {person.id: person.email}, world.now, {person.id: person.channel})))
    jobs["slot"] = replace(_job(world, person, "slot", change.key), changes=(change,), turns={change.key: TURN})
    meeting = _meeting(world, person)
    if meeting:
        period = MeetingPeriod(meeting.id, meeting.day)
        jobs["overview"] = _job(world, person, "overview", _key("overview", period, person))
    return jobs


def _with_samples(world: World, person: Person) -> World:
    organisation = world.organisation
    if person.department not in set(relay.departments(organisation)):
        return world.having(RevisitRecords({ITEM: _item(world, person)}))
    fitting = organisation.of(Challenges).fitting(organisation.sector, person.track)
    meeting = _meeting(world, person)
    starts = meeting.starts if meeting else datetime.combine(world.today + MEETING_AHEAD, time(9), organisation.tz)
    turn = Turn(
        id=TURN,
        department=person.department,
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
            for what in ("asked to swap", "declined", NOT_REACHED)
        ),
    )
    earlier = Learning(
        id="earlier",
        department=person.department,
        person=person.id,
        challenge=turn.challenge,
        title=fitting[0].text(person.language).title if fitting else "",
        at=world.now,
        outcome="not yet",
        did_not=say(person.language, "Half of the sources it named did not exist."),
        hard=say(person.language, "To see which half."),
    )
    again = replace(turn, id=AGAIN, number=2, kind="retry", seat=1, earlier="earlier", meeting="")
    records = relay.RelayRecords(turns={TURN: turn, AGAIN: again}, learnings={"earlier": earlier})
    return world.having(records, RevisitRecords({ITEM: _item(world, person)}))


def _meeting(world: World, person: Person) -> Meeting | None:
    """The department's next meeting that an overview looks ahead to."""
    if person.department not in world.organisation.meeting_plans:
        return None
    coming = relay.meetings(world.organisation, person.department, world.today, world.today + OVERVIEW_AHEAD)
    return next((meeting for meeting in coming if meeting.starts > world.now), None)


def _item(world: World, person: Person) -> Revisit:
    language, contact = person.language, world.organisation.contact_name
    earlier = Judgement(
        day=world.today,
        by=contact,
        verdict="still not",
        reason=say(language, "The agreement on the data is missing."),
    )
    return Revisit(
        id=ITEM,
        name=say(language, "automatic minutes of meetings"),
        what="tool",
        rejected_by=contact,
        rejected_on=world.today,
        reason=say(language, "Recordings were kept outside the EU."),
        would_change=say(language, "The data stay in the EU, and everybody in the meeting says yes."),
        months=world.organisation.of(RevisitList).months,
        owner=person.id,
        next_on=world.today,
        judgements=(earlier,),
    )


def _job(world: World, person: Person, kind: str, *keys: str) -> Job:
    return Job(person=person, kinds=(kind,), keys=keys, due=world.now, too_late=None, at_once=True, capped=False)
