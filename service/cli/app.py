"""What every command gets and raises: the config's path, the language, how an answer is shown, the exit status."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any

import click

from culture.people import Language
from service.messages.faults import Refused
from service.messages.translation import say

OUTSIDE, INPUT = 1, 2
"""Exit status: the outside world failed (a server, a disk, another daemon); the input was wrong."""


@dataclass(frozen=True, slots=True)
class App:
    """What every command gets: where the config is, and the language to speak."""

    path: Path
    language: Language

    def say(self, text: str, /, **fields: Any) -> None:
        """Write a sentence in the language of the command line to standard output."""
        click.echo(say(self.language, text, **fields))

    def show(self, value: Any) -> None:
        """Write a value as JSON to standard output."""
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=as_data))

    def watched(self) -> bool:
        """Whether somebody sits at a terminal who can be asked."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    def now(self) -> datetime:
        """The clock, read here and handed down."""
        return datetime.now(UTC).replace(microsecond=0)


def as_data(value: Any) -> str:
    """A value as `--json` has it: moments, days and times in ISO 8601, members of enumerations by their ids. Raises
    TypeError for what is no data."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Path | Enum):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


pass_app = click.make_pass_decorator(App)


class BadSentence(Refused):
    """The command was given something wrong: status 2."""


@contextmanager
def asked() -> Iterator[None]:
    """What is refused inside was asked for wrongly: status 2."""
    try:
        yield
    except Refused as refused:
        raise BadSentence(refused.sentence) from None
