"""What the relay tells of a plan."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.deeds import Deed, Did
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from culture.world import World
from service.answers.answer_row import AnswerRow, Happened, Presents
from service.messages.names import some
from service.messages.translation import Sentence, say, word
from service.planning.plan import Plan

TOLD = frozenset({Did.MOVED, Did.ASSIGNED, Did.HELD, Did.WAITS, Did.BACK, Did.LEFT, Did.NOT_REACHED, Did.ENDED})
"""What happens to turns by itself. What people do is told as their act."""

STANDS = ("announced", "assigned", "held")
"""The states of a turn that somebody presents, or has presented."""

DONE = {
    Did.PASSED: Sentence("passed the turn on ({turn})"),
    Did.VOLUNTEERED: Sentence("volunteered for a turn ({turn})"),
    Did.SWAP_ASKED: Sentence("asked a colleague to swap ({turn})"),
    Did.SWAPPED: Sentence("said yes to a swap ({turn})"),
    Did.DECLINED: Sentence("said no to a swap ({turn})"),
    Did.UNDONE: Sentence("took it back ({turn})"),
}
"""What people do with a turn."""


def _lines(plan: Plan, language: Language, shown: int | None) -> Iterator[str]:
    before = plan.before.of(RelayRecords).turns
    new = [turn for turn in plan.world.of(RelayRecords).turns.values() if turn.id not in before]
    if new:
        staff = plan.world.organisation.people
        told = [f"{staff[turn.presenter].name} {turn.starts:%Y-%m-%d %H:%M}" for turn in new if turn.starts]
        yield say(
            language, "Turns that are announced: {count} ({names})", count=len(new), names=some(told, language, shown)
        )


def _values(plan: Plan) -> Mapping[str, Any]:
    """The turns that are not as they were."""
    before = plan.before.of(RelayRecords).turns
    return {
        "turns": {
            turn.id: {"presenter": turn.presenter, "starts": turn.starts.isoformat() if turn.starts else None}
            for turn in plan.world.of(RelayRecords).turns.values()
            if before.get(turn.id) != turn
        }
    }


def _story(plan: Plan, language: Language) -> Iterator[str]:
    for turn in plan.world.of(RelayRecords).turns.values():
        yield from _of_turn(plan, turn, language)


def _of_turn(plan: Plan, turn: Turn, language: Language) -> Iterator[str]:
    """What has happened to a turn at this tick, by itself."""
    before = plan.before.of(RelayRecords).turns.get(turn.id)
    if before is None:
        yield _new(plan.world, turn).said(language)
    for deed in turn.deeds[len(before.deeds) if before else 1 :]:
        if deed.what in TOLD:
            yield _told(plan.world, turn, deed, language).said(language)


def _new(world: World, turn: Turn) -> Sentence:
    when = f"{turn.starts:%Y-%m-%d %H:%M}" if turn.starts else ""
    return word("new-turn", turn.kind, name=_presenter(world, turn), when=when, turn=turn.id)


def _told(world: World, turn: Turn, deed: Deed, language: Language) -> Sentence:
    """What happened to a turn by itself."""
    challenge = world.organisation.of(Challenges).challenges.get(deed.about)
    fields = {
        "title": challenge.text(language).title if challenge else "",
        "why": word("waiting", deed.why) if deed.why else "",
        "when": f"{deed.to:%Y-%m-%d %H:%M}" if deed.to else "",
    }
    return word("deed", deed.what, name=_presenter(world, turn), turn=turn.id, **fields)


def _presenter(world: World, turn: Turn) -> str:
    person = world.organisation.people.get(turn.presenter)
    return person.name if person else turn.presenter


def _happened(world: World, ids: Collection[str]) -> Iterator[Happened]:
    """What a person did with turns, what happened to those that are theirs, and which learnings they put their name to."""
    records = world.of(RelayRecords)
    for turn in records.turns.values():
        for deed in turn.deeds:
            data = {"turn": turn.id}
            if deed.by in ids and deed.what in DONE:
                yield Happened(
                    at=deed.at, code=deed.what.value, said=replace(DONE[deed.what], fields=data), done=True, data=data
                )
            elif deed.what in TOLD and turn.presenter in ids:
                said = _told(world, turn, deed, world.organisation.language)
                yield Happened(at=deed.at, code=deed.what.value, said=said, done=False, data=data)
    for one in records.learnings.values():
        if one.person in ids and one.show_name:
            data = {"turn": one.id}
            yield Happened(
                at=one.at,
                code="learning",
                said=Sentence("wrote down what was learned ({turn})", data),
                done=True,
                data=data,
            )


def _presents(world: World, since: datetime) -> Iterator[Presents]:
    for turn in world.of(RelayRecords).turns.values():
        if turn.starts and since <= turn.starts and turn.state in STANDS:
            yield Presents(at=turn.starts, department=turn.department, person=turn.presenter)


ANSWERS = AnswerRow(lines=_lines, values=_values, story=_story, presents=_presents, happened=_happened)
