"""A transport: one row says everything of it. What it is asked with is the config; nothing is connected by asking."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.pace import Rate
from mailer.transport import Transport, TransportError
from service import channels
from service.messages.translation import Sentence
from service.settings.config import Source

Session = Callable[[], Any]
"""Gives the one session on the server of the transport's name, which a channel of that name shares."""


def _one(_: Source) -> int:
    return 1


def _nowhere(_: Source) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportRow:
    """What is so of a transport.

    `server`: what letters go to, as trouble with it is remembered. `make`: what makes the transport of one thread.
    `probe`: asks whether letters would be let in, and says what came of it. `connections`: how many letters may be on
    their way at once. `spared`: whether the rates of [mail] hold for it; `per_minute` and `per_day` are its own where
    [mail] says nothing, None where it takes letters as they come. `files`: the folder in which its letters are found, where
    they go no further.
    """

    name: str
    server: Callable[[Source], str]
    make: Callable[[Source, Session], Callable[[], Transport]]
    probe: Callable[[Source], Iterable[Sentence | TransportError]]
    connections: Callable[[Source], int] = _one
    spared: bool = True
    per_minute: int | None = None
    per_day: int | None = None
    files: Callable[[Source], Path | None] = _nowhere


def transport_row(name: str) -> TransportRow:
    """The row of the transport that [mail] names."""
    found: TransportRow = channels.brought(name, "transport", "TRANSPORT")
    return found


def transport_of(source: Source) -> TransportRow:
    """The row of the transport that the config names."""
    return transport_row(source.config.mail.transport)


def rate_of(source: Source) -> Rate:
    """How fast letters may leave by the transport that the config names; what has left already is not counted."""
    mail, row = source.config.mail, transport_of(source)
    if not row.spared:
        return Rate()
    return Rate(
        per_minute=mail.per_minute or row.per_minute,
        per_hour=mail.per_hour or None,
        per_day=mail.per_day or row.per_day,
    )
