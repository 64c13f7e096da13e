"""What is remembered of the leaders. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from culture.concerns import Tally
from culture.leaders.frame import Frame
from culture.leaders.steps import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderRecords:
    """Beginnings by the day of each, steps by month, and what was answered without a name.

    `since`: since when letters reach mailboxes; what came before was for looking at only. `unsaid`: the month of the
    last step, where its letters reached nobody yet, or nothing.
    """

    frames: Mapping[str, Frame] = field(default_factory=dict)
    steps: Mapping[str, Given] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    since: date | None = field(default=None, compare=False)
    unsaid: str = field(default="", compare=False)

    def last(self) -> tuple[str, Given | None]:
        """The month of the last step that counts, and the step; "" and None before the first."""
        return next(reversed(list(self.given().items())), ("", None))

    def with_unsaid(self, month: str) -> "LeaderRecords":
        """The same, with the month of the last step if nobody has heard of it."""
        return replace(self, unsaid=month)

    def frame(self) -> Frame | None:
        """The beginning that counts."""
        found = [one for one in self.frames.values() if self.since is None or one.asked >= self.since]
        return max(found, key=lambda one: one.asked, default=None)

    def given(self) -> Mapping[str, Given]:
        """The steps that count, by month, the oldest first."""
        frame = self.frame()
        found = sorted(self.steps.items())
        return {month: one for month, one in found if frame and frame.sheet and one.day >= frame.sheet}
