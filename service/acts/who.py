"""Whom a text means that somebody wrote for a person: an id, an address, a name or a part of one. Pure."""

from collections.abc import Callable, Iterable
from datetime import date

from culture.people import Person


def meant(people: Iterable[Person], text: str, today: date) -> list[Person]:
    """The people that a text may mean: one when it is clear, several to ask about, none when it is nobody.

    An id is one person's for good. An address or name is first of whoever works here on `today` or will: who has left
    may have passed theirs on. A whole name comes before a part of one.
    """
    everybody, wanted = list(people), text.strip().casefold()
    ways: tuple[Callable[[Person], bool], ...] = (
        lambda one: one.id == text.strip(),
        lambda one: one.id.casefold() == wanted,
        lambda one: one.email == wanted,
        lambda one: one.name.casefold() == wanted,
        lambda one: wanted in one.name.casefold(),
    )
    for way in ways if wanted else ():
        hits = [one for one in everybody if way(one)]
        if hits:
            return [one for one in hits if one.left is None or today <= one.left] or hits
    return []
