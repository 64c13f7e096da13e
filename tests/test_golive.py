"""`golive`: from the example to the first Monday, with given answers; it can be left and taken up again."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from service.answers.golive import ground, steps
from service.cli.golive_acts import held
from service.cli.main import complete
from service.cli.talk import Talk
from service.settings.edits import ConfigFile
from service.settings.example_files import write_example
from tests.cli_values import Command
from tests.relay_values import AppAt
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people
from tests.small_example import ANNA, METTE, cut
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
HR = """Medarbejdernr.;Navn;E-mail;Afdeling
4711;Anna Holm;anna@lillevig.example;Borgerservice
4712;Bo Kjær;bo@lillevig.example;Borgerservice
4713;Gitte Storm;gitte@lillevig.example;Staben
"""
OURS = ["Lillevig", "", "Gitte Storm", "gitte@lillevig.example", "", "", "", "n", ""]
"""The organisation, whom to write to, no corps, and yes."""


@dataclass(frozen=True, slots=True)
class AtTerminal(AppAt):
    def watched(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_example(tmp_path, "en")
    path = tmp_path / "config.toml"
    path.write_text(path.read_text("utf-8").replace('# language = "da"', 'language = "en"'), "utf-8")
    (tmp_path / "hr.csv").write_text(HR, "utf-8")
    return tmp_path


@pytest.fixture
def port() -> Iterator[int]:
    with SmtpServer() as server:
        yield server.port


def talk(folder: Path, *answers: str) -> Result:
    app = AtTerminal(folder / "config.toml", "en", NOW)
    typed = "".join(f"{answer}\n" for answer in answers)
    return CliRunner().invoke(complete().commands["golive"], obj=app, input=typed)


def states(folder: Path) -> dict[str, str]:
    return {step.name: step.state for step in steps(ground(folder / "config.toml", NOW))}


def config(folder: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((folder / "config.toml").read_text("utf-8"))


def test_without_a_terminal_it_says_what_comes_next(folder: Path) -> None:
    said = Command(folder)("golive")
    assert (said.status, said.lines[0][:14], said.lines[-1][:17]) == (1, "! Who you are:", "Next: Who you are")
    assert not (folder / "var").exists()


def test_an_empty_folder_begins_with_the_example(tmp_path: Path) -> None:
    assert Command(tmp_path)("golive").status == 2
    talk(tmp_path, "y")
    assert (tmp_path / "config.toml").exists()


def test_what_was_written_is_not_asked_again_and_what_was_left_is(folder: Path) -> None:
    left = talk(folder, *OURS)  # and then there is nobody at the keyboard any more
    assert (left.exit_code, states(folder)["organisation"], states(folder)["people"]) == (1, "done", "open")
    assert config(folder)["organisation"]["contact_email"] == "gitte@lillevig.example"
    again = talk(folder, "")
    assert "+ Who you are: Lillevig\n" in again.output
    assert again.output.endswith("Come back when you know more: aikultur golive goes on from here.\n")


def test_nothing_is_written_without_a_yes(folder: Path) -> None:
    before = (folder / "config.toml").read_bytes()
    talk(folder, *OURS[:-1], "n")
    assert (folder / "config.toml").read_bytes() == before
    assert not list(folder.glob("config.toml.before*"))


def test_the_whole_way(folder: Path, port: int) -> None:
    tried_out(folder)
    done = talk(
        folder,
        *OURS,
        *(
            "hr.csv",
            "",
            "Borgerservice",
            "thursday",
            "9:00",
            "every second week",
            "2026-12-10",
            "",
        ),  # people and one meeting
        "",  # what was tried out is put aside
        "",  # no further meeting
        *("Copilot", "Public texts", "You", ""),
        *("", "", ""),  # the first Monday
        *("https://aitid.lillevig.example", ""),
        *("smtp", "127.0.0.1", "none", f"{port}", "", ""),
        "",  # check
        "gitte@lillevig.example",
        *("borgerservice", ""),  # the pilot
        "welcome,tip",
        *("", "y"),  # four weeks, as a page too
    )
    assert (done.exit_code, "Left." in done.output) == (1, False)
    found = config(folder)
    assert {*found["departments"]} == {"borgerservice", "staben"}
    assert (found["people"], found["smtp"]["port"]) == ({"file": "hr.csv", "only": ["borgerservice"]}, port)
    assert f"{found['vitamin']['starts']}" == "2026-12-07"
    assert (folder / "var-2026-11-30-example" / "store").exists()
    assert "Anna Holm" in (folder / "weeks.html").read_text("utf-8")
    assert {name for name, state in states(folder).items() if state == "open"} == {"start"}
    for line in (
        "The mail server lets us in.",
        "On its way: [Test] Welcome",
        "Approved ahead: welcome letters",
        "7 December 2026, welcome letters: 2 (Anna Holm, Bo Kjær)",
    ):
        assert line in done.output


def tried_out(folder: Path) -> None:
    """It was tried out before, with the people of the example: with two of them, for it costs by the letter."""
    files = {path: path.read_bytes() for path in (folder / "people.csv", folder / "absences.csv")}
    cut(folder, ANNA, METTE)
    assert Command(folder)("run", "--once").status == 0
    for path, content in files.items():
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("answers", "told"), [("y\n", "Approved, welcome letters: 2"), ("n\ny\n", "Counted as said, welcome letters: 2")]
)
def test_letters_that_only_became_files_are_offered(tmp_path: Path, port: int, answers: str, told: str) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    engine.close()
    write_config(tmp_path, transport="smtp", port=port)
    path = tmp_path / "config.toml"
    app = AtTerminal(path, "en", MONDAY + timedelta(hours=1))

    @click.command()
    def step() -> None:
        held(Talk(app, ConfigFile.read(path)), ground(path, app.now()))

    done = CliRunner().invoke(step, input=f"{answers}\n\n\n\n")
    assert "welcome letters: 2 are due that have only become files, and so reached nobody." in done.output
    assert told in done.output
