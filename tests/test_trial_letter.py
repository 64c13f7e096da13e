"""`send-test`: a letter of a kind to oneself, by the transport of the config, of which nothing is remembered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from service.engine.engine import Engine
from service.engine.opening import looking
from service.engine.trial_letter import trial_letter
from service.messages.faults import Refused
from service.planning.kinds import PREVIEWS
from tests.cli_values import Command, example
from tests.smtp_server import Fault, SmtpServer

pytestmark = pytest.mark.slow

ME = "Karen.Berg@elsewhere.example"


def by_smtp(folder: Path, port: int) -> Command:
    aikultur = example(folder)
    aikultur.edit("config.toml", ('transport = "folder"', 'transport = "smtp"'))
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nauth = "none"\n')
    return aikultur


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def arrived(server: SmtpServer) -> EmailMessage:
    (letter,) = server.accepted
    found = message_from_bytes(letter.data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_it_arrives_marked_and_nothing_is_remembered(server: SmtpServer, tmp_path: Path) -> None:
    aikultur = by_smtp(tmp_path, server.port)
    said = aikultur("send-test", "welcome", "--to", ME)
    letter = arrived(server)
    assert (said.status, said.out) == (0, f"Sendt til {ME} med smtp: {letter['Subject']}\n")
    assert str(letter["Subject"]).startswith("[Test] ")
    assert (server.accepted[0].recipients, letter["To"].addresses[0].display_name) == ((ME.lower(),), "Karen Berg")
    assert not (tmp_path / "var").exists()


def test_a_text_of_ones_own_that_cannot_be_made_is_said_in_the_readers_language(tmp_path: Path) -> None:
    aikultur = by_smtp(tmp_path, 1)
    aikultur.edit("config.toml", ("# own_templates", "own_templates"))
    own = tmp_path / "own-templates" / "mail" / "da" / "vitamin"
    own.mkdir(parents=True)
    (own / "welcome.txt.j2").write_text("{% set subject %}Hej{% endset %}\n{{ nope }}", "utf-8")
    said = aikultur("send-test", "welcome", "--to", "anna.holm@groennebyrum.example")
    assert (said.status, said.out) == (1, "")
    assert "linje 2" in said.err
    assert "undefined" not in said.err


def test_its_links_open_nobodys_page(server: SmtpServer, tmp_path: Path) -> None:
    aikultur = by_smtp(tmp_path, server.port)
    for _ in range(2):
        aikultur("send-test", "tip", "--to", "anna.holm@groennebyrum.example")
    first, second = (message_from_bytes(one.data, policy=policy.default) for one in server.accepted)
    assert "http://127.0.0.1:8017/stop/" in str(first["List-Unsubscribe"])
    assert str(first["List-Unsubscribe"]) != str(second["List-Unsubscribe"])
    assert first["Message-ID"] != second["Message-ID"]


def test_there_is_one_of_every_kind_for_whoever_asks(tmp_path: Path) -> None:
    example(tmp_path)
    path, none = tmp_path / "config.toml", set()
    with looking(path) as engine:
        for kind in PREVIEWS:
            if refused(engine, kind):
                none.add(kind)
    assert none == {"open-questions"}, "of the example's policy every question is answered"


def refused(engine: Engine, kind: str) -> bool:
    try:
        trial_letter(engine, kind, ME, "en", datetime(2026, 11, 30, 8, tzinfo=UTC))
    except Refused:
        return True
    return False


def test_letters_that_become_files_are_one_too(tmp_path: Path) -> None:
    said = example(tmp_path)("send-test", "welcome", "--to", ME)
    (file,) = (tmp_path / "var" / "mail").iterdir()
    assert said.lines == [f"Skrevet i en fil, for her bliver breve til filer: {file}"]


def test_nothing_is_put_into_a_calendar(server: SmtpServer, tmp_path: Path) -> None:
    aikultur = by_smtp(tmp_path, server.port)
    aikultur.edit("config.toml", ('# channel = "feed"', 'channel = "invite"'))
    said = aikultur("send-test", "invite", "--to", ME)
    assert "text/calendar" not in [part.get_content_type() for part in arrived(server).walk()]
    assert said.lines[1] == "Uden dets kalenderdel, som ingen ville tage ud af din kalender igen."


def test_what_the_server_refuses_is_said(tmp_path: Path) -> None:
    with SmtpServer([Fault("rcpt", "550 5.7.1 relaying denied", None)]) as server:
        said = by_smtp(tmp_path, server.port)("send-test", "welcome", "--to", ME)
    assert (said.status, said.out) == (1, "")
    assert "550 5.7.1 relaying denied" in said.err


def test_a_server_that_is_not_there_is_said_in_the_readers_language(tmp_path: Path) -> None:
    aikultur = by_smtp(tmp_path, 1)
    assert "forbindelsen blev afvist" in aikultur("send-test", "welcome", "--to", ME).err
    assert "Connection refused" in aikultur("--language", "en", "send-test", "welcome", "--to", ME).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("welcome", "--to", "karen"), '"karen" er ikke en mailadresse. Skriv din egen efter --to.\n'),
        (("welcom", "--to", ME), "SLAGS kan ikke være welcom."),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    said = example(tmp_path)("send-test", *words)
    assert said.status == 2
    assert told in said.err


def test_a_bad_config_sends_nothing_by_an_older_one(tmp_path: Path) -> None:
    aikultur = example(tmp_path)
    aikultur("run", "--once")
    aikultur.edit("config.toml", ('transport = "folder"', 'transport = "pigeon"'))
    said = aikultur("send-test", "welcome", "--to", ME)
    assert (said.status, said.out) == (2, "")
