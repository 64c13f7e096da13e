"""Which language the command line speaks: the one that is asked for, the config's, the terminal's, Danish."""

import tomllib
from pathlib import Path

import pytest

from service.messages.translation import language_of, spoken_here
from tests.cli_values import IN_ENGLISH, Command, example
from tests.small_example import cut

pytestmark = pytest.mark.slow

DANISH, ENGLISH = "Der venter ingen breve.\n", "No letter waits.\n"


@pytest.fixture
def aikultur(tmp_path: Path) -> Command:
    return example(tmp_path)


def test_the_language_asked_for_goes_before_that_of_the_config(aikultur: Command) -> None:
    aikultur("run", "--once")
    assert aikultur("outbox", "list").out == DANISH
    assert aikultur("--language", "en", "outbox", "list").out == ENGLISH
    aikultur.edit("config.toml", IN_ENGLISH)
    assert aikultur("outbox", "list").out == ENGLISH
    assert aikultur("--language=da", "outbox", "list").out == DANISH


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--language", "en", "history"], "PERSON is missing."),
        (["--language", "da", "history"], "PERSON mangler."),
        (["--language", "sv", "history"], "--language kan ikke være sv. Skriv en af disse: da, en."),
        (["--language"], "--language skal have en værdi efter sig."),
        (["--config", "none.toml", "--language", "en", "check"], "none.toml: There is no such file"),
        # An option of a command is no option of the command line.
        (["people", "set", "1001", "--language", "en", "--tim", "1"], "Der er ingen mulighed --tim her."),
    ],
)
def test_what_is_wrong_with_a_command_line_is_said_in_the_language_it_asks_for(
    aikultur: Command, words: list[str], said: str
) -> None:
    found = aikultur(*words)
    assert (found.status, found.err.startswith(said)) == (2, True), found.err


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "da"}, "da"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "da_DK@euro"}, "da"),
        ({"LANG": "da_DK.UTF-8", "LC_MESSAGES": "da_DK", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "da_DK.UTF-8", "LC_ALL": "C"}, "da"),
    ],
)
def test_the_terminal_says_its_language_as_posix_has_it(environment: dict[str, str], language: str | None) -> None:
    assert spoken_here(environment) == language


@pytest.mark.parametrize(
    ("config", "language"),
    [
        ('[organisation]\nlanguage = "en"\n', "en"),
        ("\ufeff[organisation] # who we are\n  language='en'\n", "en"),
        ('[organisation]\nclosed = ["12-24"]\nlanguage = "en"\nbroken = \n', "en"),
        ('[organisation]\n# language = "en"\n', None),
        ('[organisation]\nlanguage = "sv"\n', None),
        ('[organisation]\n[departments.plan]\nlanguage = "en"\n', None),
        ("", None),
    ],
)
def test_the_config_says_its_language_where_it_writes_it(tmp_path: Path, config: str, language: str | None) -> None:
    file = tmp_path / "config.toml"
    assert language_of(file) is None
    file.write_text(config, "utf-8")
    assert language_of(file) == language


@pytest.mark.parametrize(("language", "told"), [("da", "# Hvem I er"), ("en", "# Who you are")])
def test_the_example_is_written_in_the_language_it_was_asked_for_in(tmp_path: Path, language: str, told: str) -> None:
    assert Command(tmp_path)("--language", language, "example", ".").status == 0
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert tomllib.loads(text)["organisation"]["language"] == language
    assert told in text.splitlines()
    cut(tmp_path)
    assert ("Alt i orden" in Command(tmp_path)("check").out) is (language == "da")
