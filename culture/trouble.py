"""One person's or one department's fault is theirs alone: what it is, kept while the others are worked out. Pure."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What could not be worked out: for whom (a person id or a department's key), and what Python said."""

    who: str
    what: str  # letters, calendar, feed, turns, a kind of notice
    why: str


class Troubles:
    """What went wrong while one plan was made. With `kept=False` nothing is kept, and whatever is wrong is raised."""

    def __init__(self, *, kept: bool = True) -> None:
        self._keeps = kept
        self.found: list[Trouble] = []
        self._who: set[str] = set()

    @contextmanager
    def of(self, who: str | Collection[str], what: str) -> Iterator[None]:
        """Keep whatever the body raises as a trouble of `who`, one or several; what it did until then stays done."""
        try:
            yield
        except Exception as error:  # whatever it is, it must not stop the others
            if not self._keeps:
                raise
            why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            for one in [who] if isinstance(who, str) else sorted(who):
                self.found.append(Trouble(who=one, what=what, why=why))
                self._who.add(one)

    def and_more(self) -> "Troubles":
        """A copy to go on with: a plan made twice of one snapshot must not tell its troubles twice."""
        copy = Troubles(kept=self._keeps)
        copy.found, copy._who = list(self.found), set(self._who)
        return copy

    def touch(self, who: str) -> bool:
        """Whether anything went wrong for `who`: what stands of theirs is then left as it is."""
        return who in self._who


RAISED = Troubles(kept=False)
"""For whoever asks about one thing, and wants to know what is wrong with it."""
