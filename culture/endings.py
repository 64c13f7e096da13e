"""What the service logs in with and what ends by itself: told ahead, for afterwards nothing goes by that server. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from culture.organisation import Organisation

AHEAD = (1, 7, 30)
"""So many days ahead it is told by letter: a month for whoever must ask somebody else, a week, and the day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A certificate or a secret, and the day on which it ends. `called` is the server, for people; `section` and `key`
    are where config.toml says where it is."""

    what: Literal["certificate", "secret"]
    called: str
    section: str
    key: str
    day: date


@dataclass(frozen=True, slots=True)
class Endings:
    """All of them, as far as they are known."""

    all: tuple[Ending, ...] = ()


NO_ENDINGS = Endings()


def near(organisation: Organisation, today: date) -> Iterator[Ending]:
    """Those that end within a month, or have ended."""
    return (one for one in organisation.of(Endings).all if (one.day - today).days <= AHEAD[-1])


def days_ahead(ending: Ending, today: date) -> int | None:
    """Which of AHEAD it is today; None before the first, and when it is over: then the login itself says so."""
    left = (ending.day - today).days
    return next((days for days in AHEAD if 0 <= left <= days), None)
