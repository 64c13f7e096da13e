"""What servers, disks and libraries said is kept in English, and shown in the reader's language as far as it is known."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.messages.relayed import FRAMES, Relayed
from service.messages.translation import words_in
from service.settings.kept import plain, sentence
from store.database import Damage, Locked, NewerSchema, StoreLost

ROOT = Path(__file__).parent.parent

ENGLISH = re.compile(
    r"\b(the|are|was|were|not|cannot|with|and|this|that|which|its|has|been|must|should|invalid|expected|missing|found|"
    r"failed|of|from|it|you|write|your|nobody|takes|does|nothing|these|those|there|when|than|more|into|look|only|no|"
    r"where|who|whom|whose|what|how|by|before|after|is)\b"
)
"""Words that are English and no Danish."""

OF_PROGRAMMERS = {
    "ValueError",
    "RuntimeError",
    "TypeError",
    "NotImplementedError",
    "KeyError",
    "Misfit",
    "compile",
    "debug",
}
"""Nobody reads what is raised by these: a programmer's error, and a line of a journal that is told as damage."""

OF_OTHERS = {"Sentence", "Unreadable", "Bad", "Key", "Problem", "say"}
"""Sentences, which tests/test_words.py looks after."""

NOT_SHOWN = {
    "mailer/skeleton.py": "a letter that is compared and never sent",
    "store/migrations.py": "what records held before",
    "store/table.py": "a programmer's error",
    "store/state.py": "a programmer's error",
    "calendars/microsoft365/wire.py": "what the network says, to know it by",
    "store/daemon.py": "service/cli/main.py says it in a sentence of its own",
}


def template(node: ast.expr) -> str | None:
    """A text as it is written, with {} where something is filled in; None for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return None


def written(node: ast.AST) -> Iterator[str]:
    """Every text that stands in the code to be shown to somebody."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Compare):  # what others say, to know it by
        return
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in OF_PROGRAMMERS | OF_OTHERS:
            return
    text = template(node) if isinstance(node, ast.expr) else None
    if text is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from written(child)


def sentences_below() -> Iterator[tuple[str, str]]:
    """The file and the text of each sentence in the rooms below the service that reads another's words in calendars apart."""
    for room in ("mailer", "store", "calendars/exchange", "calendars/microsoft365", "calendars/server"):
        for file in sorted((ROOT / room).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            for text in written(ast.parse(file.read_text("utf-8"))):
                if (
                    name not in NOT_SHOWN
                    and not re.search(r"%[sd]| eq '", text)
                    and len(re.findall(r"[a-z]{2,} ", text)) > 3
                ):
                    yield name, text


@pytest.mark.parametrize(("file", "text"), list(sentences_below()))
def test_every_sentence_from_below_is_said_in_danish(file: str, text: str) -> None:
    numbers = iter(range(1, 100))
    example = re.sub(r"\{\}", lambda _: f"X{next(numbers)}", text.replace("){}", ")"))
    said = Relayed(example.strip()).said("da")
    assert ENGLISH.findall(re.sub(r'"[^"]*"|\([^)]*\)|\S*[/_.]\S+|\[\w+\]', "", said)) == [], said


def test_a_frame_is_only_for_what_is_said_somewhere() -> None:
    """What libraries say is told from what our code says by what they say it of."""
    code = "\n".join(
        str(node.value)
        for room in ("mailer", "store", "calendars", "service/microsoft365")
        for file in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    )
    theirs = set(open_texts("tests/relayed_by_libraries.txt"))
    frames = words_in("da", FRAMES)
    lost = [text for text in frames if text not in theirs and not all(part in code for part in parts(text))]
    assert lost == [], lost
    assert sorted(theirs - frames.keys()) == []


def parts(text: str) -> list[str]:
    """What a frame has of words of its own, sentence by sentence: code may put them together."""
    return [
        part
        for one in re.split(r"\{\w+\}| and |(?<=[.:]) ", text.replace("{{", "{").replace("}}", "}"))
        for part in [one.strip(" .,:(`")]
        if len(part) > 8
    ]


def open_texts(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail.x:25, connecting: Connection refused.", "mail.x:25, ved opkaldet: forbindelsen blev afvist."),
        (
            "mail.x:25, RCPT TO: the server said: 550 5.1.1 no such user: the mailbox is full.",
            'mail.x:25, RCPT TO: serveren svarede: "550 5.1.1 no such user: the mailbox is full."',
        ),
        ("anna@x.example: the mailbox is full ({0} of {1}).", "anna@x.example: postkassen er fuld ({0} of {1})."),
        (
            "https://x.example/EWS: there is no Exchange at this address. Correct [exchange] endpoint.",
            "https://x.example/EWS: der er ingen Exchange på den adresse. Ret [exchange] endpoint.",
        ),
        (
            "Given up: from 2026-12-01T07:00:00Z on it is too late. mail.x:25, connecting: timed out.",
            "Opgivet: fra 2026-12-01T07:00:00Z er det for sent. mail.x:25, ved opkaldet: ingen svarede i tide.",
        ),
        (
            "mail/da/tip.txt.j2: line 2: 'nope' is undefined",
            "mail/da/tip.txt.j2: linje 2: der er intet, der hedder 'nope'",
        ),
        ("550 nobody of that name", "550 nobody of that name"),
        ("{", "{"),
        ("", ""),
    ],
)
def test_what_others_said_is_shown_in_our_frame_and_in_their_words(text: str, said: str) -> None:
    assert Relayed(text).said("da") == said
    assert Relayed(text).said("en") == text == str(Relayed(text))


@pytest.mark.parametrize(
    "error",
    [
        Damage(Path("/s/CURRENT"), 3, "the line is cut off"),
        Damage(Path("/s/journal-2"), None, "the file has 3 bytes, it had 4 before"),
        Locked(Path("/s/lock"), 10),
        NewerSchema(Path("/s/journal-2"), 9),
        StoreLost(Path("/s/journal-2"), "No space left on device"),
    ],
)
def test_the_store_speaks_danish_of_itself(error: Exception) -> None:
    said = Relayed(str(error)).said("da")
    assert said.startswith("/s/")
    assert ENGLISH.findall(re.sub(r"`[^`]*`", "", said)) == []


def test_what_was_said_is_kept_with_the_sentence_around_it() -> None:
    for one in (Relayed("{"), Relayed("the mailbox is full")):
        assert sentence(plain(one)) == one
