"""What the relay says, to whom and when; and the slots that should stand in calendars. Pure.

A turn's letters leave at `relay.letter_at` of a working day, except a question to swap, for which somebody waits, and the
one about what was learned, which comes when the slot ends.
What is told of a turn waits until nobody has acted on it for a while (`culture.relay.news`). Who has left is not
written to.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from culture.keys import MeetingPeriod, TurnPeriod
from culture.meetings import Meeting
from culture.notice import Notice
from culture.organisation import Organisation
from culture.people import Person, leaves_before
from culture.relay.deeds import Deed, Did, Waiting
from culture.relay.news import regretted, unsettled
from culture.relay.schedule import RelayRecords, departments, meetings
from culture.relay.settings import Relay
from culture.relay.swaps import lapses, question, reaches
from culture.relay.told import challenge_period, handed_over
from culture.relay.turns import Turn
from culture.trouble import RAISED, Troubles
from culture.workdays import Week
from culture.working_days import is_working_day, next_working_day, working_day_before

HALFWAY_FROM = 10
"""Working days from the challenge to the meeting, its own day among them, from which the one reminder comes in the middle
and not the day before: then it is never of the meeting's own week."""

LEARNING_LATENESS = timedelta(days=14)

OVERVIEW_AHEAD = timedelta(days=14)
"""How far ahead meetings are looked through for the overview: more than any row of closed days."""

COUNTED = timedelta(days=7)
"""How long what came too late is still counted and shown. Then nothing looks back on it any more."""

SWAP_LATENESS = timedelta(days=7)


def due(
    organisation: Organisation, records: RelayRecords, now: datetime, troubles: Troubles = RAISED
) -> Iterator[Notice]:
    """What should have been said by now about turns, the late ones among it."""
    if not organisation.of(Relay).enabled:
        return
    busy, today = unsettled(records.turns, now, troubles), now.astimezone(organisation.tz).date()
    near = next_working_day(organisation, today) or today  # news about it cannot wait
    for turn in records.turns.values():
        with troubles.of(turn.presenter, "letters"):
            told = turn.id not in busy or (turn.starts is not None and turn.starts.date() <= near)
            for notice in (
                *(_before(organisation, turn, now) if told else ()),
                *_after(organisation, records, turn),
                *_swaps(organisation, turn, now),
                *_at_once_due(organisation, records, turn),
            ):
                if notice.due <= now < notice.too_late + COUNTED and _is_here(organisation, notice.person_id, now):
                    yield notice
    yield from _overviews(organisation, records, now, troubles)


def _is_here(organisation: Organisation, person_id: str, now: datetime) -> bool:
    person = organisation.people.get(person_id)
    return person is not None and not leaves_before(person, organisation.today(person, now))


def slots(
    organisation: Organisation, records: RelayRecords, now: datetime, troubles: Troubles = RAISED
) -> Iterator[tuple[Turn, tuple[Person, ...]]]:
    """The turns that should stand in calendars, and in whose: the presenter's and the facilitator's."""
    if not organisation.of(Relay).enabled:
        return
    people = organisation.people
    for turn in records.turns.values():
        readers = {turn.presenter, organisation.facilitators.get(turn.department, "")} & people.keys()
        with troubles.of(readers, "calendar"):
            if turn.open and turn.ends and turn.ends > now:
                here = tuple(people[one] for one in sorted(readers) if _is_here(organisation, one, now))
                yield turn, here


def slot_moments(turn: Turn) -> Iterator[datetime]:
    """When the slot of an open turn begins, and a turn that nobody was told of goes on, and when it ends: all else of the
    relay happens at midnight or at the letters' hour."""
    if turn.open and turn.starts and turn.ends:
        yield from (turn.starts, turn.ends)


def _before(organisation: Organisation, turn: Turn, now: datetime) -> Iterator[Notice]:
    """The assignment and the one reminder: of the meeting to come, and of one that has been."""
    yield from _not_told(organisation, turn, now)
    if turn.state in ("assigned", "held") and turn.assigned and turn.starts and now < turn.starts + COUNTED:
        yield from _ahead(organisation, turn, challenge_period(turn), turn.assigned, turn.starts)


def _not_told(organisation: Organisation, turn: Turn, now: datetime) -> Iterator[Notice]:
    """What was not sent of a meeting that has been. It is counted, also when the turn has gone on to another meeting
    because of it."""
    given: datetime | None = None
    for number, deed in enumerate(turn.deeds):
        given = deed.at if deed.what is Did.ASSIGNED else given
        if deed.why is Waiting.NOT_TOLD and deed.was and given and now < deed.was + COUNTED:
            yield from _ahead(organisation, turn, challenge_period(turn, number), given, deed.was)


def _ahead(
    organisation: Organisation, turn: Turn, period: TurnPeriod, assigned: datetime, starts: datetime
) -> Iterator[Notice]:
    """What is said between a challenge and its meeting: with what is asked after it never more than two letters in the
    meeting's week."""
    given, day = assigned.astimezone(organisation.tz).date(), starts.date()
    yield _notice(organisation, turn, "assignment", period, given, starts)
    if lost := _lost_before(turn, starts):  # what was said before was about another meeting
        given, period = max(given, lost.at.astimezone(organisation.tz).date()), TurnPeriod(turn.id, str(day))
    if handed_over(organisation, turn):
        return  # whoever gets no mail is told the rest by word of mouth: it stands in the overview
    between = [d for d in _days(given, day) if is_working_day(organisation, d)]
    if len(between) + 1 >= HALFWAY_FROM:
        yield _notice(organisation, turn, "halfway", period, between[len(between) // 2], starts)
    # Said again for another day, when the meeting has moved; but not to who hears of the turn in that very week.
    elif between and Week.of(max(given, _settled_on(organisation, turn, starts))) != Week.of(day):
        yield _notice(organisation, turn, "eve", TurnPeriod(turn.id, str(day)), between[-1], starts)


def _lost_before(turn: Turn, starts: datetime) -> Deed | None:
    """The last deed by which the turn lost a meeting before the one that starts then."""
    return next((deed for deed in reversed(turn.deeds) if deed.was and deed.was < starts), None)


def _settled_on(organisation: Organisation, turn: Turn, starts: datetime) -> date:
    """The day since which the turn `starts` when it does and is its presenter's: they have had a letter about that."""
    told = (Did.MOVED, Did.VOLUNTEERED, Did.SWAPPED, Did.BACK)
    found = (
        one.at
        for one in turn.deeds
        if one.at < starts and (one.what in told or (one.what is Did.UNDONE and one.undid is not Did.SWAP_ASKED))
    )
    return max((at.astimezone(organisation.tz).date() for at in found), default=date.min)


def _after(organisation: Organisation, records: RelayRecords, turn: Turn) -> Iterator[Notice]:
    """The request for the learning, while the meeting is still in mind."""
    if handed_over(organisation, turn):
        return
    if turn.state == "held" and turn.ends and turn.id not in records.learnings and not turn.closed:
        again = turn.starts and _lost_before(
            turn, turn.starts
        )  # it may have been asked when the turn had not been held
        yield Notice(
            kind="learning",
            period=TurnPeriod(turn.id, str(turn.starts.date()) if turn.starts and again else "").to_text(),
            person_id=turn.presenter,
            due=turn.ends,
            too_late=turn.ends + LEARNING_LATENESS,
        )


def _swaps(organisation: Organisation, turn: Turn, now: datetime) -> Iterator[Notice]:
    """The question to the colleague, and what the asker hears when there is no answer."""
    number, end = question(turn), lapses(organisation, turn)
    if number is not None and end is not None and turn.starts is not None:
        colleague, period = organisation.people.get(turn.offered), TurnPeriod(turn.id, str(number))
        if colleague and reaches(organisation, turn, colleague, now):
            yield _at_once("swap", period, turn.offered, turn.deeds[number].at)
        if end < turn.starts:
            yield _at_once("swap-declined", period, turn.presenter, end)


def _at_once_due(organisation: Organisation, records: RelayRecords, turn: Turn) -> Iterator[Notice]:
    """What somebody waits for: the answer to a question to swap when it is no (a yes is told by the calendars of both).
    And to the facilitator, who is not reached, for as long as that is so."""
    for number, deed in enumerate(turn.deeds):
        if turn.open and (deed.what is Did.DECLINED or regretted(organisation, records, turn, number)):
            yield _at_once("swap-declined", TurnPeriod(turn.id, str(number)), turn.presenter, deed.at)
        elif deed.what is Did.NOT_REACHED and deed.about in records.told.unreached:
            reader = _helper(organisation, turn.department, deed.about)
            yield _at_once("unreached", TurnPeriod(turn.id, str(number)), reader, deed.at)


def _helper(organisation: Organisation, department: str, person_id: str) -> str:
    """Who can find out why somebody is not reached: the facilitator, for the facilitator the organisation's contact."""
    facilitator = organisation.facilitators.get(department, "")
    if facilitator != person_id:
        return facilitator
    contact = organisation.holder(organisation.contact_email)
    return contact.id if contact and contact.id != person_id else ""


def _at_once(kind: str, period: TurnPeriod, person_id: str, moment: datetime) -> Notice:
    return Notice(
        kind=kind,
        period=period.to_text(),
        person_id=person_id,
        due=moment,
        too_late=moment + SWAP_LATENESS,
    )


def _overviews(
    organisation: Organisation, records: RelayRecords, now: datetime, troubles: Troubles = RAISED
) -> Iterator[Notice]:
    """To the facilitator, on the last working day before a meeting with turns: of several such days in a week on the
    first, in one letter."""
    coming = list(_coming_meetings(organisation, records, now, troubles))
    first: dict[tuple[str, Week], datetime] = {}
    for facilitator, _, moment in coming:
        week = facilitator, Week.of(moment.date())
        first[week] = min(moment, first.get(week, moment))
    for facilitator, meeting, moment in coming:
        due = first[facilitator, Week.of(moment.date())]
        if due <= now < meeting.starts:
            yield Notice(
                kind="overview",
                period=MeetingPeriod(meeting.id, meeting.day).to_text(),
                person_id=facilitator,
                due=due,
                too_late=meeting.starts,
            )


def _coming_meetings(
    organisation: Organisation, records: RelayRecords, now: datetime, troubles: Troubles
) -> Iterator[tuple[str, Meeting, datetime]]:
    """The coming meetings with turns: who sees to each, and when the letters leave on the last working day before it."""
    today = now.astimezone(organisation.tz).date()
    held = _with_turns(records)
    for department in departments(organisation):
        facilitator, seated = organisation.facilitators.get(department), held[department]
        if not facilitator or not _is_here(organisation, facilitator, now):
            continue
        with troubles.of(department, "letters"):
            for meeting in meetings(organisation, department, today, today + OVERVIEW_AHEAD) if seated else ():
                day = working_day_before(organisation, meeting.day)
                if day and meeting.id in seated:
                    yield facilitator, meeting, datetime.combine(day, organisation.of(Relay).letter_at, organisation.tz)


def _with_turns(records: RelayRecords) -> Mapping[str, set[str]]:
    """The meetings of each department that have turns."""
    found = defaultdict[str, set[str]](set)
    for turn in records.turns.values():
        if turn.open:
            found[turn.department].add(turn.meeting)
    return found


def _notice(
    organisation: Organisation, turn: Turn, kind: str, period: TurnPeriod, day: date, too_late: datetime
) -> Notice:
    return Notice(
        kind=kind,
        period=period.to_text(),
        person_id=handed_over(organisation, turn) or turn.presenter,
        due=datetime.combine(day, organisation.of(Relay).letter_at, organisation.tz),
        too_late=too_late,
    )


def _days(first: date, last: date) -> Iterator[date]:
    """The days after `first` and before `last`."""
    return (first + timedelta(days=n) for n in range(1, (last - first).days))
