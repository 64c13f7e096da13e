"""The levels mean what docs/catalogue.md says: what can be counted is counted, the rest is held to a list made by hand."""

import re
import tomllib
from pathlib import Path

from culture.policy import CLASSES, Policy
from culture.vitamin.catalogue import KINDS, Level, Prompt
from culture.vitamin.prompts import FIRST_DAYS
from mailer.words import LANGUAGES
from service.vitamin.catalogue_file import shipped_prompts

BY_HAND = tomllib.loads((Path(__file__).parent / "levels.toml").read_text("utf-8"))


def of(level: Level) -> list[Prompt]:
    return [one for one in shipped_prompts() if one.level == level]


def test_the_catalogue_agrees_with_what_was_labelled_by_hand() -> None:
    wanted = {(key, kind): level for level, kinds in BY_HAND.items() for kind, keys in kinds.items() for key in keys}
    assert len(wanted) >= 40
    assert {kind for _, kind in wanted} == set(KINDS)
    assert {(one.id, one.kind): one.level for one in shipped_prompts() if (one.id, one.kind) in wanted} == wanted


def test_the_first_month_has_a_starter_for_every_day_whatever_the_policy_allows() -> None:
    starters = of("starter")
    for most in CLASSES:
        policy = Policy(answers={}, most_sensitive=most)
        assert sum(policy.allows(one.data, one.tool) for one in starters) >= FIRST_DAYS
    assert {one.tool for one in starters} == {"chat"}
    assert {one.data for one in starters} <= {"none", "public", "own"}
    assert not any(one.tracks or one.sectors or one.season for one in starters)


def test_who_has_not_the_function_is_told_what_to_do_instead() -> None:
    said = {
        "da": r"\b[Hh]ar (din|dit|du|jeres|min|tastaturet)\b[^.]* ikke\b|i enhver assistent",
        "en": r"\b[Ii]f (your?|my|the)\b[^.]* (do|does) not have|lacks |in any assistant",
    }
    exploring = [one for one in shipped_prompts() if one.kind == "explore" and not one.tracks]
    assert len(exploring) >= 25
    for language in LANGUAGES:
        for one in exploring:
            text = one.text(language)
            assert re.search(said[language], f"{text.prompt} {text.look_for}"), (one.id, language)


def test_every_class_of_data_is_met() -> None:
    assert {one.data for one in shipped_prompts()} == set(CLASSES)
