"""What somebody may do: one row says what comes of it, what is read of its form, and what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from service.acts.requests import Act
from service.engine.engine import Engine
from service.messages.translation import Sentence

NOTED = Sentence("Thank you. It is written down.")

CarryOut = Callable[[Engine, Act, datetime], None]
"""Writes down what was asked for at a moment (aware). Raises Refused with a sentence for whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow:
    """`fields` are read of its form, in the order of the page; others have buttons only. `many`: those that may be there several
    times, such as what was ticked; they come a line each. `nameless`: it comes back to
    one and the same address, for a proxy's log need not tell who did it. `on_page`: whether pages offer it, or the
    command line alone. `outsiders`: whether they may do it too; its person is then perhaps not in the people file.
    """

    name: str
    carry_out: CarryOut
    done: Sentence = NOTED
    fields: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    nameless: bool = False
    on_page: bool = True
    outsiders: bool = False
