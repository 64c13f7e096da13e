"""`aikultur templates`: what a text is handed is what its facts hold, and a copy of ours is a whole set of own texts."""

from dataclasses import fields
from pathlib import Path

import pytest

from mailer.render import OURS
from service.answers.check import check
from service.answers.own_templates import named, texts
from service.cli.main import complete
from service.planning.line import Line
from service.vitamin.facts import TipFacts
from tests.cli_values import Command
from tests.service_values import MONDAY, row, write_config, write_people
from tests.small_example import ANNA, HANNE, few

pytestmark = pytest.mark.slow


def test_every_text_that_an_own_one_may_stand_in_for_is_listed_once() -> None:
    listed = [file for one in texts() for file in one.files]
    there = [
        path.relative_to(OURS).as_posix() for folder in ("mail", "event") for path in (OURS / folder).rglob("*.j2")
    ]
    assert sorted(listed) == sorted(there)


def test_a_letters_text_is_told_with_all_that_its_facts_hold() -> None:
    (tip,) = named("vitamin/tip")
    told = list(tip.told())
    shown = [line.partition(":")[0].removeprefix("tip.") for line in told if line.startswith("tip.")]
    assert shown == [one.name for one in fields(TipFacts)]
    assert "tip.days: ((date, Prompt), ...)" in told
    assert "tip.again: date | None" in told
    assert "reader.first_name: str" in told
    assert told[told.index("Line:") + 1 :][: len(fields(Line))] == [
        "  template: str",
        "  words: int",
        "  values: {str: object}",
        "  rank: int",
    ]


def test_what_an_events_text_is_handed_is_read_from_ours() -> None:
    (block,) = named("event/block")
    assert block.variables() == ["again", "common", "prompt", "reader", "title"]
    assert "reader.policy.tools" in block.asked()
    assert "prompt" not in block.asked()  # only what it is asked for


def test_what_a_text_imports_is_not_handed_to_it() -> None:
    (letter,) = named("letter")
    assert letter.variables() == ["about", "appendix", "pastes", "reader", "sections"]


def test_the_list_has_a_line_for_each_text(tmp_path: Path) -> None:
    said = Command(tmp_path)("templates", "list")
    assert said.status == 0
    assert [line.partition(":")[0] for line in said.lines] == [one.name for one in texts()]
    assert "vitamin/tip: tip, reader, lead" in said.lines


def test_a_copy_leaves_alone_what_is_there_and_is_taken_by_check(tmp_path: Path) -> None:
    aikultur = few(tmp_path, ANNA, HANNE)  # one for each language
    own = tmp_path / "own-templates" / "mail" / "da" / "vitamin" / "tip.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% set subject %}Ugen{% endset %}\nMine\n", "utf-8")
    said = aikultur("templates", "copy", "own-templates", "vitamin")
    assert said.status == 0
    assert "own-templates/mail/da/vitamin/tip.txt.j2 findes i forvejen og bliver, som den er." in said.lines
    assert "own-templates/mail/en/vitamin/tip.txt.j2 er skrevet." in said.lines
    assert said.lines[-1] == (
        'De bliver brugt, når own_templates = "own-templates" står under [mail] i config.toml. Og så: aikultur check.'
    )
    assert own.read_text("utf-8").endswith("Mine\n")
    copied = {
        path.relative_to(tmp_path / "own-templates").as_posix() for path in (tmp_path / "own-templates").rglob("*.j2")
    }
    assert copied == {file for one in named("vitamin") for file in one.files}
    aikultur.edit("config.toml", ("# own_templates", "own_templates"))
    assert aikultur("check").status == 0


def test_a_name_that_no_text_has_is_said(tmp_path: Path) -> None:
    said = Command(tmp_path)("templates", "copy", "own", "vitamin/tipp")
    assert (said.status, said.lines) == (
        2,
        ["Der er ingen tekst »vitamin/tipp«. aikultur templates list viser dem alle."],
    )
    assert list(tmp_path.iterdir()) == []
    assert "templates" in complete().commands


@pytest.mark.parametrize("everybody", [False, True])
def test_a_text_that_goes_wrong_at_another_time_in_one_department_alone_is_found(
    tmp_path: Path, everybody: bool
) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2, department="jura")])
    own = tmp_path / "own-templates" / "mail" / "da" / "vitamin" / "tip.txt.j2"
    own.parent.mkdir(parents=True)
    ours = (OURS / "mail/da/vitamin/tip.txt.j2").read_text("utf-8")
    wrong = '{% if reader.person.department == "jura" and tip.fresh %}{{ nope }}{% endif %}'  # after a break
    own.write_text(f"{ours}\n{wrong}\n", "utf-8")
    (fault,) = check(tmp_path / "config.toml", MONDAY, everybody=everybody, online=False).faults
    assert "nope" in fault.said("en")
