"""The archive's search: any form of a word finds the others, in Danish and in English, however the keyboard writes it. The
script of the static site finds what Python finds.
"""

import shutil
import subprocess
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import templates
from culture.archive.search import ENDINGS, MOST_WORDS, WITHIN, Index, index, search, words_of
from service.archive.stems import stems

SCRIPT = Path(templates.__file__).parent / "pages" / "site" / "search.js"

TEXTS = (
    "Et udkast til et høringssvar",
    "Two drafts of a policy, and a summary",
    "Borgernes breve blev kortere",
    "Åbne kontrakter: fra AI til café, 365 dage",
    "Opsummering af mødereferater",
    "Letters to citizens; running text",
    "Straße, poésie og smørrebrød",
)

FOUND = [
    ("udkastet", {0}),
    ("udkastene", {0}),
    ("UDKASTETS", {0}),
    ("hoeringssvar", {0}),
    ("horingssvar", {0}),
    ("høringssvarene", {0}),
    ("svar", {0}),  # Danish writes words as one
    ("svarene", {0}),
    ("draft", {1}),
    ("policies", {1}),
    ("summaries", {1}),
    ("borger", {2}),
    ("brevet", {2}),
    ("aabne", {3}),
    ("kontrakten", {3}),
    ("cafe", {3}),
    ("365", {3}),
    ("ai", {3}),
    ("referat", {4}),
    ("moedereferaterne", {4}),
    ("letter", {5}),
    ("citizen", {5}),
    ("strasse", {6}),
    ("poesie", {6}),
    ("smoerrebroed", {6}),
    ("udkast svar", {0}),
    ("svar udkast", {0}),
    ("udkast brev", set()),
    ("hest", set()),
    ("", {0, 1, 2, 3, 4, 5, 6}),
    (" ,;. ", {0, 1, 2, 3, 4, 5, 6}),
    ("<script>", set()),
]


@pytest.fixture(scope="module")
def found_in() -> Index:
    return index(([text] for text in TEXTS), stems)


@pytest.mark.parametrize(("wanted", "numbers"), FOUND)
def test_any_form_of_a_word_finds_it(found_in: Index, wanted: str, numbers: set[int]) -> None:
    assert set(search(found_in, wanted, stems)) == numbers


def test_a_whole_word_comes_before_one_within_another() -> None:
    of = index([["høringssvar"], ["et svar"], ["svarfrist"], ["svaret"]], stems)
    assert search(of, "svar", stems) == [1, 3, 0, 2]


def test_two_letters_are_found_as_a_word_and_not_within_every_other() -> None:
    assert search(index([["AI-tid"], ["mail"]], stems), "ai", stems) == [0]


def test_what_nobody_types_is_not_kept_and_not_found() -> None:
    of = index([["a " + "x" * 61]], stems)
    assert list(of.words) == ["a"]
    assert search(of, "x" * 61, stems) == []


def test_more_words_than_are_looked_for_do_no_harm() -> None:
    of = index([[" ".join(f"ord{n}" for n in range(40))]], stems)
    assert search(of, " ".join(f"ord{n}" for n in range(MOST_WORDS)) + " hest", stems) == [0]


@given(st.lists(st.lists(st.text(max_size=40), max_size=3), max_size=6))
def test_every_text_is_found_by_what_stands_in_it(texts: list[list[str]]) -> None:
    of = index(texts, stems)
    for number, parts in enumerate(texts):
        assert all(number in search(of, part, stems) for part in parts if words_of(part))


@given(st.lists(st.lists(st.text(max_size=40), max_size=3), max_size=6))
def test_the_same_texts_give_the_same_index(texts: list[list[str]]) -> None:
    assert orjson.dumps(index(texts, stems)) == orjson.dumps(index([part[:] for part in texts], stems))


# --- without Python ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="there is no JavaScript here")
def test_the_script_finds_what_python_finds(found_in: Index, tmp_path: Path) -> None:
    archive = {
        "entries": [{} for _ in TEXTS],
        "words": found_in.words,
        "stems": found_in.stems,
        "endings": ENDINGS.split(),
        "most": MOST_WORDS,
        "within": WITHIN,
    }
    wanted = [text for text, _ in FOUND] + [
        "svar",
        "mødereferaternes",
        "runs",
        "citizens'",
        "x" * 99,
        "__proto__",
        "constructor",
    ]
    run = tmp_path / "run.js"
    run.write_text(
        f"globalThis.archive = {orjson.dumps(archive).decode()};\n{SCRIPT.read_text('utf-8')}\n"
        f"console.log(JSON.stringify({orjson.dumps(wanted).decode()}.map(globalThis.search)));",
        "utf-8",
    )
    node = shutil.which("node")
    assert node
    done = subprocess.run([node, str(run)], capture_output=True, check=True, timeout=60)
    assert orjson.loads(done.stdout) == [list(search(found_in, text, stems)) for text in wanted]
