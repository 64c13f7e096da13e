"""How long the letters are that come most: nobody reads what takes six screens."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from culture.people import Language
from culture.relay.learning import Outcome
from culture.vitamin.catalogue import Prompt
from mailer.letter import Facts, Reader
from mailer.render import Renderer
from mailer.words import LANGUAGES
from service.messages.plain_text import beginning
from service.messages.translation import word
from service.planning.line import Line
from service.planning.sample_letters import samples
from service.relay.challenge_file import shipped_challenges
from service.relay.lines import ASKED, told
from service.relay.shared_words import SharedWords
from service.vitamin.catalogue_file import shipped_prompts
from service.vitamin.facts import TipFacts, WelcomeFacts
from service.vitamin.letters import BESIDE, SENTENCE, STARTER_WORDS, length, with_room
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
    text = OURS.plain(who, [facts]).partition(f"\n{who.contact_name}\n")[0]
    return sum(not word.startswith("https://") and word.strip("=-") != "" for word in text.split())


def longest_titles(language: Language) -> list[Prompt]:
    return sorted(PROMPTS, key=lambda one: len(one.text(language).title.split()))[-4:]


def week_of(first: Prompt, language: Language) -> tuple[tuple[date, Prompt], ...]:
    days = [day for day, _ in tip().days]
    return tuple(zip(days, (first, *longest_titles(language)), strict=True))


def longest_beside(prompt: Prompt, language: Language) -> str:
    said = [word(which, prompt.kind).said(language) for which in ("first-step", "further")]
    return max(said, key=lambda one: len(one.split()))


SAID: dict[Language, str] = {
    "da": "Den fandt på paragraffer, og så stod den og gentog de samme tre linjer fra vores egen vejledning igen og igen.",
    "en": "It made up paragraphs, and then it went on to repeat the same three lines of our own guidance again and again.",
}
"""What somebody wrote down, longer than is quoted."""


def longest_line(language: Language) -> Line:
    """A colleague's line with everything that may stand in it: it takes more room than any other."""
    titles = (one.text(language).title for one in shipped_challenges())
    shared = SharedWords(
        title=max(titles, key=lambda one: len(one.split())),
        text=beginning(SAID[language]),
        outcome=Outcome.NOT_YET,
        name="Hans Christian Østergaard Madsen",
        department="Plan, Byggeri, Miljø og Byrum",
        month=MONDAY,
        day=MONDAY,
        again_in=30,
    )
    return told(shared)


def asked() -> Line:
    return Line(template="relay/asked", values={}, words=ASKED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_beside_a_prompt_and_the_lines_take_no_more_words_than_they_say(language: Language) -> None:
    assert max(len(longest_beside(one, language).split()) for one in PROMPTS) <= BESIDE
    learning = longest_line(language).values["shared"]
    assert isinstance(learning, SharedWords)
    nobody = replace(learning, name="", department="")
    shapes = [asked(), *(told(one) for one in (learning, nobody, replace(nobody, title="", outcome=None, day=None)))]
    for links in (LINKS, NO_LINKS):
        who = reader(language, links)
        bare = said(who, tip()) - SENTENCE
        assert [line for line in shapes if said(who, replace(tip(), lines=(line,))) - bare > line.words] == []


def test_a_line_yields_where_the_prompt_is_long_and_what_stands_beside_yields_to_a_line() -> None:
    line = replace(asked(), words=40)
    assert with_room(160, [line]) == ((line,), 0)
    assert with_room(161, [line]) == ((), 200 - 161 - SENTENCE)
    assert with_room(130, [line, line]) == ((line,), 30)


Beside = tuple[tuple[Line, ...], str]
"""Lines of other programmes, and what stands beside the prompt."""


def besides(prompt: Prompt, language: Language) -> list[Beside]:
    """What stands in the letter besides, at most, where there is no line, a short one or a long one."""
    taken, found = length(prompt, reader(language).person), list[Beside]()
    for every in ((), (asked(),), (longest_line(language),)):
        lines, left = with_room(taken, every)
        found.append((lines, longest_beside(prompt, language) if left >= BESIDE else ""))
    return found


def longest_letters(language: Language) -> list[Prompt]:
    """Of prompts in whose letters as much stands besides, the one whose letter is longest without that."""
    found = dict[object, tuple[int, Prompt]]()
    for one in PROMPTS:
        room = tuple((len(lines), len(beside.split())) for lines, beside in besides(one, language))
        words = said(reader(language), replace(tip(), days=week_of(one, language)))
        if words > found.get(room, (0, one))[0]:
            found[room] = words, one
    return [one for _, one in found.values()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_weekly_letter_is_short_with_every_prompt_before_the_longest_titles(language: Language) -> None:
    for prompt in longest_letters(language):
        shapes = []
        for lines, beside in besides(prompt, language):
            week = replace(tip(), days=week_of(prompt, language), beside=beside, lines=lines)
            shapes += [
                said(replace(reader(language, links), new=new), facts)
                for links in (LINKS, NO_LINKS)
                for new, facts in ((True, week), (False, replace(week, again=MONDAY)))
            ]
        assert max(shapes) <= MOST["tip"], prompt.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["feed", "exchange", "microsoft365", "invite", "none"])
def test_a_welcome_is_short_with_every_prompt_that_stands_in_it(channel: str, language: Language) -> None:
    short = [one for one in PROMPTS if length(one, reader(language).person) <= STARTER_WORDS]
    assert {one for one in PROMPTS if one.level == "starter"} <= set(short)
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
