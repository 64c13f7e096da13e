"""The agenda of a meeting of the corps: who is asked for news and when, what is on it, when it leaves. Pure.

It has the guide's four points: success stories and challenges, new tools and methods, a workshop on a concrete case, news
of management's work with AI; then what the corps decides. A meeting is read by its newest day: whatever moves it moves
what is still to be said.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from culture.ambassadors import recommendations
from culture.ambassadors.agenda_records import Agenda, AgendaRecords, News
from culture.ambassadors.corps import corps
from culture.ambassadors.first_days import after_their_welcome
from culture.ambassadors.meetings import CorpsMeeting, comes, meetings
from culture.ambassadors.settings import Ambassadors
from culture.folded import fold
from culture.keys import AttendeeKey, MeetingNotice
from culture.notice import Notice
from culture.organisation import Organisation
from culture.policy_news import PolicyRecords
from culture.relay import shared
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.released import Released
from culture.revisit.rules import Revisit, RevisitRecords
from culture.revisit.settings import RevisitList
from culture.revisit.works import works
from culture.trouble import RAISED, Troubles
from culture.working_days import working_day_before
from culture.world import World

ASKED_BEFORE = 15
"""Working days before a meeting on which sponsor and ambassadors are asked for news and topics: three weeks."""

MADE_BEFORE = 10
"""Working days before it on which the agenda is made: whoever is to prepare a case has two weeks."""

STORIES = 3
"""Of each kind at most. More is a list that nobody talks about."""

REVISITS = 5
"""Judged at one meeting at most, the oldest first: the rest is a page away, and comes next month."""

CONCERNS = 5
"""Released concerns that stand on an agenda; the others are on their page."""

FIRST_LOOK = timedelta(days=62)
"""How far back the first agenda looks: two meetings."""

YEAR = timedelta(days=365)
"""What is older is met again by nobody: the tools are others by then."""


def news_key(meeting_id: str, person_id: str) -> str:
    """The key of somebody's answer."""
    return AttendeeKey(meeting_id, person_id).to_text()


# --- when


def asked_at(world: World, meeting: CorpsMeeting) -> datetime:
    """When news and topics are asked for."""
    return _before(world.organisation, meeting.day, ASKED_BEFORE)


def made_at(world: World, meeting: CorpsMeeting) -> datetime:
    """When the agenda is made and leaves."""
    return _before(world.organisation, meeting.day, MADE_BEFORE)


def _before(organisation: Organisation, day: date, working_days: int) -> datetime:
    for _ in range(working_days):
        day = working_day_before(organisation, day) or day - timedelta(days=1)
    return datetime.combine(day, organisation.of(Ambassadors).letter_at, organisation.tz)


def coming(world: World) -> tuple[CorpsMeeting, ...]:
    """The meetings that have not begun and of which something is said already, the next first."""
    found = []
    for meeting in meetings(world):
        if meeting.starts > world.now:
            if asked_at(world, meeting) > world.now:
                break
            found.append(meeting)
    return tuple(found)


def newest(world: World) -> CorpsMeeting | None:
    """The last meeting that has an agenda, be it to come or over."""
    known = world.of(AgendaRecords).agendas
    return next((one for one in reversed(meetings(world)) if one.id in known), None)


def to_answer(world: World, person_id: str) -> CorpsMeeting | None:
    """The meeting for which the person may bring news: until its agenda is made. Afterwards they bring it along."""
    open_ = (one for one in coming(world) if one.id not in world.of(AgendaRecords).agendas)
    return next((one for one in open_ if person_id in invited(world, one)), None)


def invited(world: World, meeting: CorpsMeeting) -> tuple[str, ...]:
    """Who is asked and gets the agenda: the sponsor, and whoever comes."""
    group = corps(world)
    found = (group.sponsor, *(one.id for one in comes(world.organisation, group, meeting)))
    return tuple(dict.fromkeys(one for one in found if one))


# --- what is said


def due(world: World, troubles: Troubles = RAISED) -> Iterator[Notice]:
    """The question to whoever has not answered yet, and the agenda to all."""
    for meeting in coming(world):
        with troubles.of(meeting.id, "letters"):
            yield from (one for one in _of_meeting(world, meeting) if one.due <= world.now)


def _of_meeting(world: World, meeting: CorpsMeeting) -> Iterator[Notice]:
    known, period = world.of(AgendaRecords), MeetingNotice(meeting.id).to_text()
    agenda, asked, made_ = known.agendas.get(meeting.id), asked_at(world, meeting), made_at(world, meeting)
    for person_id in invited(world, meeting):
        if agenda:
            yield _notice(world, "agenda", period, person_id, (agenda.made_at, meeting.starts))
        elif news_key(meeting.id, person_id) not in known.news and _can_be_asked(world, person_id, (asked, made_)):
            yield _notice(world, "corps-news", period, person_id, (asked, made_))


def _can_be_asked(world: World, person_id: str, span: tuple[datetime, datetime]) -> bool:
    """Whether there is time to be asked after one's welcome: nobody's first letter is a question about a meeting."""
    asked, made_ = span
    return after_their_welcome(world, person_id, asked) < made_


def _notice(world: World, kind: str, period: str, person_id: str, span: tuple[datetime, datetime]) -> Notice:
    """What is due from the one moment on and too late at the other. Somebody who is only being welcomed gets it the day after,
    where that is in time."""
    first, too_late = span
    later = after_their_welcome(world, person_id, first)
    return Notice(
        kind=kind, period=period, person_id=person_id, due=later if later < too_late else first, too_late=too_late
    )


# --- what is on it


def advance(world: World, troubles: Troubles = RAISED) -> dict[str, Agenda]:
    """The agendas that are to be made now. On the day itself it is too late: nobody can prepare anything any more."""
    known, found = world.of(AgendaRecords).agendas, dict[str, Agenda]()
    for meeting in coming(world):
        if meeting.id not in known and made_at(world, meeting) <= world.now and world.today < meeting.day:
            with troubles.of(meeting.id, "letters"):
                found[meeting.id] = made(world, meeting)
    return found


def made(world: World, meeting: CorpsMeeting) -> Agenda:
    """The agenda of a meeting, of what has come since the last one."""
    since = _since(world)
    learnings = [one for one in shared.newest(world.of(RelayRecords)) if isinstance(one, Learning)]
    new = [one for one in learnings if one.at >= since]
    together = _together(new, [one for one in learnings if one.at > world.now - YEAR])
    told = {one for group in together for one in group}
    rest = [one for one in new if one.id not in told]
    worked = _spread(one for one in rest if one.outcome is not Outcome.NOT_YET)
    not_yet = _spread(one for one in rest if one.outcome is Outcome.NOT_YET)
    topics, news = _brought(world, meeting)
    revisits = _due(world, meeting.day)
    return Agenda(
        meeting=meeting.id,
        made_at=world.now,
        worked=worked,
        not_yet=not_yet,
        together=together,
        learnings_rest=tuple(one.id for one in rest if one.id not in (*worked, *not_yet)),
        discoveries=_discoveries(world, since),
        works=_works(world, since),
        topics=topics,
        case="" if topics else _case(learnings, world.now - YEAR),
        news=news,
        policy_changed=_policy_changed(world, since),
        answered=tuple(one.id for one in recommendations.answered_since(world, _day(world, since))),
        revisits=revisits[:REVISITS],
        revisits_rest=revisits[REVISITS:],
        recommendations=tuple(one.recommendation.id for one in recommendations.waiting(world)),
        concerns=_concerns(world, _day(world, since)),
    )


def _since(world: World) -> datetime:
    """From when on what came is new: since the last agenda was made."""
    made_before = [one.made_at for one in world.of(AgendaRecords).agendas.values() if one.made_at < world.now]
    return max(made_before, default=world.now - FIRST_LOOK)


def _day(world: World, moment: datetime) -> date:
    return moment.astimezone(world.organisation.tz).date()


def _together(new: Iterable[Learning], every: Iterable[Learning]) -> tuple[tuple[str, ...], ...]:
    """Which learnings are about the same challenge, else the same tool, in two departments: a new one among them, the
    newest of each department."""
    by_case: dict[str, dict[str, Learning]] = {}
    for one in every:
        for case in _cases(one):
            by_case.setdefault(case, {}).setdefault(one.department, one)
    found, used = [], set[str]()
    for one in new:
        for case in _cases(one):
            group = tuple(found_.id for found_ in by_case[case].values())
            if len(group) > 1 and used.isdisjoint(group):
                found.append(group)
                used.update(group)
    return tuple(found[:STORIES])


def _cases(learning: Learning) -> Iterator[str]:
    """What it is about, by which it is met elsewhere."""
    if learning.challenge:
        yield f"challenge {learning.challenge}"
    if learning.tool.strip():
        yield f"tool {fold(' '.join(learning.tool.split()))}"


def _spread(learnings: Iterable[Learning]) -> tuple[str, ...]:
    """At most STORIES of them, newest first, a department's second only when there is none of another."""
    seen: dict[str, int] = {}
    ranked = []
    for place, one in enumerate(learnings):
        seen[one.department] = seen.get(one.department, 0) + 1
        ranked.append((one.outcome is Outcome.PARTLY, seen[one.department], place, one.id))
    return tuple(key for *_, key in sorted(ranked)[:STORIES])


def _case(learnings: Iterable[Learning], since: datetime) -> str:
    """A learning to work on together: the newest "not yet" whose challenge has worked nowhere since."""
    worked = set[str]()
    for one in learnings:
        if one.at < since:
            break
        if one.outcome is Outcome.WORKED:
            worked.add(one.challenge)
        elif one.outcome is Outcome.NOT_YET and (not one.challenge or one.challenge not in worked):
            return one.id
    return ""


def _discoveries(world: World, since: datetime) -> tuple[str, ...]:
    found = (one for one in shared.newest(world.of(RelayRecords)) if isinstance(one, Discovery) and one.at >= since)
    return tuple(one.id for one in found)[:STORIES]


def _works(world: World, since: datetime) -> tuple[str, ...]:
    """The items that were found to work since then, newest first."""
    first = _day(world, since)
    found = ((last.day, one.id) for one in _items(world) if (last := works(one)) and last.day >= first)
    return tuple(key for _, key in sorted(found, reverse=True))[:STORIES]


def _due(world: World, day: date) -> tuple[str, ...]:
    """The items that are to be judged by that day, whoever has waited longest first."""
    found = ((one.next_on, one.id) for one in _items(world) if one.next_on and one.next_on <= day)
    return tuple(key for _, key in sorted(found))


def to_judge(world: World, meeting: CorpsMeeting) -> tuple[str, ...]:
    """The items that would be on the agenda if it were made now."""
    return _due(world, meeting.day)[:REVISITS]


def _items(world: World) -> tuple[Revisit, ...]:
    on = world.organisation.of(RevisitList).enabled
    return tuple(world.of(RevisitRecords).items.values()) if on else ()


def _brought(world: World, meeting: CorpsMeeting) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The topics and the news that were brought for a meeting, by their keys: management's first, then by when they came."""
    here = set(invited(world, meeting))
    found: list[tuple[str, News]] = sorted(
        (
            (key, one)
            for key, one in world.of(AgendaRecords).news.items()
            if one.meeting == meeting.id and (one.management or one.person in here)
        ),
        key=lambda pair: (not of_management(world, pair[1]), pair[1].at, pair[0]),
    )
    return tuple(key for key, one in found if one.topic), tuple(key for key, one in found if one.news)


def of_management(world: World, news: News) -> bool:
    """Whether whoever brought it backs the corps, or did when they brought it."""
    return news.management or news.person == corps(world).sponsor


def _policy_changed(world: World, since: datetime) -> date | None:
    last = world.of(PolicyRecords).last
    changed = last.changed_on if last else None
    return changed if changed and changed >= _day(world, since) else None


def _concerns(world: World, since: date) -> tuple[str, ...]:
    """Released concerns: those without an answer first, and those that have got one since then; the newest of each first."""
    every = [
        one for one in world.of(Released).concerns if not one.answer or (one.answered_on or one.released_on) >= since
    ]
    return tuple(one.id for one in sorted(every, key=lambda one: bool(one.answer)))[:CONCERNS]
