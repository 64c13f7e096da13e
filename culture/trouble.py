"""What could not be worked out, and for whom: one person's or turn's data never stops the others'. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

Whose = Literal["person", "department", "turn", "revisit"]

Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`id`: a person's id, a department's key, a turn's or revisit's id. `what`: "notices", "block", "prompts", "turns" or "slots"."""

    of: Whose
    id: str
    what: str
    error: Exception = field(compare=False)  # nobody foresaw it, so it may be of any class


Troubles = dict[tuple[Whose, str, str], Trouble]
"""By `of`, `id` and `what`: who asks the same again notes the same again."""


def unknown(troubles: Troubles, of: Whose, what: str) -> frozenset[str]:
    """The ids of those of whom that is not known. Nothing of theirs is taken down for want of it."""
    return frozenset(one.id for one in troubles.values() if one.of == of and one.what == what)


@dataclass(frozen=True, slots=True)
class Watch:
    """Works things out one by one. What raises is noted in `troubles`, and nothing comes of that one."""

    troubles: Troubles
    of: Whose
    what: str

    def each(
        self, items: Iterable[Item], name: Callable[[Item], str], work: Callable[[Item], Iterable[Found]]
    ) -> Iterator[Found]:
        """What `work` gives for each of the items, all of it or none."""
        for item in items:
            try:
                found = list(work(item))
            except Exception as error:  # whatever it is: the others are not to blame
                note = Trouble(of=self.of, id=name(item), what=self.what, error=error)
                self.troubles[note.of, note.id, note.what] = note
            else:
                yield from found
