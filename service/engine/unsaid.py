"""What was due and was never said, and why: remembered for a month, for whoever asks "I got no letter". And when the
service did not run.

It is written at the tick that finds a notice too late, by what the tick before knew. Nothing is decided by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from culture.keys import NotAKey, NoticeKey
from culture.notice import Notice
from culture.people import Person
from culture.sending import LETTERS_A_WEEK, window_opens
from culture.trouble import Troubles
from culture.unsaid import Reason, Recall, Silence, Unsaid
from culture.workdays import Week
from culture.world import World
from mailer.drain import trouble
from mailer.transport import Way
from service.engine.state import Stored
from service.planning.kinds import COUNTED, UNFUSED, YIELDING
from service.planning.plan import Plan
from store import records
from store.database import Database
from store.plain import to_plain

SILENT = timedelta(hours=26)
"""So long without a tick is no idle service, which looks at every midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What was so at the tick before: when it was, since when which kinds are held, what waited by its key, what could not
    be written, and since when the mail server takes nothing."""

    last_tick: datetime | None = None
    held: Mapping[str, datetime] = field(default_factory=dict)
    waited: Mapping[str, Reason] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()
    down: datetime | None = None
    recalls: tuple[Recall, ...] = ()


def then(stored: Stored, last_tick: datetime | None, failed: frozenset[str]) -> Then:
    """What is known of the last tick. To be called before the next one writes."""
    down = trouble(stored.database)
    since = down.since if down else None
    return Then(last_tick=last_tick, held=stored.held_since(), failed=failed, down=since, recalls=stored.recalls())


def _waited(agenda: Plan) -> Iterator[tuple[str, Reason]]:
    """What was due at the last tick and did not go, by each of its keys."""
    for job in agenda.waiting:
        may_go = job.may_go(agenda.world, agenda.world.now)
        yield from ((key, "tomorrow" if may_go else "window") for key in job.keys)
    yield from ((key, "cap") for job in agenda.yielding for key in job.keys)
    yield from ((key, "held") for job in agenda.held_back for key in job.keys)


def remember(stored: Stored, found: Plan, before: Then, agenda: Plan | None, way: Way) -> None:
    """Write down what the plan finds too late and nobody has noted yet, and how long the service was away. `agenda`: the
    plan before, where this process made it."""
    if any(one.kind == "clock" for one in found.held):
        return
    now, table = found.world.now, stored.database.table(records.UNSAID)
    if before.last_tick and now - before.last_tick > SILENT:
        silence = Silence(since=before.last_tick, until=now)
        stored.put(records.SILENCES, silence.since.isoformat(), silence)
    new = [one for one in found.too_late if not table.has(one.key)]
    if not new:
        return  # as at nearly every tick
    if agenda:
        before = replace(before, waited=dict(_waited(agenda)))
    people = found.world.organisation.people
    late = {
        one.key: to_plain(Unsaid(due=one.due, too_late=one.too_late, why=_why(stored, found, one, person, before, way)))
        for one in new
        if (person := people.get(one.person_id))
    }
    stored.write_all(records.UNSAID, late)


def _why(stored: Stored, found: Plan, notice: Notice, person: Person, before: Then, way: Way) -> Reason:
    if notice.key in before.failed or any(one.who == person.id for one in found.troubles):
        return "fault"
    with Troubles().of(person.id, "letters"):  # a note about one letter must never cost the tick
        week = Week.of(notice.due.astimezone(person.tz).date())
        return why(found.world, notice, person, before, stored.letters_in(week, person.id, way))
    return "fault"


def why(world: World, notice: Notice, person: Person, before: Then, letters: int) -> Reason:
    """Why a notice that is too late now had not gone. `letters`: how many that are counted went in the week it was due."""
    opens = notice.due if notice.at_once else window_opens(world.organisation, person, notice.due)
    if opens is None or opens >= notice.too_late:
        return "window"
    if before.last_tick is None or before.last_tick < opens:
        return "not-running"
    if any(one.meets(opens, notice.too_late) for one in before.recalls):
        return "recalled"
    if notice.key in before.waited and before.waited[notice.key] != "window":
        return before.waited[notice.key]
    since = before.held.get(notice.kind)
    if since and since < notice.too_late and notice.kind not in UNFUSED:
        return "held"
    if notice.kind in COUNTED and letters >= LETTERS_A_WEEK - (notice.kind in YIELDING):
        return "cap"
    if before.down and before.down < notice.too_late:
        return "server"
    return "pace"


# What is read again


def unsaid_to(stored: Stored, person_id: str) -> dict[str, Unsaid]:
    """What a person was not told, by its key. A walk through the table."""
    return {key: one for key, one in stored.table_of(records.UNSAID).items() if _whose(key) == person_id}


def silences(stored: Stored) -> tuple[Silence, ...]:
    """When the service did not run, the first time first."""
    return tuple(sorted(stored.table_of(records.SILENCES).values(), key=lambda one: one.since))


def refused_to(database: Database, person_id: str) -> dict[str, datetime]:
    """What the administrator decided that a person is not told, by its key, and when. A walk through the notices."""
    found = dict[str, datetime]()
    for key, notice in database.storage.documents(records.NOTICES):
        if isinstance(at := notice.get("refused"), str) and _whose(key) == person_id:
            found[key] = records.moment(at)
    return found


def _whose(key: str) -> str:
    try:
        return NoticeKey.from_text(key).person_id
    except NotAKey:
        return ""
