"""An edit in the middle of a sending: a letter is frozen when it is claimed, the others go by the new words.

Of six welcomes two have been sent and two more are claimed when the files change; two are not claimed yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import pytest

from mailer.drain import Outbox
from service.engine.engine import Engine
from tests.service_values import (
    MONDAY,
    approve_all,
    claim_all,
    live,
    look,
    make_engine,
    row,
    write_config,
    write_people,
)
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.kill

HOUR = timedelta(hours=1)
BEFORE, AFTER = "Kun offentlige tekster.", "Aldrig personnumre."
WELCOME = Path("own-templates/mail/da/vitamin/welcome.txt.j2")


@dataclass
class Sending:
    """The engine between two groups of its letters, and the server that takes them."""

    folder: Path
    server: SmtpServer
    engine: Engine
    outbox: Outbox

    def go_on(self, *moments: timedelta) -> None:
        """What the service does from the edit on: look, tick, claim and send; then, at `moments`, once more."""
        look(self.engine, MONDAY + HOUR)
        self.engine.tick(MONDAY + HOUR)
        self.outbox.add(claim_all(self.engine, MONDAY + HOUR), MONDAY + HOUR)
        self.outbox.drain(lambda: MONDAY + HOUR, Event())
        for moment in moments:
            live(self.engine, MONDAY + HOUR + moment)

    def texts(self) -> dict[str, str]:
        """By person, the text of the one letter that was accepted; its recipient is in front of it."""
        found: dict[str, str] = {}
        for letter in self.server.accepted:
            mail = message_from_bytes(letter.data, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            body = mail.get_body(("plain",))
            assert body
            name = mail["To"].addresses[0].display_name.removeprefix("Person ")
            assert name not in found, f"two letters to {name}"
            found[name] = f"{letter.recipients[0]} {body.get_content()}"
        return found


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[Sending]:
    with SmtpServer() as server:
        write_config(tmp_path, transport="smtp", port=server.port)
        write_people(tmp_path, [row(number) for number in range(1, 7)])
        engine = make_engine(tmp_path)
        approve_all(engine, MONDAY)
        engine.tick(MONDAY)
        outbox = engine.make_outbox()
        outbox.add(engine.claim_some(MONDAY, room=2), MONDAY)
        outbox.drain(lambda: MONDAY, Event())
        outbox.add(engine.claim_some(MONDAY, room=2), MONDAY)
        yield Sending(tmp_path, server, engine, outbox)
        engine.close()


def edit_config(folder: Path, old: str, new: str) -> None:
    file = folder / "config.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def with_text(sending: Sending, text: str) -> set[str]:
    return {name for name, said in sending.texts().items() if text in said}


# --- edits that are right


def test_a_new_config_is_in_the_letters_that_were_not_claimed(sending: Sending) -> None:
    edit_config(sending.folder, BEFORE, AFTER)
    sending.go_on(HOUR, 2 * HOUR)
    assert (with_text(sending, BEFORE), with_text(sending, AFTER)) == ({"1", "2", "3", "4"}, {"5", "6"})


def test_a_new_template_is_in_the_letters_that_were_not_claimed(sending: Sending) -> None:
    write_template(sending.folder, "Hej fra os selv")
    sending.go_on(HOUR, 2 * HOUR)
    assert (set(sending.texts()), with_text(sending, "Hej fra os selv")) == (set("123456"), {"5", "6"})


def test_whoever_leaves_gets_what_was_claimed_and_nothing_else(sending: Sending) -> None:
    write_people(sending.folder, [row(number) for number in (1, 2, 3, 5)])
    sending.go_on(HOUR, 2 * HOUR)
    assert set(sending.texts()) == {"1", "2", "3", "4", "5"}


def test_a_corrected_address_is_used_for_what_was_not_claimed_and_nobody_gets_two(sending: Sending) -> None:
    corrected = {2: "to@x.example", 4: "fire@x.example", 6: "seks@x.example"}
    write_people(sending.folder, [row(number, address=corrected.get(number, "")) for number in range(1, 7)])
    sending.go_on(HOUR, 2 * HOUR)
    assert {name: text.split()[0] for name, text in sending.texts().items()} == {
        **{str(number): f"p{number}@x.example" for number in range(1, 6)},
        "6": "seks@x.example",
    }


def test_whoever_joins_is_welcomed_once(sending: Sending) -> None:
    write_people(sending.folder, [row(number) for number in range(1, 9)])
    sending.go_on(HOUR, 2 * HOUR)
    assert set(sending.texts()) == set("12345678")


# --- edits that are wrong


def test_a_faulty_config_keeps_the_one_before_until_it_is_mended(sending: Sending) -> None:
    edit_config(sending.folder, BEFORE, f'{AFTER}"\nno_such_key = "')
    sending.go_on()
    faults = [fault.file for fault in sending.engine.inputs.faults]
    edit_config(sending.folder, '"\nno_such_key = "', "")
    write_people(sending.folder, [row(number) for number in range(1, 8)])
    live(sending.engine, MONDAY + 2 * HOUR)
    assert (faults, sending.engine.inputs.faults) == (["config.toml"], ())
    assert (with_text(sending, BEFORE), with_text(sending, AFTER)) == (set("123456"), {"7"})


@pytest.mark.parametrize("broken", ["", "this is no table\n", "number;name\n1;Person 1\n"])
def test_a_faulty_people_file_keeps_the_people_before_until_it_is_mended(sending: Sending, broken: str) -> None:
    (sending.folder / "people.csv").write_text(broken, "utf-8")
    sending.go_on(HOUR)
    faults = {fault.file for fault in sending.engine.inputs.faults}
    everybody = set(sending.texts())
    write_people(sending.folder, [row(number) for number in range(1, 8)])
    live(sending.engine, MONDAY + 3 * HOUR)
    assert (faults, everybody) == ({"people.csv"}, set("123456"))
    assert (sending.engine.inputs.faults, set(sending.texts())) == ((), set("1234567"))


@pytest.mark.parametrize("broken", ["{% if %}", "{{ nobody }}"])
def test_a_faulty_template_holds_back_what_it_cannot_write_and_no_more_until_it_is_mended(
    sending: Sending, broken: str
) -> None:
    write_template(sending.folder, broken)
    sending.go_on(HOUR)
    faults = {(fault.file, fault.sentence.fields["name"]) for fault in sending.engine.aside.faults}
    meanwhile = set(sending.texts())
    write_template(sending.folder, "Hej fra os selv")
    live(sending.engine, MONDAY + 3 * HOUR)
    assert faults == {("mail/da/vitamin/welcome.txt.j2", "Person 5"), ("mail/da/vitamin/welcome.txt.j2", "Person 6")}
    assert meanwhile == set("1234")
    assert (set(sending.texts()), with_text(sending, "Hej fra os selv")) == (set("123456"), {"5", "6"})


def write_template(folder: Path, body: str) -> None:
    file = folder / WELCOME
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{% set subject %}Velkommen{% endset %}" + body, "utf-8")
