"""What colleagues wrote down, as others are told of it: which, when, and what may be told of whose it is. Pure.

With a name stand the department and the meeting's day. Without one only what does not name somebody all the same: a
department that is large enough to stand in, and the month. Whoever was at the meeting knows who presented; the form says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from culture.organisation import Organisation
from culture.people import Person
from culture.relay.learning import Discovery, Learning
from culture.relay.schedule import RelayRecords, with_relay
from culture.relay.turns import Turn
from culture.workdays import Week
from culture.working_days import next_working_day

FEWEST = 10
"""People among whom a line without a name may stand. Five are enough for a figure; here colleagues know who tries what."""

LATELY = timedelta(days=30)
"""What is younger is new."""

WEEKS = 4
"""For how many weeks after its own a line may come up in a weekly letter."""

Where = Literal["page", "letter"]
Written = Discovery | Learning


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Something a colleague wrote, with what may be told of it.

    `name` and `department` (its key) are empty where they are not told. `day` is the meeting's, or the day it was
    written; of it only the month is told unless `dated`.
    """

    of: Written
    name: str
    department: str
    day: date
    dated: bool


def large_enough(organisation: Organisation, today: date) -> frozenset[str]:
    """The departments that may stand with a line without a name: with FEWEST people, and where the others have not as many
    between them, the next smallest is left out too, else no department at all would be as good as theirs."""
    counted = dict.fromkeys(with_relay(organisation), 0)
    for person in organisation.people.values():
        if person.department in counted and person.works_here(today):
            counted[person.department] += 1
    found, hidden = sorted(counted, key=lambda key: (counted[key], key)), 0
    while found and (counted[found[0]] < FEWEST or 0 < hidden < FEWEST):
        hidden += counted[found.pop(0)]
    return frozenset(found)


def _large(organisation: Organisation, records: RelayRecords, today: date) -> frozenset[str]:
    """The same, worked out once for all the letters and lines of a world: it looks at everybody."""
    kept = records._large
    if kept.get("of") is not organisation or kept.get("today") != today:
        kept |= {"departments": large_enough(organisation, today), "of": organisation, "today": today}
    found: frozenset[str] = kept["departments"]
    return found


def shared(organisation: Organisation, records: RelayRecords, one: Written, today: date, where: Where) -> Shared:
    """The line as it stands there. Who ticked before it was said that the name stands in letters is not named in one."""
    person = organisation.people.get(one.person)
    named = bool(person and one.show_name and (where == "page" or one.name_in_letters))
    told = named or one.department in _large(organisation, records, today)
    return Shared(
        of=one,
        name=person.name if person and named else "",
        department=one.department if told and one.department in organisation.departments else "",
        day=_day(organisation, records, one),
        dated=named or isinstance(one, Discovery),
    )


def _day(organisation: Organisation, records: RelayRecords, one: Written) -> date:
    """The day of the meeting it was told at; of a discovery the day it was written."""
    turn = records.turns.get(one.id) if isinstance(one, Learning) else None
    return turn.starts.date() if turn and turn.starts else one.at.astimezone(organisation.tz).date()


def newest(records: RelayRecords) -> list[Written]:
    """Everything that was written, newest first."""
    every: list[Written] = [*records.learnings.values(), *records.discoveries.values()]
    return sorted(every, key=lambda one: (one.at, one.id), reverse=True)


def own_first(organisation: Organisation, written: Iterable[Written], department: str) -> list[Written]:
    """The same, what comes from that department, or one that shares its meeting, before the rest."""
    table = organisation.called.table
    return sorted(written, key=lambda one: table(one.department) != table(department))


def since(organisation: Organisation, records: RelayRecords, day: date) -> list[Written]:
    """What was written on that day or later, newest first."""
    return [one for one in newest(records) if one.at.astimezone(organisation.tz).date() >= day]


def of_week(organisation: Organisation, records: RelayRecords, person: Person, today: date) -> Shared | None:
    """The one line for a person's weekly letter, of what colleagues wrote in the last WEEKS weeks.

    Nothing is remembered: of what was written in a week the first is for the week after, the second for the one after
    that. So each has one week, and comes up once. Of two that meet the newer is told.
    """
    this = Week.of(today).days[0]
    recent = [one for one in newest(records) if one.person != person.id]
    for back in range(1, WEEKS + 1):
        first = this - timedelta(weeks=back)
        days = (first, first + timedelta(days=6))
        of_then = [one for one in recent if days[0] <= one.at.astimezone(organisation.tz).date() <= days[1]]
        ranked = own_first(organisation, of_then, person.department)
        if len(ranked) >= back:
            return shared(organisation, records, ranked[back - 1], today, "letter")
    return None


def elsewhere(organisation: Organisation, records: RelayRecords, turn: Turn, today: date) -> Shared | None:
    """The newest learning on the turn's challenge from another department; None where there is none."""
    table = organisation.called.table
    found = (
        one
        for one in newest(records)
        if isinstance(one, Learning) and one.challenge == turn.challenge and table(one.department) != turn.department
    )
    first = next(found, None) if turn.challenge else None
    return shared(organisation, records, first, today, "letter") if first else None


def still_asked_for(organisation: Organisation, records: RelayRecords, person: Person, today: date) -> Iterator[Turn]:
    """The turns of a person that nothing is written of, in the week after the one in which it was asked for."""
    week = Week.of(today)
    for turn in records.turns.values():
        if turn.state != "held" or turn.closed or turn.presenter != person.id or turn.id in records.learnings:
            continue
        asked = _asked_on(organisation, turn)
        if asked and Week.of(asked + timedelta(days=7)) == week:
            yield turn


def _asked_on(organisation: Organisation, turn: Turn) -> date | None:
    """The day on which the letter that asks may leave: when the slot is over, or on the next working day after hours."""
    if turn.ends is None:
        return None
    in_time = turn.ends.time() < organisation.window.closes
    return turn.ends.date() if in_time else next_working_day(organisation, turn.ends.date())
