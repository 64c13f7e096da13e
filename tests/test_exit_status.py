"""What `run --once`, `status` and `plan` end with: cron and monitors know only that."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import complete
from tests.relay_values import AppAt
from tests.service_values import MONDAY, make_engine, row, write_config, write_people


def ended(folder: Path, *words: str) -> int:
    app = AppAt(folder / "config.toml", "en", MONDAY)
    return CliRunner().invoke(complete().commands[words[0]], words[1:], obj=app).exit_code


def all_three(folder: Path) -> tuple[int, int, int]:
    return ended(folder, "plan"), ended(folder, "run", "--once"), ended(folder, "status")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    return tmp_path


def test_where_all_is_well_it_is_nought(folder: Path) -> None:
    assert all_three(folder) == (0, 0, 0)


def held(folder: Path) -> None:
    write_config(folder, transport="smtp")  # the first letters of a kind by a server


def no_people_file(folder: Path) -> None:
    (folder / "people.csv").unlink()


def empty_people_file(folder: Path) -> None:
    (folder / "people.csv").write_text("")


def broken_template(folder: Path) -> None:
    own = folder / "own-templates" / "mail" / "da" / "vitamin" / "welcome.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% set subject %}Hej{% endset %}{{ nope }}")


def unreadable(folder: Path) -> None:
    engine = make_engine(folder)
    engine.database.table("prompts").put("plan/hr/løn/2026-W49", {"days": {}})
    engine.close()


def unreadable_letter(folder: Path) -> None:
    engine = make_engine(folder)
    engine.database.table("letters").put("0a1b", {"state": "claimed", "person": "1"})
    engine.close()


@pytest.mark.parametrize("wrong", [held, no_people_file, empty_people_file, unreadable, unreadable_letter])
def test_what_somebody_should_look_at_is_one_and_a_plan_is_nought(folder: Path, wrong: Callable[[Path], None]) -> None:
    wrong(folder)
    assert all_three(folder) == (0, 1, 1)


def test_a_letter_that_cannot_be_written_is_one_until_it_is_mended(folder: Path) -> None:
    broken_template(folder)
    assert [ended(folder, "run", "--once"), ended(folder, "status")] == [1, 1]
    (folder / "own-templates" / "mail" / "da" / "vitamin" / "welcome.txt.j2").unlink()
    assert [ended(folder, "run", "--once"), ended(folder, "status")] == [0, 0]
