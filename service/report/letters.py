"""What the letter of the report says: facts from the world."""

from collections.abc import Iterator

from culture.keys import NoticeKey
from culture.people import Language
from culture.quarter import Quarter
from culture.world import World
from service.messages.translation import say
from service.planning.kind import Action
from service.report.facts import Proposed, ReportFacts, Said
from service.report.report import Table, report
from service.report.words import people_rule, quarter_name, written


def report_facts(world: World, action: Action, key: str) -> ReportFacts:
    """The quarter in a letter: what there is to tell of it, without charts."""
    language, quarter = action.person.language, Quarter.parse(NoticeKey.from_text(key).period)
    found = report(world, quarter, (language,))
    return ReportFacts(
        quarter=str(quarter),
        name=quarter_name(quarter).said(language),
        chapters=[
            (chapter.heading.said(language), told)
            for chapter in found.chapters
            if (told := [_said(table, language) for table in chapter.tables if _tells(table)])
        ],
        proposals=[Proposed(text=one.text.said(language), written=written(one)) for one in found.proposals],
        people_rule=people_rule(language) if any(table.of_people for table in found.tables) else "",
    )


def _tells(table: Table) -> bool:
    """Whether a letter has something to say of it: what is nothing, or not shown, stands in the report."""
    return any(line.count for line in table.lines)


def _said(table: Table, language: Language) -> Said:
    rows = "; ".join(_rows(table, language))
    return Said(heading=table.figure.heading.said(language), rows=f"{table.total[0]} ({rows})" if table.total else rows)


def _rows(table: Table, language: Language) -> Iterator[str]:
    unit = f" {table.figure.column.said(language).lower()}" if table.figure.column else ""
    for line in table.lines:
        if table.total and line.count == 0:
            continue  # what the total is made of says that as well
        count = f"{line.count}{unit}" if line.count is not None else say(language, "not shown")
        since = f" ({quarter_name(Quarter.parse(line.since)).said(language)})" if line.since else ""
        yield f"{line.labels[language]}: {count}{since}"
