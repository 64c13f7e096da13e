"""The documents: every command in them is one, and what a page says that a command prints is what it prints.

A block of a page that begins with ```console is carried out, line by line, on the example, on a Monday morning after the
first letters: each line below a command must stand in what it said, in that order. "..." is what is left out.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
import pytest

from culture.people import Language
from service.cli.main import complete
from service.cli.spoken import whole
from service.messages.faults import Refused
from service.messages.translation import translations
from tests.cli_values import ROOT, example
from tests.json_values import At
from tests.small_example import ANNA, JENS, METTE, few

pytestmark = pytest.mark.slow

PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
SPOKEN: dict[str, Language] = {
    "own-templates": "en",
    "egne-skabeloner": "da",
    "troubleshooting": "en",
    "naar-noget-driller": "da",
    "privacy": "en",
    "persondata": "da",
    "upgrade": "en",
    "opgradering": "da",
}
"""Pages with blocks that are carried out, and their language."""


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every command line of ours on a page, without what stands before and after."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
    lines = [part.strip() for block in blocks for line in block.splitlines() for part in re.split("&&|[|;]", line)]
    found = [one[1] for line in lines if (one := re.match(r"(?:\$ )?(?:sudo .*?)?(?:[^\s=]*/)?aikultur (.+)", line))]
    for line in found + re.findall(r"`aikultur (?!key`)([a-z][^`\n]*)`", text):  # the key is a property of events
        yield shlex.split(line.rstrip("\\").replace("...", ""), comments=True)


def unknown(words: list[str]) -> str:
    """What of a command line there is not; empty where all is."""
    command: click.Command = complete()
    top, waiting = command, list(words)
    while waiting:
        word = waiting.pop(0)
        if word.startswith("--"):
            options = [one for one in (*command.params, *top.params) if word in (*one.opts, *one.secondary_opts)]
            if not options and word not in ("--help", "--version"):
                return word
            if "=" not in word and options and not getattr(options[0], "is_flag", False):
                waiting = waiting[1:]
        elif isinstance(command, click.Group):
            if re.fullmatch(r"[a-z][a-z0-9-]*", word) and word not in command.commands:
                return word
            command = whole(command.commands.get(word, command))
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_the_documents_is_one(page: Path) -> None:
    wrong = [words for words in commands(page) if unknown(words)]
    assert wrong == []


def blocks(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a page that is carried out, with the lines that it says."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ aikultur ", block, flags=re.MULTILINE)[1:]:
            line, *said = part.splitlines()
            yield line, [one for one in said if one not in ("", "...")]


def told(at: At, line: str) -> str:
    """What the command says, or what it is refused with."""
    said = at(*shlex.split(line))
    if isinstance(said.exception, Refused):
        return said.exception.sentence.said(at.language)
    assert not said.exception or isinstance(said.exception, SystemExit), (line, said.output, said.exception)
    return said.output


def in_trouble(at: At) -> At:
    """Somebody has stopped the letters, and two hours later the people file has lost most of its rows."""
    at.do("people", "set", "anna.holm@groennebyrum.example", "--stop")
    people = at.folder / "people.csv"
    people.write_text("".join(people.read_text("utf-8").splitlines(keepends=True)[:12]), "utf-8")
    return replace(at, now=at.now + timedelta(hours=2))


TROUBLED = ("troubleshooting", "naar-noget-driller")
QUOTING = (*TROUBLED, "upgrade", "opgradering")


def everybody(folder: Path) -> int:
    return len((folder / "people.csv").read_text("utf-8").splitlines()) - 1


@pytest.mark.parametrize("page", SPOKEN)
def test_what_a_page_says_that_a_command_prints_is_what_it_prints(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trouble is that of the whole example; for the rest a handful of its people will do, with the page's number of
    people taken for theirs where it is that of the example."""
    if page in TROUBLED:
        example(tmp_path)
    else:
        few(tmp_path, ANNA, METTE, JENS)
    monkeypatch.chdir(tmp_path)
    at = At(tmp_path, language=SPOKEN[page])
    at.do("run", "--once")
    number = re.compile(rf"\b{everybody(ROOT)}(?= (people|personer)\b)"), str(everybody(tmp_path))
    if page in TROUBLED:
        at = in_trouble(at)
    for line, lines in blocks(page):
        rest = told(at, line)
        for one in (number[0].sub(number[1], said) for said in lines):
            found = re.search(re.escape(one).replace(r"\.\.\.", ".*"), rest)
            assert found, f"aikultur {line} does not say: {one}\n{rest}"
            rest = rest[found.end() :]


@pytest.mark.parametrize("page", QUOTING)
def test_every_sentence_that_a_page_quotes_is_one_that_we_say(page: str) -> None:
    """Quoted in a line of its own (```text) or in the page's own quotation marks; "..." is what differs from case to case."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    quoted = re.findall(r"“([^”]+)”|»([^«]+)«", text)
    lines = [line for block in re.findall(r"```text\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    said = [
        one
        for english, danish in translations("da").items()
        for one in (danish if SPOKEN[page] == "da" else (english,))
    ]
    wanted = [re.compile(".*".join(map(re.escape, one.split("...")))) for pair in quoted for one in pair if one]
    wanted += [re.compile(".*".join(map(re.escape, one.split("...")))) for one in lines]
    assert len(wanted) >= 4
    assert [one.pattern for one in wanted if not any(one.search(sentence) for sentence in said)] == []


def test_the_danish_words_stand_beside_keys_and_commands_that_there_are() -> None:
    """The second column of docs/ordliste.md: keys, values and files of the config, commands and options."""
    rows = re.findall(r"(?m)^\| [^|]+ \| ([^|]+) \| [^|]+ \|$", (ROOT / "docs/ordliste.md").read_text("utf-8"))
    words = {word for row in rows for word in re.findall(r"`([^`]+)`", row)}
    known = "".join(
        (ROOT / name).read_text("utf-8") for name in ("docs/configuration.md", "docs/catalogue.md", "config.toml")
    )
    named = {"config.toml", *complete().commands, *options(complete())}
    assert len(words) > 30
    assert [
        word
        for word in sorted(words)
        if word not in named and not re.search(rf"\b{re.escape(word.strip('[]').split('] ')[-1])}\b", known)
    ] == []


def options(command: click.Command) -> Iterator[str]:
    """Every option of the command and of those below it."""
    command = whole(command)
    for one in command.params:
        yield from (*one.opts, *one.secondary_opts)
    if isinstance(command, click.Group):
        for child in command.commands.values():
            yield from options(child)
