"""A line of the log: in the reader's language on a terminal, in English for programs, addresses redacted on request."""

import json
import logging

import pytest

from service.engine.logs import _Human, _Lines, said
from service.messages.translation import Sentence, word


def record(message: str, *args: object, name: str = "aikultur") -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "x.py", 1, message, args, None)


TICK = record("tick: %s; %d letters to write, %d kinds held, next %s", word("tick", "edited"), 2, 0, "2026-12-01T07:00")
PARKED = record(
    "letter %s is parked: %s", "abc", "mail.x:25, RCPT TO: the server said: 550 5.1.1 anna@x.example unknown."
)


@pytest.mark.parametrize(
    ("line", "danish"),
    [
        (TICK, "set efter: en fil er ændret; 2 breve at skrive, 0 slags holdt tilbage, næste gang 2026-12-01T07:00"),
        (PARKED, 'brevet abc er parkeret: mail.x:25, RCPT TO: serveren svarede: "550 5.1.1 anna@x.example unknown."'),
        (record("ended"), "stoppet"),
        (record("%s", Sentence("No letter waits.")), "Der venter ingen breve."),
        (
            record("the group %s: %s", "alle", PermissionError(13, "Permission denied")),
            "gruppen alle: der er ikke adgang",
        ),
        (
            record("Task was destroyed but it is pending! %s", "x", name="asyncio"),
            'asyncio: "Task was destroyed but it is pending! x"',
        ),
    ],
)
def test_on_a_terminal_the_log_speaks_the_readers_language(line: logging.LogRecord, danish: str) -> None:
    assert said(line, "da") == danish
    assert _Human("da", redact=False).format(line).endswith(f" {danish}")


def test_for_programs_the_log_is_english() -> None:
    line = json.loads(_Lines(redact=False).format(TICK))
    assert line["message"] == "tick: edited; 2 letters to write, 0 kinds held, next 2026-12-01T07:00"


def test_who_somebody_is_stays_out_of_the_log_on_request() -> None:
    assert "550 5.1.1 [...]@x.example unknown" in _Human("da", redact=True).format(PARKED)
    assert "550 5.1.1 [...]@x.example unknown" in json.loads(_Lines(redact=True).format(PARKED))["message"]
