"""`aikultur catalogue check`: an author hears of their own file what the tests ask of ours."""

from pathlib import Path

import pytest

from service.relay.challenge_file import shipped_challenges
from service.relay.challenge_remarks import challenge_remarks
from service.vitamin.catalogue_file import shipped_prompts
from tests.cli_values import Command, Said

pytestmark = pytest.mark.slow

PROMPT = """
[[prompt]]
id = "{id}"
kind = "draft"
level = "{level}"
tool = "chat"
data = "{data}"
[prompt.da]
title = "{title}"
prompt = "{prompt}"
look_for = "Læs det højt for dig selv bagefter."
data = "Kun dine egne ord og ingen navne."
"""

GOOD = {"id": "draft-trees", "level": "easy", "data": "own", "title": "Et svar om træer"}
WORDS = "Skriv tre linjer om et træ, du kender, til en kollega."


def checked(folder: Path, text: str, *options: str) -> Said:
    (folder / "own.toml").write_text(text, "utf-8")
    return Command(folder)("catalogue", "check", str(folder / "own.toml"), *options)


def prompt(**changes: str) -> str:
    return PROMPT.format(**{**GOOD, "prompt": WORDS, **changes})


def test_what_has_nothing_to_mend_is_all_right(tmp_path: Path) -> None:
    said = checked(tmp_path, prompt())
    assert (said.status, said.lines) == (0, ["Alt i orden: 1 prompt."])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt": f"{WORDS} Gør det nu!"}, "own.toml, prompt draft-trees da: den råber: tag udråbstegnet ud."),
        ({"prompt": f"{WORDS} TODO"}, "own.toml, prompt draft-trees da: »TODO« ser ikke færdigt ud. Skriv det helt ud, eller tag det ud."),
        ({"prompt": "Skriv."}, "own.toml, prompt draft-trees da: »Skriv.« siger for lidt."),
        ({"level": "starter", "prompt": "ord " * 26}, "own.toml, prompt draft-trees da: den har 26 ord, og niveauet »starter« har højst 25. Gør den kortere, eller giv den det næste niveau."),
        ({"level": "starter", "prompt": "Gør det. Gør så det. Og så det."}, "own.toml, prompt draft-trees da: den har 3 sætninger, og niveauet »starter« har højst 2. Gør den kortere, eller giv den det næste niveau."),
        ({"prompt": f"{WORDS} [a] [b] [c] [d] [e]"}, "own.toml, prompt draft-trees da: der skal sættes 5 ting ind, og niveauet »easy« har højst 4. Bed om mindre, eller giv den det næste niveau."),
        ({"prompt": f"{WORDS} [udkastet]", "data": "none"}, "own.toml, prompt draft-trees da: den beder om en tekst fra arbejdet, men har data = \"none\". Skriv den klasse, teksten hører til i."),
        ({"title": shipped_prompts()[0].text("da").title}, f"own.toml, prompt draft-trees: den har samme titel som »{shipped_prompts()[0].id}«. Giv en af de to en anden."),
        ({"level": "hard"}, "own.toml, prompt draft-trees level: \"hard\" er ikke en af mulighederne."),
    ],
)  # fmt: skip
def test_an_author_hears_what_to_mend(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    said = checked(tmp_path, prompt(**changes))
    assert said.status == 2
    assert [line[: len(sentence)] for line in said.lines] == [sentence]


def test_two_drafts_of_one_idea_are_told(tmp_path: Path) -> None:
    long = (
        "Forklar mig forskellen på et løvtræ og et nåletræ, som om jeg var en nysgerrig nabo, og slut med et spørgsmål."
    )
    twice = prompt(prompt=long) + prompt(id="draft-again", title="Træer igen", prompt=long.replace("nabo", "kollega"))
    said = checked(tmp_path, twice)
    assert [line.partition(":")[0] for line in said.lines] == ["own.toml, prompt draft-trees"]
    assert "ligner »draft-again« meget" in said.lines[0]


def test_one_that_stands_in_for_ours_may_be_like_it(tmp_path: Path) -> None:
    ours = shipped_prompts()[0]
    said = checked(tmp_path, prompt(id=ours.id, title=ours.text("da").title))
    assert said.status == 0


def test_a_file_with_neither_is_told_so(tmp_path: Path) -> None:
    said = checked(tmp_path, "[[poem]]\n")
    assert said.status == 2
    assert "hverken prompter eller udfordringer" in said.lines[0]


def test_an_author_would_hear_nothing_about_our_challenges() -> None:
    assert [str(one) for one in challenge_remarks(shipped_challenges(), (), "ours")] == []
