"""What costs a walk through everybody and is asked several times a tick, kept by the very mapping it was made from. Pure: what
comes back is what would be worked out anew."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

First = TypeVar("First")
Asked = TypeVar("Asked", bound=Hashable)
Made = TypeVar("Made")
More = ParamSpec("More")

LAST = 2
"""Of how many: everybody as they are, and as they were until just now. What is older is let go of."""

OF_EACH = 4
"""Of how many days or plans of one department: today's, and what is looked at beside it."""


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


def kept_of_each(make: Callable[Concatenate[str, More], Made]) -> Callable[Concatenate[str, More], Made]:
    """`make`, with what it made last for each name that is its first argument, where all the others are equal. However
    many departments a house has, none takes another's place; a number for them all would be too low for some house."""
    found = defaultdict[str, deque[tuple[object, Made]]](lambda: deque(maxlen=OF_EACH))

    @wraps(make)
    def made(name: str, /, *args: More.args, **more: More.kwargs) -> Made:
        asked = (args, more)
        for known, result in reversed(tuple(found[name])):
            if known == asked:
                return result
        result = make(name, *args, **more)
        found[name].append((asked, result))
        return result

    return made
