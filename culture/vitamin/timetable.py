"""Which prompt a department has on which day, as given in the past and as planned for what comes; and what a person has of it.

What is planned is worked out when somebody looks, and kept with the records it goes on from.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal

from culture.kept import kept_of_each
from culture.keys import pair_text
from culture.once import Once
from culture.organisation import Organisation, local_date
from culture.people import ChannelName, Person
from culture.vitamin.catalogue import GENERAL, Catalogue, Prompt
from culture.vitamin.prompts import FIRST_DAYS, REST_DAYS, Given, History, Place, own_prompts_for, prompts_for
from culture.vitamin.settings import Vitamin
from culture.workdays import Closing, Week
from culture.world import BACK, World

PROMPTS_AHEAD = timedelta(days=190)
"""How far ahead prompts are planned: the feed's coming 180 days in whole weeks, and a little."""

WEEK = timedelta(days=7)
REST_WEEKS = REST_DAYS // 5

PASSED = timedelta(days=400)
"""How far back working days are counted: REST_DAYS of them, and long closures."""

NEW_FOR = timedelta(days=200)
"""So long after they began somebody may be a beginner, however seldom they were here."""

Pair = tuple[str, str]
"""A department and a track: the people who share their prompts. Most of them are the department's: GENERAL."""

Beside = Literal["first-step", "further"]
"""What stands beside a prompt for whoever wants it gentle or bold: a pair of texts for each kind of prompt."""

BESIDE: Mapping[str, Beside] = {"gentle": "first-step", "bold": "further"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What a person has on one day: what they do, and what stands beside it."""

    prompt: Prompt
    common: Prompt | None = None  # the department's, where that is another
    beside: Beside | None = None
    again: date | None = None  # when the person had this prompt before, with their department


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """The prompts of a department or track, as given in the past and as dealt for what comes. As long as those are the
    same it is the same object: what is made of it is kept by it."""

    given: Mapping[date, Given]  # by the day, in order
    before: Mapping[date, date]  # by a day, the last one before it with the same prompt


@dataclass(frozen=True, slots=True)
class VitaminRecords:
    """What is remembered of the vitamin pill, and what was worked out from it in this world. Of a track the history holds
    what was its own; all else it has with its department."""

    history: Mapping[Pair, History] = field(default_factory=dict)
    elsewhere: Mapping[str, ChannelName] = field(default_factory=dict)  # where a person's block may still stand
    places: Mapping[str, Mapping[date, time]] = field(default_factory=dict)  # a person's days that yielded, and to when
    unread: frozenset[str] = frozenset()  # keys of records of the history that cannot be read
    _plans: dict[Pair, Planned] = field(default_factory=dict, repr=False, compare=False)
    _days: dict[object, Once[date]] = field(default_factory=dict, repr=False, compare=False)
    _starters: dict[object, Mapping[date, Prompt]] = field(default_factory=dict, repr=False, compare=False)
    _beginnings: dict[str, list[date]] = field(default_factory=dict, repr=False, compare=False)


# --- the days ----------------------------------------------------------------------------------------------


def prompt_days(world: World) -> Once[date]:
    """The days from PASSED before this week to PROMPTS_AHEAD after it on which the organisation has a prompt: the same
    all week."""
    days = world.of(VitaminRecords)._days
    if "prompts" not in days:
        vitamin, monday = world.organisation.of(Vitamin), Week.of(world.today).monday
        days["prompts"] = _prompt_days(vitamin.starts, vitamin.days, world.organisation.closing, monday)
    return days["prompts"]


@lru_cache(maxsize=16)
def _prompt_days(starts: date | None, weekdays: frozenset[int], closing: Closing, monday: date) -> Once[date]:
    # Kept by value like the closed days, for the ticks of a week ask the same.
    first, last = max(monday - PASSED, starts or date.min), monday + WEEK + PROMPTS_AHEAD
    closed = closing.closed_days(monday - PASSED, last)
    every = (first + timedelta(days=n) for n in range((last - first).days))
    return Once(day for day in every if day.isoweekday() in weekdays and day not in closed)


def track_days(organisation: Organisation, own: int) -> frozenset[int]:
    """The ISO weekdays on which a track with `own` prompts has one of them: the second that has prompts, Tuesday as a rule.

    Where there are enough for two a week, as for those whose work is far from a desk, the letter's day is one of the two, for
    its prompt stands in the letter: Monday as a rule, and Wednesday.
    """
    vitamin = organisation.of(Vitamin)
    days = sorted(vitamin.days)
    if own < 2 * REST_WEEKS:
        return frozenset({days[min(1, len(days) - 1)]})
    letter = bisect_left(days, vitamin.letter_day) % len(days)
    return frozenset({days[letter], days[(letter + 2) % len(days)]})


def days_with_prompt(world: World, pair: Pair, weekdays: frozenset[int], first: date, last: date) -> Once[date]:
    """The open days from `first` to `last` on these weekdays that have a prompt: the same for most colleagues, so
    worked out once for them all."""
    kept, key = world.of(VitaminRecords)._days, (pair, weekdays, first, last)
    if key not in kept:
        dealt = prompts(world, pair)
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        kept[key] = Once(
            day for day in span if day in dealt and day.isoweekday() in weekdays and day not in world.closed
        )
    return kept[key]


# --- what a department has ---------------------------------------------------------------------------------


def fitting(organisation: Organisation, track: str) -> Once[Prompt]:
    """What may be dealt of the catalogue: to a department (GENERAL) what is for everybody, to a track its own."""
    return organisation.of(Catalogue).dealt(organisation.sector, track, organisation.policy)


def prompts(world: World, pair: Pair) -> Mapping[date, Given]:
    """The prompts of a department and track, in order: past days as given, coming ones as planned, to PROMPTS_AHEAD.

    Days between the last given one and today (the service was down) get what was planned for them.
    """
    return planned(world, pair).given


def before(world: World, pair: Pair, day: date) -> date | None:
    """The last day before `day` on which the pair had the prompt of `day`."""
    return planned(world, pair).before.get(day)


def planned(world: World, pair: Pair) -> Planned:
    """What is given and dealt to a department and track. Every track has some, if only its department's."""
    plans = world.of(VitaminRecords)._plans
    if pair not in plans:
        plans[pair] = _of_department(world, pair) if pair[1] == GENERAL else _of_track(world, pair)
    return plans[pair]


def _of_department(world: World, pair: Pair) -> Planned:
    history, calendar = world.of(VitaminRecords).history.get(pair, {}), prompt_days(world)
    first = min(history, default=None)
    begin = max(history) + timedelta(days=1) if history else world.today
    now = bisect_left(calendar, begin)
    passed = range(bisect_left(calendar, first), now) if first else range(0)
    new = len(passed) < FIRST_DAYS and _are_new(world, pair[0], first or begin)
    every = fitting(world.organisation, GENERAL)
    return _dealt(pair_text(*pair), _in_order(history), every, calendar, now, passed, new)


def _of_track(world: World, pair: Pair) -> Planned:
    """The department's days, with the track's own instead on some of those that are not settled yet."""
    records, organisation = world.of(VitaminRecords), world.organisation
    history, own = records.history.get((pair[0], GENERAL), {}), records.history.get(pair, {})
    settled, calendar = max([*history, *own], default=date.min), prompt_days(world)
    theirs = fitting(organisation, pair[1])
    return _with_own(
        pair_text(*pair),
        _in_order(own),
        planned(world, (pair[0], GENERAL)),
        len(history),
        theirs,
        fitting(organisation, GENERAL),
        calendar,
        bisect_right(calendar, settled) if settled > date.min else bisect_left(calendar, world.today),
        track_days(organisation, len(theirs)),
    )


@lru_cache(maxsize=16)
def _for_beginners(every: Once[Prompt]) -> Mapping[str, Prompt]:
    return {prompt.id: prompt for prompt in every if prompt.level == "starter"}


def _in_order(given: Mapping[date, Given]) -> tuple[tuple[date, Given], ...]:
    return tuple((day, given[day]) for day in sorted(given))


# What is dealt is kept by value: a service with nothing to do asks for the same at every tick.


@kept_of_each
def _dealt(
    seed: str,
    history: tuple[tuple[date, Given], ...],
    every: Once[Prompt],
    calendar: Once[date],
    begin: int,
    passed: range,
    first_weeks: bool,
) -> Planned:
    """What a department has from `calendar[begin]` on; `passed` are the places in it of its working days before that."""
    before = calendar[passed.start : passed.stop]
    coming = prompts_for(seed, dict(history), every, calendar[begin:], passed=before, first_weeks=first_weeks)
    return _plan(dict(history), coming)


@kept_of_each
def _with_own(
    seed: str,
    own: tuple[tuple[date, Given], ...],
    department: Planned,
    known: int,
    theirs: Once[Prompt],
    every: Once[Prompt],
    calendar: Once[date],
    begin: int,
    weekdays: frozenset[int],
) -> Planned:
    """What a track has from `calendar[begin]` on: what is its department's, of which the first `known` are given, and on
    some of these weekdays its own."""
    common, coming = department.given, calendar[begin:]
    starters = _for_beginners(every)
    apart = max(1, REST_WEEKS // max(1, len(theirs)))  # few are spread, rather than all at once and then none

    def places() -> Iterator[Place]:
        for number, day in enumerate(coming if theirs else (), begin):
            given = common.get(day)
            if day.isoweekday() not in weekdays or day.toordinal() // 7 % apart or (given and given.prompt in starters):
                continue
            beside = [calendar[one] if 0 <= one < len(calendar) else date.min for one in (number - 1, number + 1)]
            yield Place(day, common.get(beside[0]), common.get(beside[1]))

    chosen = dict(own_prompts_for(seed, dict(own), theirs, places(), calendar))
    return _plan(
        {**dict(islice(common.items(), known)), **dict(own)},
        ((day, chosen.get(day) or common.get(day)) for day in coming),
    )


def _plan(known: Mapping[date, Given], coming: Iterable[tuple[date, Given | None]]) -> Planned:
    """What is known already, and what comes after it."""
    given = {day: known[day] for day in sorted(known)} | {day: one for day, one in coming if one}
    before, latest = dict[date, date](), dict[str, date]()
    for day, one in given.items():
        if one.prompt in latest:
            before[day] = latest[one.prompt]
        latest[one.prompt] = day
    return Planned(given, before)


# --- what a person has -------------------------------------------------------------------------------------


def prompt(world: World, person: Person, day: date) -> Prompt | None:
    """What the person does on `day`, as `todays`."""
    found = todays(world, person, day)
    return found.prompt if found else None


def todays(world: World, person: Person, day: date) -> Today | None:
    """What the person has on `day`; None when there was none, or it is no longer in the catalogue.

    Whoever wants one prompt a week has that of its first day on all of them.
    """
    pair, own = (person.department, person.track), starters(world, person)
    starter = own.get(day)
    if person.dose == "one":
        starter = next((own[one] for one in Week.of(day).days if one in own), None)
        day = _first_of_week(world, person, day)
    given = prompts(world, pair).get(day)
    common = world.organisation.of(Catalogue).prompts.get(given.prompt) if given else None
    if common is None:
        return None
    beside = BESIDE.get(person.level)
    if starter:
        return Today(prompt=starter, common=common, beside=beside)
    met = before(world, pair, day)
    theirs = met and met >= begins(world.organisation, person) and met not in own
    return Today(prompt=common, beside=beside, again=met if theirs else None)


def _first_of_week(world: World, person: Person, day: date) -> date:
    """The first day of that week on which the person's department has a prompt and they work, whether or not they are
    away: it must not change when they fall ill."""
    week = Week.of(day).days
    days = days_with_prompt(world, (person.department, person.track), person.working_days, week[0], week[-1])
    return next(iter(days), day)


def begins(organisation: Organisation, person: Person) -> date:
    """The day from which the person has prompts, whatever breaks they take: a habit begins once."""
    return _begins(organisation, person, person.zone)


def _begins(organisation: Organisation, person: Person, zone: str) -> date:
    begin, starts = local_date(person.first_seen, zone), organisation.of(Vitamin).starts
    if person.started and person.started > begin:
        begin = person.started
    return starts if starts and starts > begin else begin


def starters(world: World, person: Person) -> Mapping[date, Prompt]:
    """The starters of a person's own in their first 20 days, on the days on which their department has something else.

    Those the department gave them are not given again. None to whoever wants it bold.
    """
    begin = begins(world.organisation, person)
    if person.level == "bold" or world.today - begin > NEW_FOR + BACK:
        return {}
    spans = world.organisation.absences.get(person.id, ())
    kept, key = world.of(VitaminRecords)._starters, (person.department, begin, person.working_days, spans)
    if key not in kept:
        kept[key] = _own_starters(world, person, begin)
    return kept[key]


def _own_starters(world: World, person: Person, begin: date) -> Mapping[date, Prompt]:
    known = _for_beginners(fitting(world.organisation, GENERAL))
    dealt, found, had = planned(world, (person.department, GENERAL)), dict[date, Prompt](), set[str]()
    for day in _first_days(world, person, begin):
        given = dealt.given.get(day)
        if given and given.prompt in known:
            had.add(given.prompt)
        elif given and (left := next((one for one in known.values() if one.id not in had), None)):
            had.add(left.id)
            found[day] = left
    return found


def _first_days(world: World, person: Person, begin: date) -> Sequence[date]:
    """The person's first days with a prompt of their own or their department's."""
    spans = world.organisation.absences.get(person.id, ())
    calendar = prompt_days(world)
    coming = calendar[bisect_left(calendar, begin) : bisect_left(calendar, min(begin, date.max - NEW_FOR) + NEW_FOR)]
    theirs = (
        day for day in coming if day.isoweekday() in person.working_days and not any(day in span for span in spans)
    )
    return [day for _, day in zip(range(FIRST_DAYS), theirs, strict=False)]


def _are_new(world: World, department: str, day: date) -> bool:
    """Whether most who are in a department on its first day are beginners: one with a new name has old hands."""
    began = _beginnings(world).get(department, ())
    return sum(day - one > timedelta(weeks=4) for one in began) * 2 <= len(began)


def _beginnings(world: World) -> Mapping[str, Sequence[date]]:
    """When the people of each department began, by the organisation's own dates: nobody's zone can stop the others."""
    kept, organisation = world.of(VitaminRecords)._beginnings, world.organisation
    if not kept:
        for one in organisation.people.values():
            kept.setdefault(one.department, []).append(_begins(organisation, one, organisation.zone))
    return kept
