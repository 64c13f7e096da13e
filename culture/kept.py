"""What costs a walk through everybody and is asked several times a tick, kept by the very mapping it was made from. Pure: what
comes back is what would be worked out anew."""

from collections import deque
from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar

First = TypeVar("First")
Asked = TypeVar("Asked", bound=Hashable)
Made = TypeVar("Made")

LAST = 2
"""Of how many: everybody as they are, and as they were until just now. What is older is let go of."""


def kept(make: Callable[[First, Asked], Made]) -> Callable[[First, Asked], Made]:
    """`make`, with what it made of the last values of its first argument, for the few that are asked of it. That one is never changed and known by identity, for to
    compare two mappings of everybody is the walk that is to be spared."""
    found: deque[tuple[First, dict[Asked, Made]]] = deque(maxlen=LAST)

    @wraps(make)
    def made(first: First, asked: Asked, /) -> Made:
        of_it = next((results for one, results in tuple(found) if one is first), None)
        if of_it is None:
            of_it = {}
            found.append((first, of_it))
        if asked not in of_it:
            of_it[asked] = make(first, asked)
        return of_it[asked]

    return made
