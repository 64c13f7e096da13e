"""The vitamin pill, as a plan knows it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial

from culture.keys import PromptsKey
from culture.organisation import Organisation
from culture.people import Person
from culture.trouble import Troubles
from culture.vitamin import rules
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.prompts import Given
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import Pair, VitaminRecords
from culture.world import World
from service.planning import calls
from service.planning.programme import Moments, Programme, Reading, Records, Stored, another
from service.settings.inputs import Inputs
from service.vitamin.stale import stale_prompts
from store import records


def _read(reading: Reading) -> tuple[VitaminRecords]:
    history = _history(reading.stored)
    unread = frozenset(one.key for one in reading.stored.unreadable_in(records.PROMPTS))
    elsewhere = calls.elsewhere(reading.on_server, reading.publications, reading.now)
    return (VitaminRecords(history, elsewhere, calls.places(reading.on_server.decided), unread),)


def _history(stored: Stored) -> dict[Pair, dict[date, Given]]:
    """The prompts that were given, by department and track."""
    history: dict[Pair, dict[date, Given]] = {}
    for named, days in stored.table_of(records.PROMPTS).values():
        history.setdefault((named.department, named.track), {}).update(days)
    return history


def _written(before: World, after: World, troubles: Troubles) -> Records:
    """The prompts that no catalogue may change from now on, each with those of its week that were given before."""
    known, found = after.of(VitaminRecords), {}
    for (pair, week), days in rules.to_freeze(after, troubles).items():
        key = PromptsKey(*pair, week).to_text()
        if key not in known.unread:  # what is there is left as it is
            given = known.history.get(pair, {})
            found[key] = {day: given[day] for day in week.days if day in given} | days
    return {records.PROMPTS: {key: records.from_given(days) for key, days in found.items()}}


def _hours(organisation: Organisation) -> Iterable[time]:
    return (organisation.of(Vitamin).letter_at,)


def _moments(world: World, before: World | None) -> Iterator[tuple[str, Moments]]:
    if before and before.organisation is world.organisation:
        return
    for _, person in another(world.organisation.people, before.organisation.people if before else None):
        if person.first_seen > world.now:  # the clock was set back since, and their welcome is still to come
            yield person.id, partial(_welcome, world.organisation, person)


def _welcome(organisation: Organisation, person: Person) -> tuple[datetime | None]:
    return (rules.welcome_moment(organisation, person),)


def _feed_parts(inputs: Inputs) -> object:
    vitamin = inputs.config.of(Vitamin)
    same = replace(vitamin, prompt_weeks=0, days=frozenset())  # a set has no order of its own
    return repr(same), sorted(vitamin.days), inputs.catalogues.of(Catalogue).digest


def _stale(world: World, stored: Stored, now: datetime) -> Mapping[str, Collection[str]]:
    history, present = _history(stored), rules.pairs(world.organisation)
    stale, called = stale_prompts(history, present, now.astimezone(UTC).date()), world.organisation.called
    named = map(PromptsKey.from_text, stale)
    old = {replace(one, department=was).to_text() for one in named for was in called.before(one.department)}
    return {records.PROMPTS: stale | old}


PROGRAMME = Programme(
    name="vitamin",
    read=_read,
    written=_written,
    due=rules.due,
    hours=_hours,
    moments=_moments,
    steady=True,
    feed_parts=_feed_parts,
    stale=_stale,
)
