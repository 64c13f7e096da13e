"""How far a piece of work is, told by whoever does it to whoever shows it: a plain callback."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Tell = Callable[[int, int], None]
"""How much is done, and of how much. Called often: whoever shows it decides how often it is worth showing."""

One = TypeVar("One")


def nobody(done: int, of: int) -> None:
    """Told to nobody."""


def each(things: Sequence[One], tell: Tell) -> Iterator[One]:
    """The things one by one, told as they are asked for."""
    for done, one in enumerate(things):
        tell(done, len(things))
        yield one
