"""One person's or one department's fault is theirs alone: what it is, kept while the others are worked out. Pure."""

from collections.abc import Collection
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

    def of(self, who: str | Collection[str], what: str) -> "Guard":
        """A guard around what is worked out for `who`, one or several."""
        return Guard(self, who, what)

    def keep(self, who: str | Collection[str], what: str, error: Exception) -> bool:
        """Keep what went wrong; whether it is kept."""
        if self._keeps:
            why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            for one in [who] if isinstance(who, str) else sorted(who):
                self.found.append(Trouble(who=one, what=what, why=why))
                self._who.add(one)
        return self._keeps

    def and_more(self) -> "Troubles":
        """A copy to go on with: a plan made twice of one snapshot must not tell its troubles twice."""
        copy = Troubles(kept=self._keeps)
        copy.found, copy._who = list(self.found), set(self._who)
        return copy

    def touch(self, who: str) -> bool:
        """Whether anything went wrong for `who`: what stands of theirs is then left as it is."""
        return who in self._who


class Guard:
    """Keeps whatever its body raises as a trouble; what the body did until then stays done. A class of its own, for it
    stands around everybody several times a tick, and a generator would cost three times as much."""

    __slots__ = ("_troubles", "_what", "_who")

    def __init__(self, troubles: Troubles, who: str | Collection[str], what: str) -> None:
        self._troubles, self._who, self._what = troubles, who, what

    def __enter__(self) -> None:
        """Nothing is made ready."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, Exception) and self._troubles.keep(self._who, self._what, error)


RAISED = Troubles(kept=False)
"""For whoever asks about one thing, and wants to know what is wrong with it."""
