"""What the tests of the outbox share: a transport that answers by script, a clock, letters."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mailer.outbox import Claim
from mailer.transport import Envelope, TransportError
from store.database import Database
from store.letters import LetterRecord, from_document
from tests.store_values import written

NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Fake:
    """A transport that answers from a script, then accepts. `sent` has what it accepted, `tried` what was on the wire."""

    name = "fake"

    def __init__(self, *script: Exception | None) -> None:
        self.script, self.sent, self.tried, self.closed = list(script), list[tuple[str, bytes]](), list[str](), 0

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        on_wire()
        self.tried.append(envelope.message_id)
        error = self.script.pop(0) if self.script else None
        if error:
            raise error
        self.sent.append((envelope.message_id, mime))
        return "250 thanks"

    def close(self) -> None:
        self.closed += 1


class Clock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now, self.waits = NOW, list[float]()

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


def not_now() -> TransportError:
    return TransportError("server, RCPT TO: 450 later.", code=450)


def never() -> TransportError:
    return TransportError("server, RCPT TO: 550 no such user.", code=550, permanent=True)


def lost() -> TransportError:
    return TransportError("server, the final dot: the connection was lost.", in_doubt=True, cause="the final dot: lost")


def closing() -> TransportError:
    return TransportError("server, RCPT TO: 421 closing.", code=421, rest=True, cause="RCPT TO: 421")


def cut() -> TransportError:
    return TransportError("server, RCPT TO: the connection was lost.", cause="RCPT TO: lost")


def denied() -> TransportError:
    return TransportError("server, RCPT TO: 554 relaying denied.", code=554, permanent=True, cause="RCPT TO: 554 7.1")


def down() -> TransportError:
    return TransportError("server, connecting: Connection refused.", server_down=True)


def letter(number: int, **changes: Any) -> Claim:
    made = Claim(
        id=f"{number:040x}",
        person=f"p{number}",
        to=f"p{number}@example.org",
        kinds=("tip",),
        notices=(f"tip/2026-W49/p{number}",),
        subject="Ugens prompter",
        transport="fake",
        sender="ai@example.org",
        mime=f"Subject: {number}\r\n\r\nhej\r\n".encode(),
        counted=True,
    )
    return replace(made, **changes)


ONE = letter(1)


def on_the_wire_and_killed(db: Database, item: Claim = ONE) -> None:
    """What a process leaves behind that was killed between `wire` and `settle`."""
    before = record(db, item)
    db.table("letters").merge(item.id, {"wire": before.wire + 1})


def record(db: Database, item: Claim = ONE) -> LetterRecord:
    document = db.table("letters").find(item.id)
    assert document is not None
    return from_document(item.id, document)


def journal_lines(folder: Path) -> list[bytes]:
    return written(folder / "journal-1")
