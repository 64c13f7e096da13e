"""A kind of what can be sent, made or held: one row says everything of it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from service.messages.translation import Sentence

LAST = 1000


def _nothing(period: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is so of every letter, call or hold of a kind.

    `rank`: a letter that says several things begins with the kind of the lowest. `own_turn`: one of the letters of a turn
    of one's own, of which there is one a day. `news`: news about a turn, although no calendar changes by it. `cancels`:
    takes something out of calendars. `fused`: whether the fuse may hold it. `previews`: the samples of it that can be looked
    at, None: one of its own name. `about`: what a letter of the kind is about, from the period of its notice.
    """

    id: str
    name: Sentence  # of many, for administrators
    one: Sentence | None = None  # of one, for whoever asks what somebody got; None: it is no letter
    way: Literal["letter", "call", "hold"] = "letter"
    rank: int = LAST
    own_turn: bool = False
    news: bool = False
    cancels: bool = False
    fused: bool = True
    previews: tuple[str, ...] | None = None
    about: Callable[[str], Sentence | str] = _nothing

    @property
    def shown(self) -> tuple[str, ...]:
        """The samples of it."""
        if self.way != "letter":
            return ()
        return (self.id,) if self.previews is None else self.previews
