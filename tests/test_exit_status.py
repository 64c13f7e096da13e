"""What `run --once`, `status` and `plan` end with: cron and monitors know only that."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.main import complete
from service.engine.reports import Reports
from store.daemon import Daemon
from tests.cli_values import Command
from tests.relay_values import AppAt
from tests.service_values import MONDAY, make_engine, row, write_config, write_people
from tests.test_relayed import ENGLISH

pytestmark = pytest.mark.slow


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


# --- through the whole command line: docs/running.md -------------------------------------------------------


def nothing(folder: Path) -> None:
    """All is well."""


def ran(folder: Path) -> None:
    assert Command(folder)("run", "--once").status == 0


def bad_config(folder: Path) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8") + "\n[nonsense]\n", "utf-8")


def bad_config_later(folder: Path) -> None:
    ran(folder)
    bad_config(folder)


def bad_row(folder: Path) -> None:
    write_people(folder, [row(1), row(2).replace("@", "")])


def damaged(folder: Path) -> None:
    ran(folder)
    next((folder / "var").rglob("CURRENT")).write_text("nonsense\n")


def twice(folder: Path) -> None:
    """Another service has the folder."""


WELL, OUTSIDE, INPUT = 0, 1, 2


@pytest.mark.parametrize(
    ("words", "situation", "status"),
    [
        ("--version", nothing, WELL),
        ("check", nothing, WELL),
        ("check --json", nothing, WELL),
        ("people list", nothing, WELL),
        ("history 1", ran, WELL),
        ("outbox list", ran, WELL),
        ("store verify", ran, WELL),
        # what is wrong with the command line
        ("", nothing, INPUT),
        ("nonsense", nothing, INPUT),
        ("check --nonsense", nothing, INPUT),
        ("plan --days x", nothing, INPUT),
        ("history", nothing, INPUT),
        ("history nobody", nothing, INPUT),
        ("run --json", nothing, INPUT),
        ("apply abcdef", nothing, INPUT),
        ("apply", nothing, INPUT),
        ("outbox drop abcdef", ran, INPUT),
        ("preview tip --to nobody", nothing, INPUT),
        ("people set 1 --time nonsense", nothing, INPUT),
        ("rehearse --from 2026-12-02 --to 2026-12-01 --out x", nothing, INPUT),
        ("--config nowhere.toml status", nothing, INPUT),
        # what is wrong with the config, and with a row of HR's file
        ("check", bad_config, INPUT),
        ("check --json", bad_config, INPUT),
        ("plan", bad_config, INPUT),
        ("run --once", bad_config, INPUT),
        ("run --once", bad_config_later, INPUT),
        ("status", bad_config_later, OUTSIDE),
        ("plan", bad_config_later, WELL),
        ("people list", bad_config_later, WELL),
        ("check", bad_row, INPUT),
        ("people look", bad_row, INPUT),
        ("run --once", bad_row, WELL),
        ("status", bad_row, WELL),
        ("people look people.xyz", nothing, INPUT),
        # what is wrong outside
        ("store verify", nothing, OUTSIDE),
        ("store verify", damaged, OUTSIDE),
        ("status", damaged, OUTSIDE),
        ("run --once", damaged, OUTSIDE),
        ("run --once", twice, OUTSIDE),
        ("preview welcome --to 1 --out nowhere/x.eml", nothing, OUTSIDE),
        ("check --online", held, OUTSIDE),
    ],
)
def test_what_each_command_ends_with(folder: Path, words: str, situation: Callable[[Path], None], status: int) -> None:
    situation(folder)
    with ExitStack() as stack:
        if situation is twice:
            stack.enter_context(Daemon(folder / "var", pid=1, started=MONDAY))
        said = Command(folder)(*words.split())
    assert said.status == status, said
    assert ENGLISH.findall(re.sub(r'"[^"]*"|\([^)]*\)|--?\w[\w-]*|\S*[/_.]\S+', "", said.err)) == []


def test_a_kind_of_fault_is_one_line_of_the_log_and_of_status(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_people(folder, [row(number).replace("@", "") for number in range(1, 20)])
    engine = make_engine(folder)
    reports = Reports("en")
    for _ in range(2):
        reports.tell(engine, engine.tick(MONDAY), MONDAY)
    engine.close()
    (line,) = [one for one in caplog.messages if "e-mail" in one]
    assert line.startswith('people.csv, 19 rows, email: "p1x.example" is not an e-mail address.')
    assert line.endswith('For example in 2 ("p1x.example"), 3 ("p2x.example"), 4 ("p3x.example").')
    assert len([line for line in Command(folder)("status").lines if "mail" in line and "people.csv" in line]) == 1
    assert len([line for line in Command(folder)("status", "--all").lines if "people.csv, " in line]) == 19


def test_letters_that_cannot_be_written_for_one_reason_are_said_once(folder: Path) -> None:
    broken_template(folder)
    app = AppAt(folder / "config.toml", "da", MONDAY)
    assert CliRunner().invoke(complete().commands["run"], ["--once"], obj=app).exit_code == 1
    said = CliRunner().invoke(complete().commands["status"], [], obj=app).output
    (line,) = [one for one in said.splitlines() if "welcome.txt.j2" in one]
    assert "der er intet, der hedder 'nope'" in line, line
    assert "2 breve kan ikke skrives" in line
