"""The report in words: HTML, Markdown and JSON, and its charts as files. Pure but for the templates that it reads.

The same report gives the same bytes: nothing says when it was made.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2

import templates
from culture.people import Language
from culture.quarter import Quarter
from mailer.render import unbroken
from service.messages.markdown import cell
from service.messages.translation import Sentence, say
from service.pages.html_pages import style
from service.report.charts import Chart, chart
from service.report.report import Report, Table
from service.report.words import people_rule, quarter_name, written

FOLDER = Path(templates.__file__).parent / "report"


def charts(report: Report, language: Language) -> dict[str, Chart]:
    """The charts of a report, by figure."""
    drawn = ((table.figure.id, chart(table, language)) for table in report.tables)
    return {name: one for name, one in drawn if one}


def chart_file(report: Report, name: str, language: Language) -> str:
    """Where a chart lies beside the Markdown."""
    return f"charts/report-{report.quarter}.{language}.{name}.svg"


def as_html(report: Report, language: Language) -> str:
    """A page that needs nothing else."""
    values = {**_values(report, language), "style": style().decode()}
    return unbroken(_environment().get_template("report.html.j2").render(values))


def body(report: Report, language: Language) -> str:
    """The same from its heading on, for a page with a frame of its own."""
    return _environment().get_template("body.html.j2").render(_values(report, language))


def as_markdown(report: Report, language: Language) -> str:
    """For a mail, a wiki, a word processor: its charts are files beside it."""
    return _environment().get_template("report.md.j2").render(_values(report, language)).strip() + "\n"


def as_svg(report: Report, language: Language) -> Iterator[tuple[str, str]]:
    """The charts as files: where they lie, and what stands in them."""
    headings = {table.figure.id: table.figure.heading.said(language) for table in report.tables}
    for name, one in charts(report, language).items():
        values = {"chart": one, "heading": headings[name], "alone": True, "say": partial(say, language)}
        yield chart_file(report, name, language), _environment().get_template("chart.svg.j2").render(values)


def as_json(report: Report, languages: tuple[Language, ...]) -> str:
    """For a program: every number as it is shown, null where it is not."""

    def in_all(sentence: Sentence) -> dict[str, str]:
        return {language: sentence.said(language) for language in languages}

    def table(one: Table) -> dict[str, Any]:
        rows = [
            {"id": line.id, "label": dict(line.labels), "count": line.count, "before": line.before}
            | ({"since": line.since} if line.since else {})
            for line in one.lines
        ]
        total = {"total": one.total[0], "total_before": one.total[1]} if one.total else {}
        return {"id": one.figure.id, "heading": in_all(one.figure.heading), "of": one.figure.of, "rows": rows, **total}

    value = {
        "organisation": report.organisation,
        "quarter": str(report.quarter),
        "over": report.over,
        "chapters": [
            {"heading": in_all(chapter.heading), "figures": [table(one) for one in chapter.tables]}
            for chapter in report.chapters
        ],
        "proposals": [{"key": one.key, "value": one.value, "text": in_all(one.text)} for one in report.proposals],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _values(report: Report, language: Language) -> Mapping[str, Any]:
    """All that the templates ask for."""
    name = partial(_name, language)

    def number(count: int | None) -> str:
        return str(count) if count is not None else say(language, "not shown")

    def earlier(count: int | None) -> str:
        return "" if count is None else str(count)

    def column(table: Table) -> str:
        return table.figure.column.said(language) if table.figure.column else name(report.quarter)

    def notes(table: Table) -> list[str]:
        found = [table.figure.note.said(language)] if table.figure.note else []
        return [*found, say(language, "What is not shown is about too few people.")] if table.hidden else found

    return {
        "report": report,
        "language": language,
        "say": partial(say, language),
        "quarter": name(report.quarter),
        "before": name(report.quarter.before),
        "called": lambda text: name(Quarter.parse(text)),
        "charts": charts(report, language),
        "chart_file": lambda table: chart_file(report, table.figure.id, language),
        "column": column,
        "compares": _compares,
        "number": number,
        "earlier": earlier,
        "notes": notes,
        "written": written,
        "of_people": any(table.of_people for table in report.tables),
        "people_rule": people_rule(language),
    }


def _name(language: Language, quarter: Quarter) -> str:
    return quarter_name(quarter).said(language)


def _compares(table: Table) -> bool:
    """Whether something is known of the quarter before."""
    return any(line.before is not None for line in table.lines) or bool(table.total and table.total[1] is not None)


def _kept(name: str) -> str:
    """The name of a quarter, whose number and word stay on one line of a narrow column."""
    return name.replace(". ", ".\u00a0")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=jinja2.select_autoescape(("html.j2", "svg.j2"), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"cell": cell, "kept": _kept}
    return environment
