"""Every sentence that the service says is there in every other language, with the same fields; every id in all of them."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from string import Formatter
from typing import get_args

import click
import pytest

from culture import census
from culture.ambassadors import recommendations
from culture.people import Language, Sector
from culture.relay.deeds import Waiting
from culture.relay.learning import Outcome
from culture.relay.news import Cause
from culture.relay.turns import PRIVATE, Hindrance, Tie, TurnKind, TurnState
from culture.revisit.rules import Made, Opening, Verdict, What
from culture.vitamin.catalogue import KINDS
from mailer.words import LANGUAGES, USUAL
from service.cli.main import complete
from service.cli.spoken import REQUIRED, value_name, whole
from service.engine.reports import Why
from service.messages.relayed import FRAMES
from service.messages.translation import Sentence, say, translations, word, words_in
from service.planning.programme import programmes
from service.rehearsal.acts_file import DOING
from service.relay.answers import TOLD
from service.relay.page import UNDONE
from store.letters import State
from tests.sources import ROOT, Nodes, of_rooms

pytestmark = pytest.mark.slow

OTHERS = [language for language in LANGUAGES if language != "en"]
LOGGED = {"info": (0,), "warning": (0,), "error": (0,), "exception": (0,)}
"""A line of the log: on a terminal it is said in the reader's language."""

SAYING = {
    "say": (0, 1),
    "Problem": (1,),
    "tell": (0,),
    "ask": (0,),
    "choose": (0,),
    "yes": (0,),
    "agreed": (1,),
    "Sentence": (0,),
    "Bad": (0,),
    "Key": (0,),
    "_RowFault": (1,),
    "NotPossible": (0,),
    "Unreadable": (0,),
    **LOGGED,
}
"""Calls that take a sentence, and where it stands among their arguments (`say` also as a method of App)."""


def said_in(code: Nodes, saying: Mapping[str, tuple[int, ...]] = SAYING) -> Iterator[str]:
    for node in code:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for place in saying.get(name, ()):
                if place < len(node.args):
                    yield from texts(node.args[place])
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("text", "sentence", "wanted"):
            yield from texts(node.value)
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
            yield from (text for each in node.iter.elts if isinstance(each, ast.Tuple) for text in texts(each.elts[-1]))


def texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def help_texts(command: click.Command) -> Iterator[str]:
    command = whole(command)
    yield from (" ".join(part.split()) for part in (command.help or "").split("\n\n") if part)
    for parameter in command.params:
        if name := value_name(parameter):
            yield name
        if isinstance(parameter, click.Option) and parameter.help and parameter.name != "help":
            yield parameter.help
    if isinstance(command, click.Group):
        for child in command.commands.values():
            yield from help_texts(child)


ROOMS = ("culture", "service", "mailer", "calendars")

TURN_STATES = {*get_args(TurnState), "waiting", "foreseen"}

IDS: Mapping[str, Iterable[object]] = {
    "act": DOING,
    "chosen": Tie,
    "deed": TOLD,
    "first-step": KINDS,
    "further": KINDS,
    "hindrance": (Hindrance.COULD_NOT, Hindrance.NOT_REACHED, Hindrance.SETTLING_IN),
    "in-trouble": ("calendar", "feed", "letters", "turns"),
    "item": What,
    "letter-state": get_args(State),
    "made": Made,
    "make": Made,
    "management": {recommendations.State.SENT, *recommendations.Answer},
    "new-turn": get_args(TurnKind),
    "not-chosen": {*Hindrance, *Tie} - PRIVATE,
    "opening": Opening,
    "outcome": Outcome,
    "outcome-told": Outcome,
    "programme": [one.name for one in programmes()],
    "recommendation": recommendations.State,
    "recommendation-answer": recommendations.Answer,
    "recommendation-answer-to-give": recommendations.Answer,
    "row": get_args(census.What),
    "sector": get_args(Sector),
    "tick": get_args(Why),
    "turn-kind": {*get_args(TurnKind)} - {"normal"},
    "turn-state": TURN_STATES,
    "undo": UNDONE,
    "verdict": Verdict,
    "verdict-to-give": Verdict,
    "waiting": Waiting,
}
"""The ids that people read, by what they are called there. Nobody reads what is `PRIVATE`."""


UNCAUSED = frozenset({Cause.ANNOUNCED, Cause.LEFT})
"""What the letters tell as they tell anything: an announcement, and a turn that is out of a calendar."""


def messages() -> set[str]:
    return {f"{of}.{one}" for of, ids in IDS.items() for one in ids}


def translated(language: Language) -> Mapping[str, tuple[str, ...]]:
    """The translations of sentences, by what the code holds."""
    return {text: forms for text, forms in translations(language).items() if text not in messages()}


def words_asked_for() -> set[str]:
    """What the code asks the words of ids by."""
    calls = (node for _, code in of_rooms("service") for node in code if isinstance(node, ast.Call))
    named = {"word": 0, "id_meant": 2}
    asked = (call.args[place] for call in calls if (place := named.get(getattr(call.func, "id", ""))) is not None)
    return {str(one.value) for one in asked if isinstance(one, ast.Constant)}


@cache
def sentences() -> frozenset[str]:
    saying = [code for _, code in of_rooms("service", "culture", "calendars")]
    saying += [code for file, code in of_rooms("mailer") if file.name == "settings.py"]
    found = {text for code in saying for text in said_in(code)}
    found |= {text for _, code in of_rooms("mailer", "store") for text in said_in(code, LOGGED) if " " in text}
    found |= {*help_texts(complete()), "Options", "Commands", REQUIRED}  # what Click writes
    found |= {text for page in (ROOT / "templates").rglob("*.j2") for text in in_page(page.read_text("utf-8"))}
    return frozenset(text for text in found if re.search(r"[A-Za-z]{2}", text.replace("{text}", "")))


def in_page(source: str) -> list[str]:
    return [match[1].replace("\\'", "'") for match in re.findall(r"say\((['\"])(.*?)\1", source)]


def constants(code: Nodes) -> Iterator[str]:
    """Every text in the code itself: what stands in a docstring or a comment is said to nobody."""
    alone = {id(node.value) for node in code if isinstance(node, ast.Expr)}
    for node in code:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_has_its_words_in_every_language(language: Language) -> None:
    found = translations(language)
    assert sorted(messages() - found.keys()) == []
    assert sorted(text for text in found if re.fullmatch(r"[a-z-]+\.[a-z-]+", text) and text not in messages()) == []
    assert [text for text in messages() if fields(found[text][0]) != fields(translations("en")[text][0])] == []
    assert [text for text in messages() if not all(found[text])] == []


def test_the_words_of_ids_are_those_that_the_code_asks_for() -> None:
    assert words_asked_for() == IDS.keys()


def compared(code: Nodes) -> Iterator[tuple[str, str]]:
    """The attributes that the code compares with a text that is written there."""
    for node in code:
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
            texts = [one for part in parts for one in (part.elts if isinstance(part, ast.Tuple) else [part])]
            written = [str(one.value) for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from ((one.attr, text) for one in parts if isinstance(one, ast.Attribute) for text in written)


def test_what_is_a_text_for_templates_is_compared_in_the_code_by_its_members() -> None:
    """mypy finds whoever compares another enumeration with a text."""
    found = [one for _, code in of_rooms(*ROOMS) for one in compared(code)]
    assert len(found) > 100
    assert [one for one in found if one[0] in ("cause", "outcome", "verdict")] == []


def test_an_id_is_said_in_words_and_by_itself_within_a_sentence() -> None:
    assert word("waiting", Waiting.NO_ROOM).said("en") == "no room"
    assert say("da", "{why}.", why=word("outcome", Outcome.NOT_YET)) == "ikke endnu."
    assert word("verdict-to-give", Verdict.STILL_NOT, months="fire").said("da").endswith("om fire måneder.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_tell_every_cause(language: Language) -> None:
    source = (ROOT / "templates/mail" / language / "relay/news.txt.j2").read_text("utf-8")
    assert [one for one in Cause if one not in UNCAUSED and f'"{one}"' not in source] == []
    asked = re.findall(r'cause (?:==|in|not in) (\(.*?\)|".*?")', source)
    assert {one for text in asked for one in re.findall('"(.*?)"', text)} <= set(Cause)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language: Language) -> None:
    assert sorted(sentences() - translated(language).keys()) == []
    assert [english for english, forms in translated(language).items() if not all(forms)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: Language) -> None:
    written = {text for _, code in of_rooms(*ROOMS) for text in constants(code)}
    relayed = words_in(language, FRAMES)  # tests/test_relayed.py
    assert sorted(translated(language).keys() - sentences() - written - relayed.keys()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_translated_twice(language: Language) -> None:
    said = Counter(
        line
        for file in (ROOT / "templates/words" / language).glob("*.po")
        for line in file.read_text("utf-8").splitlines()
        if re.match(r"msgid(_plural)? ", line) and line != 'msgid ""'
    )
    counted = [forms for forms in translations(language).values() if len(forms) > 1]
    assert len(said) - len(counted) == len(translations(language))  # each stands on one line
    assert [line for line, count in said.items() if count > 1] == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_in_the_same_fields(language: Language) -> None:
    said = translated(language).items()
    assert [english for english, forms in said if fields(english) != fields(forms[-1])] == []
    assert [english for english, forms in said for form in forms if not fields(form) <= fields(english)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_counted_in_english_is_counted_in_every_language(language: Language) -> None:
    counted = {text for text, forms in translated(language).items() if len(forms) > 1}
    assert counted == translated("en").keys()
    assert [text for text, forms in translated("en").items() if forms[1:] != (text,)] == []


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 0, "Given up: 0 letters."),
        ("en", 1, "Given up: 1 letter."),
        ("en", 2, "Given up: 2 letters."),
        ("da", 0, "Opgivet: 0 breve."),
        ("da", 1, "Opgivet: 1 brev."),
        ("da", 2, "Opgivet: 2 breve."),
    ],
)
def test_one_is_said_otherwise_than_several(language: Language, count: int, said: str) -> None:
    assert say(language, "Given up: {count} letters.", count=count) == said


@pytest.mark.parametrize(
    ("language", "added", "said"),
    [
        ("en", 1, "1 new on the list, 2 rows left out"),
        ("en", 2, "2 new on the list, 1 row left out"),
        ("da", 1, "1 ny på listen, 2 rækker udeladt"),
        ("da", 2, "2 nye på listen, 1 række udeladt"),
    ],
)
def test_each_count_of_a_sentence_is_said_by_itself(language: Language, added: int, said: str) -> None:
    counts = (
        Sentence("{count} new on the list", {"count": added}),
        Sentence("{count} rows left out", {"count": 3 - added}),
    )
    assert say(language, "{counts}", counts=counts) == said


def test_a_language_without_words_of_its_own_says_it_in_english() -> None:
    assert word("outcome", Outcome.NOT_YET).said("sv") == "not yet"
    assert say("sv", "No letter waits.") == "No letter waits."


def test_the_languages_are_the_folders_of_words_the_usual_one_first() -> None:
    assert (USUAL, *sorted({one.name for one in (ROOT / "templates/words").iterdir()} - {USUAL})) == LANGUAGES


def test_what_is_the_same_for_one_and_several_needs_no_second_form() -> None:
    assert say("da", "{count} sent", count=1) == "1 sendt"
    assert say("en", "{count} sent", count=1) == "1 sent"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("nobody answers", "Nobody has been told by letter of what is held: nobody answers."),
        ("Connection refused.", "Nobody has been told by letter of what is held: Connection refused."),
        ("is the clock right?", "Nobody has been told by letter of what is held: is the clock right?"),
    ],
)
def test_a_sentence_in_a_sentence_ends_once(why: str, said: str) -> None:
    text = "Nobody has been told by letter of what is held: {why}."
    assert say("en", text, why=why) == said
    assert say("da", text, why=why).endswith(said.rpartition(": ")[2])


def test_a_stop_that_is_no_end_of_a_sentence_stays() -> None:
    assert say("en", "{{ {name}.toml }} or {name}. Or {name}", name="a.") == "{ a..toml } or a. Or a."


def test_danish_is_said_in_danish_and_english_in_english() -> None:
    assert say("da", "No letter waits.") == "Der venter ingen breve."
    assert say("en", "No letter waits.") == "No letter waits."
