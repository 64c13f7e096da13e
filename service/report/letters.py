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
    """The quarter in a letter: every number of the report, without its charts."""
    language, quarter = action.person.language, Quarter.parse(NoticeKey.from_text(key).period)
    found = report(world, quarter, (language,))
    return ReportFacts(
        quarter=str(quarter),
        name=quarter_name(quarter).said(language),
        chapters=[
            (chapter.heading.said(language), [_said(table, language) for table in chapter.tables])
            for chapter in found.chapters
        ],
        proposals=[Proposed(text=one.text.said(language), written=written(one)) for one in found.proposals],
        people_rule=people_rule(language) if any(table.of_people for table in found.tables) else "",
    )


def _said(table: Table, language: Language) -> Said:
    rows = "; ".join(_rows(table, language))
    return Said(heading=table.figure.heading.said(language), rows=f"{table.total[0]} ({rows})" if table.total else rows)


def _rows(table: Table, language: Language) -> Iterator[str]:
    unit = f" {table.figure.column.said(language).lower()}" if table.figure.column else ""
    for line in table.lines:
        count = f"{line.count}{unit}" if line.count is not None else say(language, "not shown")
        since = f" ({quarter_name(Quarter.parse(line.since)).said(language)})" if line.since else ""
        yield f"{line.labels[language]}: {count}{since}"
