"""Kinds that are held the first time they go by a transport: which those are, and approving them ahead.

What is approved ahead is the first sending on this transport and no more: growth and cancellations are held as ever.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from itertools import groupby

from culture.keys import FirstKey
from culture.people import Language, Person
from culture.world import World
from mailer.transport import way_of
from service.answers.forecast import copy_of, forecast, keep_only
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.messages.translation import Sentence, say
from service.planning.fuse import SendHistory
from service.planning.kinds import CALLS, KINDS, kind_name
from service.planning.programme import programmes
from service.settings.channel_row import servers_here
from service.settings.config import Config

EVERY = "all"

HORIZON = timedelta(weeks=6)
"""A department that meets every four weeks has met by then, and its challenge has come ten working days before."""


Ways = Mapping[str, tuple[str, ...]]
"""What each kind goes by: letters by a transport, calls by the channels that are on a server."""


def transports(config: Config) -> dict[str, tuple[str, ...]]:
    """The kinds that can be held because they are the first, and what each goes by."""
    letters = config.mail.transport
    by_letter = (letters,) if way_of(letters) == "mailbox" else ()
    by_call = tuple(name for name, _ in servers_here(config))
    kinds = [kind.id for kind in KINDS.values() if kind.fused and kind.way != "hold"]
    found = {kind: by_call if kind in CALLS else by_letter for kind in kinds}
    return {kind: by for kind, by in found.items() if by}


def _which(config: Config, is_so: Callable[[str, str], bool]) -> dict[str, tuple[str, ...]]:
    """The kinds, and of what each goes by that for which it is so."""
    found = {kind: tuple(one for one in by if is_so(kind, one)) for kind, by in transports(config).items()}
    return {kind: by for kind, by in found.items() if by}


def unseen(
    config: Config, memory: Callable[[str], SendHistory], approved: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """The kinds whose first will be held, and what each goes by: those that neither went by it nor are approved ahead."""
    return _which(
        config, lambda kind, by: by not in memory(kind).transports and FirstKey(by, kind).to_text() not in approved
    )


def ahead(
    config: Config, memory: Callable[[str], SendHistory], approved: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """The kinds that are approved ahead and have not gone yet, and what each goes by."""
    return _which(
        config, lambda kind, by: by not in memory(kind).transports and FirstKey(by, kind).to_text() in approved
    )


def approve_ahead(engine: Engine, names: Sequence[str], now: datetime) -> list[str]:
    """Approve the first of these kinds on the transports of now; the kinds, in the order of their names for people.

    Raises Refused for a name that is no kind, and where nothing is held the first time: letters become files.
    """
    possible = transports(engine.inputs.config)
    if not possible:
        raise Refused(
            Sentence("Letters become files now, and of those nothing is held. Write another [mail] transport first.")
        )
    for name in names:
        if name != EVERY and name not in possible:
            raise Refused(_no_such_kind(name, possible))
    chosen = [kind for kind in possible if kind in names or EVERY in names]
    with engine.database.batch():
        for kind in chosen:
            for by in possible[kind]:
                engine.stored.approve_ahead(kind, FirstKey(by, kind).to_text(), now)
    return chosen


def _no_such_kind(name: str, possible: Collection[str]) -> Sentence:
    near = get_close_matches(name, possible, 1)
    if near:
        text = "{name} is no kind that can be approved ahead. Did you mean {near}?"
        return Sentence(text, {"name": name, "near": near[0]})
    text = "{name} is no kind that can be approved ahead. Write one of {kinds}, or all."
    return Sentence(text, {"name": name, "kinds": ", ".join(possible)})


def ahead_lines(engine: Engine, language: Language) -> Iterator[str]:
    """What is approved ahead and has not come yet, for a person to read."""
    given = ahead(engine.inputs.config, engine.stored.memory, engine.stored.approved())
    if given:
        names = ", ".join(kind_name(kind, language) for kind in given)
        yield say(language, "Approved ahead: {kinds}", kinds=names)


def lines(engine: Engine, now: datetime, language: Language) -> Iterator[str]:
    """What will be held because it is the first of its kind, and the day on which each first comes, for a person to read."""
    waiting = unseen(engine.inputs.config, engine.stored.memory, engine.stored.approved())
    if not waiting:
        return
    found = coming(engine, now, waiting)
    days = groupby(found.items(), key=lambda one: one[1].astimezone(engine.zone).date())
    for day, of_day in days:
        names = ", ".join(kind_name(kind, language) for kind, _ in of_day)
        yield say(language, "First on {day}, and held then: {kinds}", day=day, kinds=names)
    if rest := len(waiting.keys() - found.keys()):
        text = "Held too, the first time they come: {count} kinds that do not come in the next six weeks. aikultur plan --json names them."
        yield say(language, text, count=rest)
    if found:
        yield say(language, "Approve these ahead with: aikultur apply --kinds {names}", names=",".join(found))
    yield say(language, "Approve every kind ahead with: aikultur apply --kinds all")


def value(engine: Engine) -> dict[str, list[str]]:
    """The same kinds for a program to read."""
    config, approved, memory = engine.inputs.config, engine.stored.approved(), engine.stored.memory
    return {
        "first_held": list(unseen(config, memory, approved)),
        "approved_ahead": list(ahead(config, memory, approved)),
    }


def first_value(engine: Engine, now: datetime) -> dict[str, str]:
    """When each of the kinds that will be held first comes (UTC), for a program to read."""
    waiting = unseen(engine.inputs.config, engine.stored.memory, engine.stored.approved())
    return {kind: at.astimezone(UTC).isoformat() for kind, at in coming(engine, now, waiting).items()}


def coming(engine: Engine, now: datetime, kinds: Ways) -> dict[str, datetime]:
    """When each of these kinds first comes in the next weeks if all of them are approved, in the order of time; without
    those that do not come. `kinds` says what each goes by.

    Lived by a few people of every department on a copy in memory: the moments of a kind are those of rhythms, which
    hundreds have in common, and all 3,000 would take minutes.
    """
    if not kinds:
        return {}
    trial = copy_of(engine)
    keep_only(trial, _some_people(engine.plan(now).world))
    for kind, ways in kinds.items():
        for by in ways:
            trial.stored.approve_ahead(kind, FirstKey(by, kind).to_text(), now)
    found: dict[str, datetime] = {}
    for one in forecast(trial, now, now + HORIZON):
        for kind in sorted({kind for kind, _ in one.named()} & kinds.keys()):
            found.setdefault(kind, one.at)
        if len(found) == len(kinds):
            break
    return found


def _some_people(world: World) -> list[Person]:
    """A few people of every sort (department, channel, hour, language), and who has a part to play."""
    organisation = world.organisation
    parts = {*organisation.facilitators.values()}.union(*(one.parts(world) for one in programmes()))
    sorts = set[tuple[object, ...]]()
    found = []
    for person in organisation.people.values():
        sort = (person.department, person.channel, person.time, person.language)
        if sort not in sorts or person.id in parts or person.email == organisation.contact_email:
            sorts.add(sort)
            found.append(person)
    return found
