"""What comes, day by day, put together to be looked at: letters of a sort, calendars, turns, what is held, the year. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from culture.organisation import Organisation
from culture.people import Language
from culture.vitamin import rules
from culture.vitamin.settings import Vitamin
from culture.workdays import Week, public_holidays
from culture.world import World
from service.answers.answer_row import Presents
from service.answers.answers import ANSWERS
from service.answers.forecast import Coming, forecast
from service.answers.watch import Watch
from service.engine.engine import Engine
from service.messages.told import Tell, nobody
from service.messages.translation import say
from service.planning.fuse import Held

MONTHS = 12
"""Of the strip of the year: from the month of the first day."""

DayKind = Literal["working", "off", "holiday", "closed", "quiet"]
"""What a day is to the organisation. `off`: nobody has ten minutes on that weekday."""


@dataclass(slots=True, kw_only=True)
class Letters:
    """Letters of a sort: they go on one day, say the same kinds of things, and have one subject. `at`: when the first goes.
    `text`: that of one of them; empty where it is nobody else's to read."""

    at: datetime
    kinds: tuple[str, ...]
    subject: str
    text: str = ""
    names: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class DayAhead:
    """A day in the organisation's zone. `blocks`: how many people have ten minutes in the calendar. `held`: what the fuse
    begins to hold."""

    day: date
    kind: DayKind
    blocks: int = 0
    letters: list[Letters] = field(default_factory=list)
    calls: dict[str, list[str]] = field(default_factory=dict)  # names, by kind
    turns: list[Presents] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many letters go."""
        return sum(len(one.names) for one in self.letters)


@dataclass(slots=True)
class Ahead:
    """The days from `first` to `last`, filled with what is seen of them."""

    zone: ZoneInfo
    days: dict[date, DayAhead]
    year: dict[date, DayKind]
    turns: list[Presents] = field(default_factory=list)  # also those after the last day that are announced by then
    _sorts: dict[tuple[object, ...], Letters] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def add(self, one: Coming, texts: Mapping[str, str]) -> None:
        """What happens at a moment; `texts` of letters by their ids."""
        at = one.at.astimezone(self.zone)
        day = self.days.get(at.date())
        if day is None:
            return
        for letter in one.letters:
            sort = (at.date(), letter.kinds, letter.subject)
            if sort not in self._sorts:
                self._sorts[sort] = Letters(at=at, kinds=letter.kinds, subject=letter.subject)
                day.letters.append(self._sorts[sort])
            found = self._sorts[sort]
            person = one.people.get(letter.person)
            found.names.append(person.name if person else letter.to)
            found.text = found.text or texts.get(letter.id, "")
        for call in one.calls:
            day.calls.setdefault(call.kind, []).extend(call.names)
        for held in one.held:
            if not self._held.issuperset(held.keys):
                day.held.append(held)
                self._held.update(held.keys)

    def close(self, before: World, after: World) -> None:
        """The blocks, as they are known `before`, and who presents, as it has come about `after`."""
        first, last = min(self.days), max(self.days)
        for day, count in blocks(before, first, last).items():
            self.days[day].blocks = count
        self.turns = presents(after, datetime.combine(first, time(0), self.zone))
        for one in self.turns:
            if that_day := self.days.get(one.at.astimezone(self.zone).date()):
                that_day.turns.append(one)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAhead:
    """What comes, as a list and by days. `later`: without the first moment, which is now. `before`: the world of now."""

    later: tuple[Coming, ...]
    found: Ahead
    before: World

    def value(self) -> list[dict[str, Any]]:
        """The days for a program to read."""
        return [
            {
                "day": one.day.isoformat(),
                "kind": one.kind,
                "blocks": one.blocks,
                "turns": [t.value() for t in one.turns],
            }
            for one in self.found.days.values()
        ]


def look_ahead(engine: Engine, now: datetime, days: int, tell: Tell = nobody, *, whole: bool = False) -> LookedAhead:
    """What comes in so many days, if nobody does anything. `whole`: with the text of a letter of each sort."""
    before, watch, until = engine.snapshot(now), Watch(whole), now + timedelta(days=days)
    found = ahead(before.organisation, now.astimezone(engine.zone).date(), until.astimezone(engine.zone).date())
    seen = list[Coming]()
    for one in forecast(engine, now, until, tell, watch):
        found.add(one, watch.texts)
        seen.append(one)
    found.close(before, watch.world or before)
    return LookedAhead(later=tuple(seen[1:]), found=found, before=before)


def day_lines(seen: LookedAhead, language: Language, day: date) -> Iterator[str]:
    """Blocks and turns of a day, for a person to read."""
    found, people = seen.found.days[day], seen.before.organisation.people
    if found.blocks:
        yield say(language, "{day}, ten minutes in the calendar: {count} people", day=day, count=found.blocks)
    for turn in found.turns:
        department = seen.before.organisation.departments.get(turn.department)
        fields = {
            "time": f"{turn.at:%H:%M}",
            "department": department.name if department else turn.department,
            "name": people[turn.person].name if turn.person in people else turn.person,
        }
        yield say(language, "{day} {time}, {department}: {name} presents", day=day, **fields)


def ahead(organisation: Organisation, first: date, last: date) -> Ahead:
    """Those days, with nothing in them yet."""
    year = {day: kind_of(organisation, day) for day in _year(first, last)}
    days = {day: DayAhead(day=day, kind=year[day]) for day in _days(first, last)}
    return Ahead(organisation.tz, days, year)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _year(first: date, last: date) -> Iterator[date]:
    """Whole months: as many as a year has, and more where the days go further."""
    months = max(MONTHS, (last.year - first.year) * 12 + last.month - first.month + 1)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return _days(first.replace(day=1), date(year, month + 1, 1) - timedelta(days=1))


def kind_of(organisation: Organisation, day: date) -> DayKind:
    """What a day is to everybody here, whatever single people have chosen."""
    closing = organisation.closing
    if day.isoweekday() not in organisation.of(Vitamin).days:
        return "off"
    if not closing.closed(day):
        return "working"
    if day in public_holidays(closing.country, day.year):
        return "holiday"
    week = Week.of(day)
    return "quiet" if week.number in closing.quiet_week_numbers or week in closing.quiet_weeks else "closed"


def blocks(world: World, first: date, last: date) -> Counter[date]:
    """How many people have ten minutes in the calendar on each of the days, by what is known at the world's moment."""
    found = Counter[date]()
    if world.organisation.of(Vitamin).enabled:
        for person in world.organisation.people.values():
            if person.channel != "none" and person.id not in world.organisation.missing:
                found.update(rules.pill_days(world, person, first, last))
    return found


def presents(world: World, since: datetime) -> list[Presents]:
    """Who presents at which department's meeting from then on, the first first."""
    found = (one for row in ANSWERS for one in row.presents(world, since))
    return sorted(found, key=lambda one: (one.at, one.department))
