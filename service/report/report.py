"""The report of a quarter: what the programmes count, as it may be shown. Values only, in no language yet."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from culture.people import Language
from culture.quarter import Quarter
from culture.report.anonymity import RULES, Rules
from culture.report.quarters import Closed, ReportRecords, lived
from culture.world import World
from service.messages.translation import Sentence
from service.planning.figure_row import Counts, Figure, FigureRow, Proposal, Shown
from service.programmes import rows

MOST_PROPOSALS = 3
"""What a leader can do something about in a quarter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table. `count`: None where it is not shown. `before`: in the quarter before; None where it is not shown
    or not known. `since`: the quarter in which it was counted, where that is an earlier one."""

    id: str
    labels: Mapping[Language, str]
    count: int | None
    before: int | None = None
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A figure as it is shown. `total`: of its rows, in this quarter and the one before (None: not known); None where they
    are no whole."""

    figure: Figure
    lines: tuple[Line, ...]
    total: tuple[int, int | None] | None = None

    @property
    def of_people(self) -> bool:
        """Whether it tells of answers or choices."""
        return self.figure.of != "public"

    @property
    def hidden(self) -> bool:
        """Whether something in it is not shown."""
        return any(line.count is None for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What one programme counts."""

    heading: Sentence
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of a quarter. `over`: nothing can be added to it any more; until then nothing is told of people."""

    organisation: str
    quarter: Quarter
    over: bool
    chapters: tuple[Chapter, ...]
    proposals: tuple[Proposal, ...]

    @property
    def tables(self) -> Iterator[Table]:
        """All of them."""
        return (table for chapter in self.chapters for table in chapter.tables)


@cache
def figure_rows() -> tuple[FigureRow, ...]:
    """What every programme brings."""
    return tuple(rows("figures", "FIGURES"))


def has_something(world: World) -> bool:
    """Whether anything is counted here at all: a programme is on that brings figures. Asked of public things alone, which
    every programme has: choices would look at everybody."""
    quarter = Quarter.of(world.today)
    public = (figure for row in figure_rows() for figure in row.figures if figure.of == "public")
    return any(figure.counts(world, quarter) is not None for figure in public)


def closed(world: World, quarter: Quarter, rules: Rules = RULES) -> Closed:
    """How things are now that the quarter is over, choices as they may be shown after what was known before."""
    before, standing, choices = world.of(ReportRecords).before(quarter), {}, {}
    for figure in (one for row in figure_rows() for one in row.figures if one.standing):
        if (counts := figure.counts(world, quarter)) is None:
            continue
        if figure.of == "public":
            standing[figure.id] = dict(counts.by)
        else:
            known = before.choices.get(figure.id, {})
            choices[figure.id] = {
                row: rules.choice(count, counts.of, quarter, known.get(row)) for row, count in counts.by.items()
            }
    return Closed(standing=standing, choices=choices)


def report(world: World, quarter: Quarter, languages: tuple[Language, ...]) -> Report:
    """The report of that quarter, which has begun, with its rows called in those languages. Of one in which the service was
    not there it tells nothing."""
    asked = _Asked(world, quarter, languages)
    there = not asked.over or lived(world.organisation, quarter)
    made = (Chapter(heading=row.heading, tables=tuple(_tables(asked, row))) for row in (figure_rows() if there else ()))
    chapters = tuple(chapter for chapter in made if chapter.tables)
    return Report(
        organisation=world.organisation.name,
        quarter=quarter,
        over=asked.over,
        chapters=chapters,
        proposals=_proposals(world, quarter, shown(chapters)) if there else (),
    )


def shown(chapters: Iterable[Chapter]) -> Shown:
    """What they show, by figure and row."""
    tables = (table for chapter in chapters for table in chapter.tables)
    return {table.figure.id: {line.id: line.count for line in table.lines} for table in tables}


def _proposals(world: World, quarter: Quarter, said: Shown) -> tuple[Proposal, ...]:
    every = [one for row in figure_rows() for one in row.proposals(world, quarter, said)]
    return tuple(sorted(every, key=lambda one: (one.rank, one.key))[:MOST_PROPOSALS])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a report is asked of, and for which quarter."""

    world: World
    quarter: Quarter
    languages: tuple[Language, ...]

    @property
    def over(self) -> bool:
        return self.quarter.closes <= self.world.today


def _tables(asked: _Asked, row: FigureRow) -> Iterator[Table]:
    for figure in row.figures:
        now, past = _counted(asked.world, figure, asked.quarter), _past(asked, figure)
        lines = tuple(_line(asked, figure, name, now[name], past.get(name)) for name in now)
        if lines:
            whole = figure.total and figure.of == "public"
            total = _sum(now), _sum(past) if past else None
            yield Table(figure=figure, lines=lines, total=total if whole else None)


def _sum(found: Mapping[str, "_Count"]) -> int:
    return sum(one.count or 0 for one in found.values())


def _past(asked: _Asked, figure: Figure) -> Mapping[str, "_Count"]:
    """What is shown of the quarter before; nothing where the service was not there."""
    before = asked.quarter.before
    return _counted(asked.world, figure, before) if lived(asked.world.organisation, before) else {}


def _line(asked: _Asked, figure: Figure, name: str, now: "_Count", past: "_Count | None") -> Line:
    labels = {language: figure.label(asked.world, name, language) for language in asked.languages}
    return Line(
        id=name,
        labels=labels,
        count=now.count,
        before=past.count if past else None,
        since=now.since if now.since != str(asked.quarter) else "",
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """A number as it may be shown, and the quarter of which it is where it is a choice."""

    count: int | None
    since: str = ""


def _counted(world: World, figure: Figure, quarter: Quarter) -> Mapping[str, _Count]:
    """What may be shown of a figure in a quarter, by row; nothing where it is not known, or not to be told yet."""
    kept, over = world.of(ReportRecords).closed.get(str(quarter), Closed()), quarter.closes <= world.today
    if figure.of == "choices":
        return {row: _Count(one.shown, one.since) for row, one in kept.choices.get(figure.id, {}).items()}
    if figure.standing and over:
        return {row: _Count(count) for row, count in kept.standing.get(figure.id, {}).items()}
    counts = figure.counts(world, quarter) if over or figure.of == "public" else None
    return _as_shown(figure, counts) if counts else {}


def _as_shown(figure: Figure, counts: Counts) -> Mapping[str, _Count]:
    """The counts as they may be shown: those of answers by the rules of anonymity."""
    if figure.of == "answers":
        told = RULES.answers(*(counts.parts or (counts.by,)))
        return {row: _Count(told.get(row)) for row in counts.by}
    return {row: _Count(count) for row, count in counts.by.items()}
