"""Kinds that are held the first time they go by a transport: which those are, and approving them ahead.

What is approved ahead is the first sending on this transport and no more: growth and cancellations are held as ever.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches

from culture.keys import FirstKey
from culture.people import Language
from service.calls import CALLS, TRANSPORT, UNFUSED
from service.config import Config
from service.engine import Engine
from service.fault import Refused
from service.forecast import Coming
from service.fuse import Memory
from service.show import KIND_NAMES, kind_name
from service.words import Sentence, say

NO_ACTIONS = frozenset({"people", "clock", "meetings"})
"""What the fuse holds that is neither a letter nor a call."""

EVERY = "all"


def transports(config: Config) -> dict[str, str]:
    """The kinds that can be held because they are the first, and what each goes by."""
    letters = config.mail.transport
    kinds = [kind for kind in KIND_NAMES if kind not in NO_ACTIONS | UNFUSED]
    found = {kind: TRANSPORT if kind in CALLS else letters for kind in kinds if kind not in CALLS or config.exchange}
    return {kind: by for kind, by in found.items() if by != "folder"}


def unseen(config: Config, memory: Callable[[str], Memory], approved: Collection[str]) -> dict[str, str]:
    """The kinds whose first will be held, and what each goes by: those that neither went by it nor are approved ahead."""
    return {
        kind: by
        for kind, by in transports(config).items()
        if by not in memory(kind).transports and FirstKey(by, kind).to_text() not in approved
    }


def ahead(config: Config, memory: Callable[[str], Memory], approved: Collection[str]) -> dict[str, str]:
    """The kinds that are approved ahead and have not gone yet, and what each goes by."""
    return {
        kind: by
        for kind, by in transports(config).items()
        if by not in memory(kind).transports and FirstKey(by, kind).to_text() in approved
    }


def firsts(coming: Iterable[tuple[datetime, str]], kinds: Collection[str]) -> dict[str, datetime]:
    """When each of these kinds first comes, of moments and kinds in the order of time; without those that do not come."""
    found: dict[str, datetime] = {}
    for at, kind in coming:
        if kind in kinds:
            found.setdefault(kind, at)
    return found


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
            near = get_close_matches(name, possible, 1)
            text = "{name} is no kind that can be approved ahead. Write one of {kinds}, or all."
            if near:
                text = "{name} is no kind that can be approved ahead. Did you mean {near}?"
            fields = {"name": name, "kinds": ", ".join(possible), "near": near[0] if near else ""}
            raise Refused(Sentence(text, {key: value for key, value in fields.items() if f"{{{key}}}" in text}))
    chosen = [kind for kind in possible if kind in names or EVERY in names]
    with engine.database.batch():
        for kind in chosen:
            engine.stored.approve_ahead(kind, FirstKey(possible[kind], kind).to_text(), now)
    return chosen


def ahead_lines(engine: Engine, language: Language) -> Iterator[str]:
    """What is approved ahead and has not come yet, for a person to read."""
    given = ahead(engine.inputs.config, engine.stored.memory, engine.stored.approved())
    if given:
        names = ", ".join(kind_name(kind, language) for kind in given)
        yield say(language, "Approved ahead: {kinds}", kinds=names)


def lines(engine: Engine, language: Language, coming: Iterable[Coming] | None = None) -> Iterator[str]:
    """What will be held because it is the first of its kind, for a person to read.

    With what is `coming`: when each first comes.
    """
    waiting = unseen(engine.inputs.config, engine.stored.memory, engine.stored.approved())
    if not waiting:
        return
    moments = ((one.at, held.kind) for one in coming or () for held in one.held)
    found = firsts(moments, waiting)
    for kind, at in found.items():
        text = "First on {day}, and held then: {kind}"
        yield say(language, text, day=at.astimezone(engine.zone).date(), kind=kind_name(kind, language))
    rest = [kind_name(kind, language) for kind in waiting if kind not in found]
    if rest:
        yield say(language, "Held the first time they come: {kinds}", kinds=", ".join(rest))
    yield say(language, "Approve kinds ahead with: aikultur apply --kinds {names}", names=",".join(waiting))


def value(engine: Engine) -> dict[str, list[str]]:
    """The same kinds for a program to read."""
    config, approved, memory = engine.inputs.config, engine.stored.approved(), engine.stored.memory
    return {
        "first_held": list(unseen(config, memory, approved)),
        "approved_ahead": list(ahead(config, memory, approved)),
    }
