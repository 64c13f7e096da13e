"""What `--json` holds: data, in one form, and all of it written down in docs/json.md."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator

from service.cli.app import App
from service.cli.main import complete
from service.cli.spoken import whole
from service.messages.translation import Sentence
from tests.cli_values import ROOT, Command
from tests.json_values import At, answers
from tests.small_example import ANNA, KAREN, METTE, PETER, few
from tests.test_cli import one

pytestmark = pytest.mark.slow


@pytest.fixture
def aikultur(tmp_path: Path) -> Command:
    return few(tmp_path, ANNA, PETER, METTE)


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
    command = whole(command)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from with_json(child, *path, name)
    elif any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(path)


def test_the_json_of_every_command_is_written_down() -> None:
    rows = re.findall(r"^\| (`.+?`(?:, `.+?`)*)[^|]* \|", (ROOT / "docs/json.md").read_text("utf-8"), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(.+?)`", row)]
    assert sorted(named) == sorted(with_json(complete()))


SCHEMA = json.loads((ROOT / "docs/json.schema.json").read_text("utf-8"))

PARTS = {
    "pilot",
    "recalled",
    "moment",
    "day",
    "time",
    "fault",
    "held",
    "letter",
    "coming",
    "person_before",
    "person_named",
    "turn_change",
    "trouble",
    "server",
}
"""What several answers hold."""

NOT_TRIED = {"learnings show", "people same", "store restore"}
"""They take a state that comes about in weeks, or a store that nobody uses: other tests call them."""


def wrong(command: str, value: Any) -> list[str]:
    """What the schema of a command finds wrong with a value."""
    found = Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{command}"}).iter_errors(value)
    return [f"{command} {list(error.absolute_path)}: {error.message}" for error in found]


def test_there_is_a_schema_for_each_command_and_for_no_other() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"].keys() - PARTS - {"quiet", "line"} == set(with_json(complete()))


def test_every_answer_is_as_its_schema_has_it(tmp_path: Path) -> None:
    tried = set()
    for command, value in answers(tmp_path):
        tried.add(command)
        assert wrong(command, value) == []
        assert wrong(command, [{"more": 1}]) != []
    assert set(with_json(complete())) - tried == NOT_TRIED


def test_a_program_reads_the_same_in_every_language(tmp_path: Path) -> None:
    few(tmp_path, ANNA, PETER)
    at = At(tmp_path)
    at.do("run", "--once")
    people = tmp_path / "people.csv"
    people.write_text(people.read_text("utf-8").replace("anna.holm@", "anna.holm", 1), "utf-8")
    for words in (
        ["status"],
        ["people", "look"],
        ["check"],
        ["people", "list"],
        ["relay", "why", "1001"],
        ["why", "1008"],
    ):
        assert At(tmp_path, language="en").json(*words) == at.json(*words), words


def test_a_table_for_people_has_no_key_of_the_programs_for_a_heading(tmp_path: Path) -> None:
    """But for those that are the same word in Danish."""
    few(tmp_path, ANNA, METTE, KAREN)
    at = At(tmp_path)
    at.do("run", "--once")
    at.do("revisit", "add", "Referater", "--what", "værktøj", "--rejected-by", "IT", "--reason", "For dyrt")
    at.do("concerns", "add", "Hvem ser, hvad jeg skriver?")
    at.do("discoveries", "add", "Den kan oversætte", "--department", "plan")
    lists = [command for command in with_json(complete()) if command.endswith((" list", " meetings", " waiting"))]
    keys = {key for part in SCHEMA["$defs"].values() for key in part.get("items", part).get("properties", ())}
    some = {"templates list": ["event"]}  # all of them have the same heading, and each is read for it
    found = {
        (one, word)
        for one in lists
        for word in re.split(r"\s{2,}", at.do(*one.split(), *some.get(one, ())).splitlines()[0])
        if word in keys
    }
    assert {word for _, word in found} <= {"id", "department"}, found
