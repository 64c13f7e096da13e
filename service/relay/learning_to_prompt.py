"""From what colleagues learned or found out to a prompt for all: TOML to be edited. Pure; no name is ever in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from culture.folded import fold
from culture.organisation import Organisation
from culture.people import Language
from culture.policy import DataClass, Tool
from culture.relay.challenges import Challenge, Challenges, ChallengeText
from culture.relay.learning import Discovery, Learning, Outcome
from culture.vitamin.catalogue import Catalogue, Level
from mailer.words import LANGUAGES
from service.messages.faults import Refused
from service.messages.translation import Sentence, say, word

LENGTHS = {"title": 60, "prompt": 2000, "look_for": 500, "data": 500}
"""What `service.vitamin.catalogue_file` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A prompt as far as a program can write it."""

    id: str
    level: Level
    tool: Tool
    data: DataClass
    texts: Mapping[Language, Mapping[str, str]]


def prompt_of_learning(learning: Learning, organisation: Organisation) -> str:
    """A [[prompt]] of the organisation's own catalogue made of a learning, in TOML, to be edited. No name is in it.

    Raises Refused when the challenge did not work, or the prompt is in the catalogue already.
    """
    if learning.outcome is not Outcome.WORKED:
        fields = {"turn": learning.id, "outcome": word("outcome", learning.outcome)}
        raise Refused(Sentence('{turn} says "{outcome}". Only what worked becomes a prompt for all.', fields))
    challenge = organisation.of(Challenges).challenges.get(learning.challenge)
    texts = {language: _learned(learning, challenge, language) for language in LANGUAGES}
    return _as_toml(
        organisation,
        _Draft(
            id=_prompt_id(learning.id),
            level=challenge.level if challenge else "practised",
            tool=challenge.tool if challenge else "chat",
            data=challenge.data if challenge else "none",
            texts=texts,
        ),
    )


def prompt_of_discovery(discovery: Discovery, organisation: Organisation) -> str:
    """The same of a discovery."""
    texts = {
        language: {
            "title": discovery.text,
            "prompt": discovery.text,
            "look_for": say(language, "Does it work for you too? Check the answer before you use it."),
            "data": say(language, "Only what the policy allows."),
        }
        for language in LANGUAGES
    }
    return _as_toml(
        organisation, _Draft(id=_prompt_id(discovery.id), level="easy", tool="chat", data="none", texts=texts)
    )


def _learned(learning: Learning, challenge: Challenge | None, language: Language) -> dict[str, str]:
    """The texts of a prompt in one language; what colleagues wrote stays in the language they wrote it in."""
    said: ChallengeText | None = challenge.text(language) if challenge else None
    task = (said.goal, *said.steps) if said else ()
    return {
        "title": said.title if said else learning.title,
        "prompt": "\n".join(filter(None, (*task, learning.worked, learning.easy))) or learning.title,
        "look_for": "\n".join(filter(None, (learning.checked, learning.did_not))),
        "data": said.data if said else say(language, "Only what the policy allows."),
    }


def _prompt_id(of: str) -> str:
    return "learned-" + re.sub("[^a-z0-9]+", "-", fold(of)).strip("-")


def _as_toml(organisation: Organisation, draft: _Draft) -> str:
    if draft.id in organisation.of(Catalogue).prompts:
        sentence = "{prompt} is in your catalogue already. Edit it there."
        raise Refused(Sentence(sentence, {"prompt": draft.id}))
    lines = [
        f"# {say(organisation.language, 'Edit this, and put it into the file that [vitamin] own_prompts names.')}",
        "[[prompt]]",
        f"id = {_quoted(draft.id)}",
        'kind = "explore"',
        f"level = {_quoted(draft.level)}",
        f"tool = {_quoted(draft.tool)}",
        f"data = {_quoted(draft.data)}",
    ]
    for language, texts in draft.texts.items():
        lines += ["", f"[prompt.{language}]"]
        lines += [f"{name} = {_quoted(_cut(texts[name], most))}" for name, most in LENGTHS.items()]
    return "\n".join(lines) + "\n"


def _cut(given: str, most: int) -> str:
    return given if len(given) <= most else given[: most - 1].rstrip() + "\u2026"


def _quoted(given: str) -> str:
    """A string of TOML. JSON's escapes are TOML's too; of the letters only TOML forbids none is left in plain text."""
    return json.dumps(given, ensure_ascii=False)
