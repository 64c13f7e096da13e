"""A goal and what was measured beside it, and the few ways of measuring that the groups share.

A group is a module of this package with `goals() -> Iterator[Goal]`. A ratio is made of two figures of the same run.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

ROUNDS = 3
"""Each figure is the median of so many rounds: one that a neighbour disturbed does not count."""

Verdict = Literal["pass", "short", "missing", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One line of the table: our figure, the one beside it, and how they compare.

    `ratio` is what `wanted` is held against: mostly ours divided by the baseline's. It is None when the baseline is
    not to be had on this machine. `wanted` is None for a line that only informs.
    """

    area: str  # what is measured, as in the list of goals
    figure: str  # ours, with its unit: "93 us"
    baseline: str  # beside what, with its figure: "base64 skeleton, 61 us"
    ratio: float | None
    wanted: float | None
    at_most: bool = False  # whether the ratio should stay below `wanted`, not reach it

    @property
    def passed(self) -> bool | None:
        """Whether the goal is met; None when there is none, or nothing to hold it against."""
        if self.ratio is None or self.wanted is None:
            return None
        return self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted

    @property
    def verdict(self) -> Verdict:
        if self.ratio is None:
            return "missing"
        if self.passed is None:
            return ""
        return "pass" if self.passed else "short"

    def document(self) -> dict[str, Any]:
        """The goal as JSON has it."""
        return asdict(self) | {"passed": self.passed, "verdict": self.verdict}


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU seconds of this process in `work`, its threads included. What was garbage before is not counted."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def medians(*works: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """The median of what each of `works` returns. A round has each of them once, so that they share its weather."""
    found = [[work() for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*found, strict=True)]


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and those it starts meanwhile, on one core. Nothing where the system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})  # the first one has the interrupts
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def table(goals: Iterable[Goal]) -> Iterator[str]:
    """The lines of a table of goals, each as soon as its goal is there."""
    form = "{:<46} {:>14}   {:<44} {:>8}  {:>8}  {}"
    yield form.format("area", "measured", "beside", "ratio", "goal", "")
    for goal in goals:
        sign = "<=" if goal.at_most else ">="
        ratio = "" if goal.ratio is None else f"{goal.ratio:.2f}"
        wanted = "" if goal.wanted is None else f"{sign} {goal.wanted:g}"
        yield form.format(goal.area, goal.figure, goal.baseline, ratio, wanted, goal.verdict).rstrip()
