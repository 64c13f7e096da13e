"""The shipped example with a handful of its people: for what is the same for nine as for forty."""

from pathlib import Path

from tests.cli_values import Command, example

ANNA, PETER, METTE, JENS, KAREN = "1001", "1008", "1015", "1036", "1043"
"""Of one department: its manager, one with nothing of their own, the contact, one with a time, an ambassador."""

HANNE = "1127"
"""Of another department, and reads English."""

HANDFUL = (ANNA, PETER, METTE, KAREN, "1113", "1148", "1183", "1225", "1253")
"""Somebody in each department, its ambassador among them: `check` has nothing to note."""


def few(folder: Path, *numbers: str) -> Command:
    """The shipped example in `folder`, with these of its people alone, or the handful."""
    made = example(folder)
    cut(folder, *numbers)
    return made


def cut(folder: Path, *numbers: str) -> None:
    """Leave nobody but these in the files of an example, or the handful."""
    for name in ("people.csv", "absences.csv"):
        heading, *rows = (folder / name).read_text("utf-8").splitlines(keepends=True)
        kept = [row for row in rows if row.partition(";")[0] in (numbers or HANDFUL)]
        (folder / name).write_text("".join((heading, *kept)), "utf-8")
