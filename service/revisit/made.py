"""What works now, as a prompt and a challenge for others: made of the item, and of its challenge where it came from the
relay. No name is ever in it. Pure."""

from collections.abc import Iterator, Mapping

from culture.organisation import Organisation
from culture.people import Language
from culture.policy import TOOLS, Tool
from culture.relay.challenges import Challenge, Challenges, ChallengeText
from culture.relay.schedule import RelayRecords
from culture.revisit.rules import Made, Revisit, RevisitRecords
from culture.revisit.works import given
from culture.vitamin.catalogue import Catalogue, Prompt, PromptText
from culture.world import World
from mailer.words import LANGUAGES
from service.messages.plain_text import one_line
from service.messages.translation import say

TITLE = {Made.PROMPT: 60, Made.CHALLENGE: 70}
"""Letters, as a catalogue's file may have."""

NAME = 45
"""Letters of a name in a title, and of what is quoted: the title and the point are to be seen."""

QUOTED = 220

LONG = 1000
"""Letters of a text of a challenge. What a prompt may have is twice that."""


def added(world: World) -> Iterator[object]:
    """The catalogues with what was made of items, where anything was."""
    items = world.of(RevisitRecords).items.values()
    prompts, challenges = given(items, Made.PROMPT), given(items, Made.CHALLENGE)
    if prompts:
        every: Mapping[str, Prompt] = world.organisation.of(Catalogue).prompts
        yield Catalogue({**every, **{one.id: one for one in (prompt_of(item, world) for item in prompts)}})
    if challenges:
        known = world.organisation.of(Challenges).challenges
        yield Challenges({**known, **{one.id: one for one in (challenge_of(item, world) for item in challenges)}})


def entry_id(item: Revisit) -> str:
    """Its id in a catalogue."""
    return f"revisit-{item.id}"


def challenge_of(item: Revisit, world: World) -> Challenge:
    """The challenge: its old one with what is new, or one about the tool or use case."""
    old = _old(item, world)
    return Challenge(
        id=entry_id(item),
        level=old.level if old else "practised",
        tool=old.tool if old else _tool(item, world.organisation),
        hours=old.hours if old else 2,
        data=old.data if old else item.needs_data or "own",
        texts={one: _challenge_text(item, old, one) for one in LANGUAGES},
        tracks=old.tracks if old else frozenset(),
        sectors=old.sectors if old else frozenset(),
        own=True,
    )


def prompt_of(item: Revisit, world: World) -> Prompt:
    """The prompt, likewise."""
    old = _old(item, world)
    return Prompt(
        id=entry_id(item),
        kind="explore",
        level="practised",
        tool=old.tool if old else _tool(item, world.organisation),
        data=old.data if old else item.needs_data or "own",
        texts={one: _prompt_text(item, old, one) for one in LANGUAGES},
        tracks=old.tracks if old else frozenset(),
        sectors=old.sectors if old else frozenset(),
    )


def _old(item: Revisit, world: World) -> Challenge | None:
    """The challenge that did not work, where the item came from one that is in the catalogue still."""
    turn = world.of(RelayRecords).turns.get(item.turn)
    return world.organisation.of(Challenges).challenges.get(turn.challenge) if turn else None


def _tool(item: Revisit, organisation: Organisation) -> Tool:
    """What it needs; else something that there is here, so that it is dealt."""
    here, usual = organisation.policy.tools, "chat"
    if item.needs_tool:
        return item.needs_tool
    return next((one for one in here if one == usual), here[0] if here else TOOLS[0])


def _challenge_text(item: Revisit, old: Challenge | None, language: Language) -> ChallengeText:
    name, text = _cut(item.name, NAME), old.text(language) if old else None
    find = say(language, "Find a task of your own where {name} is of use, and show what it is worth.", name=name)
    goal = text.goal if text else find
    return ChallengeText(
        title=_cut(text.title if text else _title(name, language), TITLE[Made.CHALLENGE]),
        goal=_cut(f"{goal} {_news(item, language)}", LONG),
        steps=text.steps if text else _steps(name, language),
        data=text.data if text else say(language, "Only what the policy allows."),
        tools=text.tools if text else name,
        check=text.check if text else _check(language),
    )


def _title(name: str, language: Language) -> str:
    return say(language, "{name}: it works now", name=name)


def _check(language: Language) -> str:
    sentence = (
        "Go through the result as if a new colleague had made it: every figure, every name, every claim. "
        "Look first at what went wrong the last time."
    )
    return say(language, sentence)


def _ask(name: str, language: Language) -> str:
    sentence = (
        "I want to try {name} on a task of my own. Ask me three short questions about what I work with this week. "
        "Then suggest one task that takes ten minutes, and write out what I should ask for."
    )
    return say(language, sentence, name=name)


def _steps(name: str, language: Language) -> tuple[str, ...]:
    return (
        say(language, "Choose a task of this week, small enough to be done twice."),
        say(language, "Do it once as you usually do, and note how long it took and what was hard."),
        say(language, "Do it again with {name}, and keep both results.", name=name),
        say(language, "Lay the two side by side: what was better, what was worse, and what did you have to mend?"),
    )


def _prompt_text(item: Revisit, old: Challenge | None, language: Language) -> PromptText:
    name, text = _cut(item.name, NAME), old.text(language) if old else None
    prompt = "\n".join((text.goal, *text.steps)) if text else _ask(name, language)
    return PromptText(
        title=_cut(text.title if text else _title(name, language), TITLE[Made.PROMPT]),
        prompt=_cut(prompt, 2 * LONG),
        look_for=_cut(_news(item, language), LONG // 2),
        data=text.data if text else say(language, "Only what the policy allows."),
    )


def _news(item: Revisit, language: Language) -> str:
    """Why it is tried again; what colleagues wrote stays in the language they wrote it in."""
    reason, why = _cut(one_line(item.reason), QUOTED), _cut(one_line(item.judgements[-1].reason), QUOTED)
    if not reason:
        return say(language, "The last time it did not work. Now it does: “{why}”", why=why)
    return say(language, "The last time it did not work: “{reason}” Now it does: “{why}”", reason=reason, why=why)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "\u2026"
