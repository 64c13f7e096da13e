"""Concerns decided: released and answered, or kept back. The same for the page, the command line and a rehearsal."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from culture.concerns import Concern
from culture.folded import fold
from culture.leaders import concerns as rules
from culture.leaders.concerns import ConcernRecords, Decided
from culture.leaders.settings import Leaders
from culture.world import World
from service.leaders.concern_forms import read_answer, read_text
from service.messages.faults import BadInput, Fault, Refused
from service.messages.plain_text import one_line
from service.messages.translation import Sentence
from store import records

if TYPE_CHECKING:
    from service.engine.engine import Engine


def release(engine: "Engine", id_: str, values: Mapping[str, str], now: datetime) -> Decided:
    """Let everybody read it, with its answer or who was asked. Released already it is the same with what is written now.
    Raises BadInput with every fault, Refused."""
    return _decided(engine, id_, now, lambda world, one: _released(world, one, values))


def _released(world: World, one: Concern, values: Mapping[str, str]) -> Decided:
    faults: list[Fault] = []
    text, reply = "", None
    try:
        text = read_text({"text": one.text, **values})
    except BadInput as bad:
        faults += bad.faults
    try:
        reply = read_answer(values, world.today)
    except BadInput as bad:
        faults += bad.faults
    if faults or reply is None:
        raise BadInput(faults)
    before = world.of(ConcernRecords).decided.get(one.id)
    if before and before.released:
        return replace(rules.answered(before, reply), text=text)
    return rules.release(one, text, reply, world.today)


def keep_back(engine: "Engine", id_: str, now: datetime) -> Decided:
    """Show it to nobody. Raises Refused for one that everybody could read already."""

    def kept(world: World, one: Concern) -> Decided:
        before = world.of(ConcernRecords).decided.get(one.id)
        if before and before.released:
            raise Refused(Sentence("It has been released already, and people have read it. Answer it."))
        return before or rules.keep_back(one, world.today)

    return _decided(engine, id_, now, kept)


def answer(engine: "Engine", id_: str, values: Mapping[str, str], now: datetime) -> Decided:
    """Answer one that everybody reads, or say who is asked now. Raises BadInput, Refused."""

    def given(world: World, one: Concern) -> Decided:
        reply = read_answer(values, world.today)
        before = world.of(ConcernRecords).decided.get(one.id)
        if before is None or not before.released:
            raise Refused(Sentence("It has not been released. Release it first: then everybody can read the answer."))
        return rules.answered(before, reply)

    return _decided(engine, id_, now, given)


def _decided(engine: "Engine", id_: str, now: datetime, decide: Callable[[World, Concern], Decided]) -> Decided:
    with engine.act(now) as acting:
        world = acting.world
        if not world.organisation.of(Leaders).enabled:
            raise Refused(Sentence("Nobody answers concerns here. Write enabled = true under [leaders]."))
        one = concern_of(world, id_)
        made, before = decide(world, one), world.of(ConcernRecords)
        if made != before.decided.get(one.id):
            engine.stored.put(records.ANSWERED, one.id, made)
            after = replace(before, decided={**before.decided, one.id: made})
            acting.world = world.having(after, rules.released(after))
    return made


def concern_of(world: World, text: str) -> Concern:
    """The concern of an id, or of an unmistakable part of its text. Raises Refused."""
    known, wanted = world.of(ConcernRecords).concerns, fold(one_line(text))
    if text in known:
        return known[text]
    hits = [one for one in known.values() if wanted and wanted in fold(one_line(one.text))]
    if len(hits) == 1:
        return hits[0]
    fields = {"text": one_line(text)[:80], "ids": ", ".join(sorted(one.id for one in hits)[:5])}
    if hits:
        raise Refused(Sentence('"{text}" fits several: {ids}. Write the id.', fields))
    raise Refused(
        Sentence('There is no concern "{text}". Look with aikultur concerns waiting.', {"text": fields["text"]})
    )
