"""A table as bars: where each lies in its drawing. Numbers only; `templates/report/chart.svg.j2` draws them."""

from dataclasses import dataclass

from culture.people import Language
from service.report.report import Table

WIDTH = 320
"""Units of the drawing, each a pixel on the narrowest phone: so a text in it is as large as those around it."""

LONGEST = WIDTH - 48
"""Of a bar: beside it there is room for its number."""

ROW = 54
"""A label, a bar, and a narrow one for the quarter before."""

LABEL_LETTERS = 42
"""What fits over a bar. The table beside it has the whole label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row: its `label` stands at `y`, the bars below it. `count` is None where it is not shown."""

    y: int
    label: str
    count: int | None
    length: int
    before: int | None = None  # the length of the bar of the quarter before; None for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The drawing of a table."""

    id: str
    width: int
    height: int
    bars: tuple[Bar, ...]

    @property
    def compares(self) -> bool:
        """Whether the quarter before is drawn too."""
        return any(bar.before for bar in self.bars)


def chart(table: Table, language: Language) -> Chart | None:
    """The chart of a table; None where there is nothing to compare: a single row, or none with a number."""
    most = max((number for line in table.lines for number in (line.count, line.before) if number), default=0)
    if len(table.lines) < 2 or not any(line.count for line in table.lines):
        return None
    bars = tuple(
        Bar(
            y=number * ROW,
            label=_short(line.labels[language]),
            count=line.count,
            length=_length(line.count, most),
            before=None if line.before is None else _length(line.before, most),
        )
        for number, line in enumerate(table.lines)
    )
    return Chart(id=table.figure.id, width=WIDTH, height=ROW * len(bars), bars=bars)


def _length(count: int | None, most: int) -> int:
    return round(LONGEST * count / most) if count else 0


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LETTERS else f"{label[: LABEL_LETTERS - 1].rstrip()}…"
