"""The AI relay: turns at a department's meetings, brought from what was to what is now. Pure.

`advance` is the only place where turns come to be and move by themselves (step by step: `culture.relay.desk`); what
people do to them is in `culture.relay.acts`. Nobody's turn is lost: without a meeting, with its presenter away, or when
its challenge never reached them, it waits for the next meeting that has room, never an earlier one. Only whoever leaves
takes theirs along, and a relay that is no more.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from statistics import median_low
from typing import Any

from culture.kept import kept
from culture.meetings import Meeting
from culture.organisation import Organisation
from culture.people import Person
from culture.relay.days import announced_to, drawn_from
from culture.relay.desk import Desk
from culture.relay.learning import Discovery, Learning
from culture.relay.settings import Relay
from culture.relay.told import EVERYBODY, Told
from culture.relay.turns import Turn, TurnList, entered, without
from culture.trouble import RAISED, Troubles

SEARCHED = timedelta(days=182)
"""How far ahead a meeting is looked for when a turn has lost its own: half a year outlasts any summer."""

LOOKED_BACK = timedelta(days=45)
"""How far back meetings are worked out: beyond a month nothing that is still to be said depends on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRecords:
    """What is remembered of the relay: turns by id, each department's list, learnings by turn id, discoveries by id."""

    turns: Mapping[str, Turn] = field(default_factory=dict)
    standings: Mapping[str, TurnList] = field(default_factory=dict)
    learnings: Mapping[str, Learning] = field(default_factory=dict)
    discoveries: Mapping[str, Discovery] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()  # departments with a record that cannot be read: nothing moves there by itself
    told: Told = field(default=EVERYBODY, compare=False)  # what was said of the turns: no record of the relay's own
    _large: dict[str, Any] = field(
        default_factory=dict, repr=False, compare=False
    )  # `culture.relay.shared`, worked out

    def of_department(self, department: str) -> list[Turn]:
        """The department's turns by number."""
        return self.by_department().get(department, [])

    def by_department(self) -> dict[str, list[Turn]]:
        """All turns, each department's by number."""
        found: dict[str, list[Turn]] = defaultdict(list)
        for turn in sorted(self.turns.values(), key=lambda turn: turn.number):
            found[turn.department].append(turn)
        return dict(found)


def departments(organisation: Organisation) -> Iterator[str]:
    """The departments that run a relay, by their meetings: of those who share one, the one whose it is."""
    return (key for key in organisation.meeting_plans if runs(organisation, key))


def with_relay(organisation: Organisation) -> tuple[str, ...]:
    """The departments whose people are in a relay, their own or one that they share."""
    return tuple(key for key in organisation.departments if runs(organisation, key))


def runs(organisation: Organisation, department: str) -> bool:
    """Whether there is a relay in the department: it is switched on, and the config says when they meet."""
    table = organisation.called.table(department)
    there = table in organisation.meeting_plans and table in organisation.departments
    return organisation.of(Relay).enabled and there and organisation.departments[table].relay


def meetings(organisation: Organisation, department: str, first: date, last: date) -> tuple[Meeting, ...]:
    """The meetings that the department goes to from `first` to `last`, both included."""
    return organisation.meeting_plans[organisation.called.table(department)].meetings(organisation.closing, first, last)


def members(organisation: Organisation, department: str, today: date) -> list[Person]:
    """Who is in the relay of that department's meetings today or will be."""
    everybody, table = organisation.people.values(), organisation.called.table
    return [p for p in everybody if table(p.department) == table(department) and _takes_part(p, today)]


def _takes_part(person: Person, today: date) -> bool:
    return person.in_relay and (person.left is None or person.left >= today)


def advance(
    organisation: Organisation,
    records: RelayRecords,
    now: datetime,
    only: frozenset[str] | None = None,
    troubles: Troubles = RAISED,
) -> RelayRecords:
    """The records as they are at `now` (aware): turns follow their meetings and people, new ones are announced,
    challenges are assigned, what has been is held, what is nobody's any more ends. The same input gives the same records.

    With `only` these departments go on, and the others stay as they are; so does one that is in trouble.
    """
    turns, standings = dict(records.turns), dict(records.standings)
    of_departments, staff = records.by_department(), _staff(organisation, now, only)
    ahead, off = _announced_ahead(organisation, now), _off(organisation.people, None)
    closed = (key for key, own in of_departments.items() if not runs(organisation, key) and any(t.open for t in own))
    for department in (*departments(organisation), *closed):
        if department in records.aside or (only is not None and department not in only):
            continue
        crew, own = staff.get(department, []), of_departments.get(department, [])
        with troubles.of(department, "turns"):
            desk = _desk(organisation, records, department, now, ahead, crew, own, off)
            desk.work()
            turns.update(desk.turns)
            standings[department] = desk.standings
    return replace(records, turns=turns, standings=standings)


def projected(
    organisation: Organisation, records: RelayRecords, department: str, now: datetime, count: int = 12
) -> tuple[Turn, ...]:
    """The turns that will be announced next, at least `count` where there are people and meetings, as far as is known
    today. They are no promise and are not stored."""
    ahead, off, found = _announced_ahead(organisation, now), _off(organisation.people, None), list[Turn]()
    department = organisation.called.table(department)
    crew, own = (
        _staff(organisation, now, frozenset({department})).get(department, []),
        records.of_department(department),
    )
    while len(found) < count and ahead <= timedelta(days=366 * 3):
        ahead *= 2
        desk = _desk(organisation, records, department, now, ahead, crew, own, off)
        desk.work()
        found = [turn for key, turn in desk.turns.items() if key not in records.turns and turn.starts]
    return tuple(sorted(found, key=lambda turn: (turn.starts or now, turn.seat))[: max(count, 0)])


@kept
def _off(people: Mapping[str, Person], _: None) -> frozenset[str]:
    """Who is not in the relay, in whatever department."""
    return frozenset(one.id for one in people.values() if not one.in_relay)


def _announced_ahead(organisation: Organisation, now: datetime) -> timedelta:
    today = now.astimezone(organisation.tz).date()
    return announced_to(organisation, today) - today


def _staff(organisation: Organisation, now: datetime, only: frozenset[str] | None) -> dict[str, list[Person]]:
    """Everybody who is in the relay or will be, by the department whose meetings they go to."""
    today, found = now.astimezone(organisation.tz).date(), defaultdict[str, list[tuple[int, Person]]](list)
    for department, people in _taking_part(organisation.people, today).items():
        table = organisation.called.table(department)
        if only is None or table in only:
            found[table] += people
    return {table: [person for _, person in sorted(people, key=itemgetter(0))] for table, people in found.items()}


@kept
def _taking_part(people: Mapping[str, Person], today: date) -> Mapping[str, Sequence[tuple[int, Person]]]:
    """The same by the department that they are in, each with the place they have among everybody."""
    found = defaultdict[str, list[tuple[int, Person]]](list)
    for place, person in enumerate(people.values()):
        if _takes_part(person, today):
            found[person.department].append((place, person))
    return found


def _desk(
    organisation: Organisation,
    records: RelayRecords,
    department: str,
    now: datetime,
    ahead: timedelta,
    crew: list[Person],
    turns: list[Turn],
    off: frozenset[str],
) -> Desk:
    """A department's papers as they are before anything is done; `ahead` is how far ahead turns are announced, and `off`
    who is in no list."""
    goes_on = bool(crew) and runs(organisation, department)
    plan = organisation.meeting_plans[department] if goes_on else None
    today = now.astimezone(organisation.tz).date()
    span = today - LOOKED_BACK, today + max(ahead, SEARCHED)
    found = plan.meetings(organisation.closing, *span) if plan else ()
    list_ = records.standings.get(department)
    list_ = without(list_, off) if list_ else None
    met, ids = sorted(person.first_seen for person in crew), [person.id for person in crew]
    began = median_low(met).astimezone(organisation.tz).date() if met else None
    return Desk(
        organisation=organisation,
        department=department,
        now=now,
        today=today,
        announced_to=today + ahead,
        searched_to=today + SEARCHED,
        drawn_from=drawn_from(organisation, today),
        crew=crew,
        turns={turn.id: turn for turn in turns},
        standings=entered(list_, ids, today, began) if goes_on or list_ is None else list_,
        learnings=records.learnings,
        told=records.told,
        goes_on=goes_on,
        known=plan.known if plan else True,
        meetings={meeting.id: meeting for meeting in found},
    )
