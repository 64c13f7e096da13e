"""How long the letters are that come most: nobody reads what takes six screens."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from culture.people import Language
from culture.vitamin.catalogue import Prompt
from mailer.letter import Facts, Reader
from mailer.render import Renderer
from mailer.words import LANGUAGES
from service.messages.translation import word
from service.planning.sample_letters import samples
from service.vitamin.catalogue_file import shipped_prompts
from service.vitamin.facts import TipFacts, WelcomeFacts
from service.vitamin.letters import LONG, STARTER_WORDS, length
from tests.culture_values import SEEN
from tests.mail_values import LINKS, MONDAY, NO_LINKS, reader, tip, welcome
from tests.service_values import make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

OURS = Renderer(None)
PROMPTS = tuple(shipped_prompts())
MOST = {"tip": 300, "welcome": 350}
"""Words before the signature."""


def said(who: Reader, facts: Facts) -> int:
    """The words of a letter before its signature, addresses left out."""
    text = OURS.render(who, [facts]).text.partition(f"\n{who.contact_name}\n")[0]
    return sum(not word.startswith("https://") and word.strip("=-") != "" for word in text.split())


def longest_titles(language: Language) -> list[Prompt]:
    return sorted(PROMPTS, key=lambda one: len(one.text(language).title.split()))[-4:]


def week_of(first: Prompt, language: Language) -> tuple[tuple[date, Prompt], ...]:
    days = [day for day, _ in tip().days]
    return tuple(zip(days, (first, *longest_titles(language)), strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda one: one.id)
def test_a_weekly_letter_is_short_with_every_prompt_before_the_longest_titles(
    prompt: Prompt, language: Language
) -> None:
    beside = [word(which, prompt.kind).said(language) for which in ("first-step", "further")]
    longest = max(beside, key=lambda one: len(one.split())) if length(prompt, reader(language).person) <= LONG else ""
    week = replace(tip(), days=week_of(prompt, language), beside=longest)
    late = replace(week, again=MONDAY)
    shapes = [
        said(replace(reader(language, links), new=new), facts)
        for links in (LINKS, NO_LINKS)
        for new, facts in ((True, week), (False, late))
    ]
    assert max(shapes) <= MOST["tip"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["feed", "exchange", "invite", "none"])
def test_a_welcome_is_short_with_every_prompt_that_stands_in_it(channel: str, language: Language) -> None:
    short = [one for one in PROMPTS if len(one.text(language).prompt.split()) <= STARTER_WORDS]
    for starter in (*short, None):
        facts: WelcomeFacts = welcome(starter=starter, track=True, channel=channel)
        for links in (LINKS, NO_LINKS):
            assert said(reader(language, links, channel=channel), facts) <= MOST["welcome"]


def test_check_tries_the_shapes_that_a_weekly_letter_has_at_other_times(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    found = engine.plan(SEEN).world
    shapes = samples(found, found.organisation.people["1"]).shapes
    engine.close()
    tips = [one for one in shapes if isinstance(one, TipFacts)]
    assert {(one.fresh, one.common is not None, one.further) for one in tips} == {
        (True, False, False),
        (False, True, False),
        (False, False, True),
    }
