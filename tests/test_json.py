"""What `--json` holds: data, in one form, and all of it written down in docs/running.md."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from service.cli.app import App
from service.cli.main import complete
from service.cli.spoken import Later
from service.messages.translation import Sentence
from tests.cli_values import ROOT, Command, example
from tests.test_cli import one

pytestmark = pytest.mark.slow


@pytest.fixture
def aikultur(tmp_path: Path) -> Command:
    return example(tmp_path)


def test_a_list_for_programs_holds_codes_and_not_the_organisations_words(aikultur: Command) -> None:
    aikultur("people", "set", "1001", "--stop")
    aikultur("people", "set", "1008", "--pause-until", "2090-01-02")
    states = {
        number: (one(aikultur, number)["state"], one(aikultur, number)["pause_until"])
        for number in ("1001", "1008", "1015")
    }
    assert states == {"1001": ("stopped", None), "1008": ("paused", "2090-01-02"), "1015": ("", None)}
    shown = aikultur("people", "list").out
    assert "pause til 2. januar 2090" in shown
    assert "ingen breve" in shown
    assert "pause_until" not in shown


def moments_in(value: Any) -> Iterator[str]:
    """Every text of a JSON value that begins like a moment."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from moments_in(part)
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d.\d\d:", value):
        yield value


def test_every_moment_for_programs_has_one_form(aikultur: Command) -> None:
    aikultur("run", "--once")
    commands = (
        ["status"],
        ["plan"],
        ["plan", "--days", "5"],
        ["history", "1001"],
        ["relay", "list"],
        ["outbox", "list"],
    )
    found = [text for command in commands for text in moments_in(json.loads(aikultur(*command, "--json").out))]
    assert len(found) > 5
    assert [text for text in found if not re.fullmatch(r"[-\d]{10}T[:.\d]+[+-]\d\d:\d\d", text)] == []


def test_what_is_no_data_is_refused_instead_of_shown() -> None:
    with pytest.raises(TypeError, match="Sentence has no place in JSON"):
        App(Path("config.toml"), "da").show({"why": Sentence("left")})


def with_json(command: click.Command, *path: str) -> Iterator[str]:
    """The commands below this one that take --json, by their whole name."""
    if isinstance(command, click.Group):
        group = command.loaded if isinstance(command, Later) else command
        for name, child in group.commands.items():
            yield from with_json(child, *path, name)
    elif any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(path)


def test_the_json_of_every_command_is_written_down() -> None:
    section = (ROOT / "docs/running.md").read_text("utf-8").split("### For programs: `--json`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+?`(?:, `.+?`)*) \|", section, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(.+?)`", row)]
    assert sorted(named) == sorted(with_json(complete()))
