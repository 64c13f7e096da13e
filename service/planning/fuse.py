"""The fuse: what is unexpected is held until the administrator has seen it. Pure.

It holds one kind of action, never the others. `aikultur apply DIGEST` approves exactly the listed keys.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from culture.keys import HeldKey
from mailer.transport import way_of
from service.messages.translation import Sentence
from service.settings.sections import LimitsSection

FEW = 10
"""Ten more than usual is never an accident worth holding: four joiners after a week with two are 100 %."""

WEEKS_REMEMBERED = 8
"""Growth is measured against the largest of the last eight weeks: after Christmas everybody comes back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendHistory:
    """What the fuse knows of a kind: the transports it has gone out on, and its letters by ISO week."""

    transports: frozenset[str] = frozenset()
    weeks: Mapping[str, int] = field(default_factory=dict)

    def after(self, transport: str, week: str, letters: int) -> "SendHistory":
        """The memory when `letters` more have been claimed in `week`."""
        weeks = {**self.weeks, week: self.weeks.get(week, 0) + letters}
        kept = dict(sorted(weeks.items())[-WEEKS_REMEMBERED - 1 :])
        return SendHistory(transports=self.transports | {transport}, weeks=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A kind of action that waits for approval: why, and exactly which keys. Of calls those of one `channel`."""

    kind: str
    reason: Sentence
    keys: tuple[str, ...]
    since: datetime | None = None  # when something of the kind was first held without a break
    too_late: datetime | None = None  # when the first of it can no longer be sent
    said: bool = False  # whether it is something to be said, and may be counted as said
    channel: str = ""  # of calls: a house may have two servers

    @property
    def key(self) -> str:
        """By what it is remembered since when it is held."""
        return HeldKey(self.kind, self.channel).to_text()

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that name these keys and no others."""
        return digest(self.keys)


def digest(keys: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Of those who would get letters: how many came in since the kind last went, and how many of these have had a letter
    since, so that an administrator has seen them come."""

    count: int = 0
    let_in: int = 0


def none_new(_: str) -> Newcomers:
    """Nobody has come in since any week."""
    return Newcomers()


def letters_reason(
    kind: str,
    letters: int,
    *,
    transport: str,
    week: str,
    memory: SendHistory,
    limits: LimitsSection,
    files: int = 0,
    ahead: bool = False,
    newcomers: Callable[[str], Newcomers] = none_new,
) -> Sentence | None:
    """Why `letters` of a kind may not go now; None when they may. `files`: how many of them have only become files;
    `ahead`: the first of the kind by this transport is approved; `newcomers`: who came in since the first day of a week,
    asked where there are too many."""
    if not letters or way_of(transport) == "file":
        return None
    if ahead:
        memory = SendHistory(transports=memory.transports | {transport}, weeks=memory.weeks)
    if transport not in memory.transports and files:
        text = "the first of this kind by {transport}; {files} of them have only become files until now"
        return Sentence(text, {"transport": transport, "files": files})
    if transport not in memory.transports:
        return Sentence("the first of this kind by {transport}", {"transport": transport})
    return _growth_reason(letters, week, memory, limits.growth_percent, newcomers)


def _growth_reason(
    letters: int, week: str, memory: SendHistory, percent: int, newcomers: Callable[[str], Newcomers]
) -> Sentence | None:
    """Why so many more letters may not go this week; None when they may. Whoever has been let in since is expected."""
    past = {one: sent for one, sent in memory.weeks.items() if one != week}
    usual, this_week = max(past.values(), default=0), memory.weeks.get(week, 0) + letters
    if not usual or not _grows(this_week, usual, percent):
        return None
    new = newcomers(max(past))
    if not _grows(this_week - new.let_in, usual, percent):
        return None
    fields = {"count": this_week, "usual": usual, "percent": percent}
    text = "{count} this week, at most {usual} in the weeks before: more than {percent} % up"
    if new.count:
        fields["new"] = new.count
        text = "{count} this week, at most {usual} in the weeks before: more than {percent} % up. {new} go to people who came in since"
    return Sentence(text, fields)


def _grows(letters: int, usual: int, percent: int) -> bool:
    return letters > usual + FEW and letters > usual * (100 + percent) / 100


def cancel_reason(cancellations: int, limits: LimitsSection) -> Sentence | None:
    """Why so many calendar cancellations at once are held; None when they are not."""
    if cancellations <= limits.cancellations:
        return None
    fields = {"count": cancellations, "limit": limits.cancellations}
    return Sentence("{count} cancellations at once, the limit is {limit}", fields)
