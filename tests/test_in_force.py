"""service/settings/in_force.py: while config.toml is bad, whoever only looks goes by the one in force and is told so."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli.app import App
from service.cli.main import complete
from service.daemon.once import once
from service.messages.faults import BadInput
from service.settings.in_force import KEPT, inputs_in_force, keep_in_force
from service.settings.inputs import read_inputs
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose service has run."""
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    keep_in_force(engine.inputs, engine.folder)
    engine.close()
    return tmp_path


def spoil(folder: Path) -> None:
    config = folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('window = "07:00-17:00"', 'window = "soon"'), "utf-8")


def said(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(complete().commands[words[0]], words[1:], obj=App(folder / "config.toml", "en"))
    return done.exit_code, done.output


@pytest.mark.parametrize("words", [("status",), ("plan",), ("people", "list"), ("history", "1"), ("outbox", "list")])
def test_what_only_looks_answers_while_the_config_is_bad(folder: Path, words: tuple[str, ...]) -> None:
    spoil(folder)
    assert said(folder, *words)[0] == (1 if words == ("status",) else 0)


def test_one_look_by_cron_keeps_it_too(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    once(tmp_path / "config.toml", lambda: MONDAY, "en")
    spoil(tmp_path)
    assert said(tmp_path, "people", "list")[0] == 0


def test_it_says_that_another_config_is_in_force_and_what_is_wrong_with_this_one(folder: Path) -> None:
    spoil(folder)
    output = said(folder, "status")[1]
    assert f"so this is by the one in force, of which {folder / 'var' / KEPT} is a copy" in output
    assert '[mail] window: "soon"' in output


@pytest.mark.parametrize("text", ["", "no [toml", None])
def test_also_when_nothing_is_left_of_the_config(folder: Path, text: str | None) -> None:
    config = folder / "config.toml"
    config.unlink() if text is None else config.write_text(text)
    found = inputs_in_force(config)
    assert (found.config.organisation.name, found.source.path, found.unusable) == ("Prøven", config, ("config.toml",))


def test_what_writes_refuses_by_a_bad_config(folder: Path) -> None:
    spoil(folder)
    assert said(folder, "run", "--once")[0] != 0


def test_a_bad_config_is_never_kept_as_the_one_in_force(folder: Path) -> None:
    good = read_inputs(folder / "config.toml")
    spoil(folder)
    keep_in_force(read_inputs(folder / "config.toml", good), folder / "var")
    keep_in_force(good, folder / "var")  # what was read is no longer what stands there
    assert "07:00-17:00" in (folder / "var" / KEPT).read_text("utf-8")


def test_where_none_is_in_force_the_faults_are_said(tmp_path: Path) -> None:
    write_config(tmp_path)
    spoil(tmp_path)
    with pytest.raises(BadInput):
        inputs_in_force(tmp_path / "config.toml")
