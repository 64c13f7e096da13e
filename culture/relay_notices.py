"""What the relay says, to whom and when; and the slots that should stand in calendars. Pure.

All of a turn's letters leave at `relay.letter_at` of a working day, except a question to swap: somebody waits for it.
What is told of a turn waits until nobody has acted on it for a while (`culture.turn_news`). Who has left is not written to.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from culture.keys import MeetingPeriod, TurnPeriod
from culture.notice import Notice
from culture.organisation import Organisation
from culture.people import Person
from culture.relay import Records, departments, meetings
from culture.relay_days import is_working_day, next_working_day, working_day_before
from culture.trouble import RAISED, Troubles
from culture.turn_news import leaves_before, unsettled
from culture.turns import Turn

HALFWAY_FROM = 4
"""Working days between assignment and meeting from which a reminder in the middle is a help and not a nag."""

LEARNING_LATENESS = timedelta(days=14)
AGAIN_AFTER = timedelta(days=7)
"""One friendly repeat a week later; then nobody is asked again."""

OVERVIEW_AHEAD = timedelta(days=14)
"""How far ahead meetings are looked through for the overview: more than any row of closed days."""

COUNTED = timedelta(days=7)
"""How long what came too late is still counted and shown. Then nothing looks back on it any more."""

SWAP_LATENESS = timedelta(days=7)


def due(organisation: Organisation, records: Records, now: datetime, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """What should have been said by now about turns, the late ones among it."""
    if not organisation.relay.enabled:
        return
    busy, today = unsettled(records.turns, now, troubles), now.astimezone(organisation.tz).date()
    near = next_working_day(organisation, today) or today  # news about it cannot wait
    for turn in records.turns.values():
        with troubles.of(turn.presenter, "letters"):
            told = turn.id not in busy or (turn.starts is not None and turn.starts.date() <= near)
            for notice in (
                *(_before(organisation, turn) if told else ()),
                *_after(organisation, records, turn),
                *_swaps(turn),
            ):
                if notice.due <= now < notice.too_late + COUNTED and _is_here(organisation, notice.person_id, now):
                    yield notice
    yield from _overviews(organisation, records, now, troubles)


def _is_here(organisation: Organisation, person_id: str, now: datetime) -> bool:
    person = organisation.people.get(person_id)
    return person is not None and not leaves_before(person, organisation.today(person, now))


def slots(
    organisation: Organisation, records: Records, now: datetime, troubles: Troubles = RAISED
) -> Iterator[tuple[Turn, Person]]:
    """The turns that should stand in calendars, and in whose: the presenter's and the facilitator's."""
    if not organisation.relay.enabled:
        return
    people = organisation.people
    for turn in records.turns.values():
        readers = {turn.presenter, organisation.facilitators.get(turn.department, "")} & people.keys()
        with troubles.of(readers, "calendar"):
            if turn.open and turn.starts and turn.starts + timedelta(minutes=turn.minutes) > now:
                yield from ((turn, people[one]) for one in sorted(readers) if _is_here(organisation, one, now))


def slot_ends(turn: Turn) -> Iterator[datetime]:
    """When the slot of an open turn ends: all else of the relay happens at midnight or at the letters' hour."""
    if turn.open and turn.starts:
        yield turn.starts + timedelta(minutes=turn.minutes)


def _before(organisation: Organisation, turn: Turn) -> Iterator[Notice]:
    """The assignment, the reminder half-way, and the day before."""
    if turn.state != "assigned" or turn.starts is None or turn.assigned is None:
        return
    given, day = turn.assigned.astimezone(organisation.tz).date(), turn.starts.date()
    yield _notice(organisation, turn, "assignment", TurnPeriod(turn.id), given, turn.starts)
    between = [d for d in _days(given, day) if is_working_day(organisation, d)]
    if len(between) >= HALFWAY_FROM:
        yield _notice(organisation, turn, "halfway", TurnPeriod(turn.id), between[len(between) // 2], turn.starts)
    # Said again for another day, when the meeting has moved; but not to who hears of the turn only then.
    if between and _settled_on(organisation, turn) < between[-1]:
        yield _notice(organisation, turn, "eve", TurnPeriod(turn.id, str(day)), between[-1], turn.starts)


def _settled_on(organisation: Organisation, turn: Turn) -> date:
    """The day since which the turn is when it is and its presenter's: they have had a letter about that."""
    told = ("moved", "volunteered", "swapped", "back")
    found = (
        one.at for one in turn.deeds if one.what in told or (one.what == "undone" and one.about != "asked to swap")
    )
    return max((at.astimezone(organisation.tz).date() for at in found), default=date.min)


def _after(organisation: Organisation, records: Records, turn: Turn) -> Iterator[Notice]:
    """The request for the learning, and its one repeat."""
    if turn.state != "held" or turn.starts is None or turn.id in records.learnings:
        return
    first = next_working_day(organisation, turn.starts.date())
    again = next_working_day(organisation, first + AGAIN_AFTER - timedelta(days=1)) if first else None
    for kind, day in (("learning", first), ("learning-again", again)):
        if day is None:
            return
        late = datetime.combine(day, organisation.relay.letter_at, organisation.tz) + LEARNING_LATENESS
        yield _notice(organisation, turn, kind, TurnPeriod(turn.id), day, late)


def _swaps(turn: Turn) -> Iterator[Notice]:
    """The question to the colleague, and the answer when it is no: a yes is told by the calendars of both."""
    for number, deed in enumerate(turn.deeds):
        if deed.what == "asked to swap" and turn.offered == deed.about and turn.open:
            yield _at_once("swap", TurnPeriod(turn.id, str(number)), deed.about, deed.at)
        elif deed.what == "declined" and turn.open:
            yield _at_once("swap-declined", TurnPeriod(turn.id, str(number)), turn.presenter, deed.at)


def _at_once(kind: str, period: TurnPeriod, person_id: str, moment: datetime) -> Notice:
    return Notice(
        kind=kind,
        period=period.to_text(),
        person_id=person_id,
        due=moment,
        too_late=moment + SWAP_LATENESS,
        capped=False,
    )


def _overviews(
    organisation: Organisation, records: Records, now: datetime, troubles: Troubles = RAISED
) -> Iterator[Notice]:
    """To the facilitator, on the last working day before a meeting with turns."""
    today = now.astimezone(organisation.tz).date()
    held = defaultdict[str, set[str]](set)
    for turn in records.turns.values():
        if turn.open:
            held[turn.department].add(turn.meeting)
    for department in departments(organisation):
        facilitator, seated = organisation.facilitators.get(department), held[department]
        if not facilitator or not _is_here(organisation, facilitator, now):
            continue
        with troubles.of(department, "letters"):
            for meeting in meetings(organisation, department, today, today + OVERVIEW_AHEAD) if seated else ():
                day = working_day_before(organisation, meeting.day)
                if day is None:
                    continue
                moment = datetime.combine(day, organisation.relay.letter_at, organisation.tz)
                if meeting.id in seated and moment <= now < meeting.starts:
                    yield Notice(
                        kind="overview",
                        period=MeetingPeriod(meeting.id, meeting.day).to_text(),
                        person_id=facilitator,
                        due=moment,
                        too_late=meeting.starts,
                    )


def _notice(
    organisation: Organisation, turn: Turn, kind: str, period: TurnPeriod, day: date, too_late: datetime
) -> Notice:
    return Notice(
        kind=kind,
        period=period.to_text(),
        person_id=turn.presenter,
        due=datetime.combine(day, organisation.relay.letter_at, organisation.tz),
        too_late=too_late,
        capped=False,
    )


def _days(first: date, last: date) -> Iterator[date]:
    """The days after `first` and before `last`."""
    return (first + timedelta(days=n) for n in range(1, (last - first).days))
