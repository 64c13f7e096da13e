"""What the relay tells of a plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.deeds import Did
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from service.answers.answer_row import AnswerRow
from service.messages.names import some
from service.messages.translation import say, word
from service.planning.plan import Plan

TOLD = frozenset({Did.MOVED, Did.ASSIGNED, Did.HELD, Did.WAITS, Did.BACK, Did.LEFT, Did.NOT_REACHED, Did.ENDED})
"""What happens to turns by itself. What people do is told as their act."""


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
    person = plan.world.organisation.people.get(turn.presenter)
    name, when = person.name if person else turn.presenter, f"{turn.starts:%Y-%m-%d %H:%M}" if turn.starts else ""
    if before is None:
        yield word("new-turn", turn.kind, name=name, when=when, turn=turn.id).said(language)
    for deed in turn.deeds[len(before.deeds) if before else 1 :]:
        if deed.what in TOLD:
            challenge = plan.world.organisation.of(Challenges).challenges.get(deed.about)
            fields = {
                "title": challenge.text(language).title if challenge else "",
                "why": word("waiting", deed.why) if deed.why else "",
                "when": f"{deed.to:%Y-%m-%d %H:%M}" if deed.to else "",
            }
            yield word("deed", deed.what, name=name, turn=turn.id, **fields).said(language)


ANSWERS = AnswerRow(lines=_lines, values=_values, story=_story)
