"""What the relay tells of a plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from culture.people import Language
from culture.relay.challenges import Challenges
from culture.relay.schedule import RelayRecords
from culture.relay.turns import Turn
from service.answers.answer_row import AnswerRow
from service.messages.names import some
from service.messages.translation import say
from service.planning.plan import Plan
from service.relay.why import waits_for

DEEDS = {
    "moved": "{name}: the turn is now on {about} ({turn})",
    "assigned": '{name} gets the challenge "{title}" ({turn})',
    "held": "{name} has presented ({turn})",
    "waits": "{name}: the turn waits for another meeting, because: {about} ({turn})",
    "back": "{name} presents again, for whoever stood in cannot be there ({turn})",
    "left": "{name} has left, and the turn with them ({turn})",
    "not reached": "{name} cannot be reached by letter, and has not heard of the turn ({turn})",
    "ended": "{name} has no turn any more, because: {about} ({turn})",
}
REASONS = (
    "meeting cancelled",
    "missed",
    "no room",
    "away",
    "too short",
    "not told",
    "not reached",
    "no relay here any more",
)


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
        texts = {
            "normal": "{name} is next, and presents on {when} ({turn})",
            "volunteer": "{name} has volunteered for {when} ({turn})",
            "retry": "{name} tries again what did not work yet, on {when} ({turn})",
        }
        yield say(language, texts[turn.kind], name=name, when=when, turn=turn.id)
    for deed in turn.deeds[len(before.deeds) if before else 1 :]:
        text = DEEDS.get(deed.what)
        if text:
            challenge = plan.world.organisation.of(Challenges).challenges.get(deed.about)
            title = challenge.text(language).title if challenge else ""
            about = say(language, waits_for(deed.about)) if deed.about in REASONS else deed.about
            yield say(language, text, name=name, turn=turn.id, title=title, about=about)


ANSWERS = AnswerRow(lines=_lines, values=_values, story=_story)
