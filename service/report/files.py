"""The report as files: what they are called, and what stands in them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from culture.people import Language
from service.report.report import Report
from service.report.written import as_html, as_json, as_markdown, as_svg


def read_first(report: Report, languages: tuple[Language, ...]) -> Mapping[str, str]:
    """The report in all its forms, by the names of their files."""
    name, found = f"report-{report.quarter}", dict[str, str]()
    for language in languages:
        found[f"{name}.{language}.html"] = as_html(report, language)
        found[f"{name}.{language}.md"] = as_markdown(report, language)
    return {**found, f"{name}.json": as_json(report, languages)}


def drawings(report: Report, languages: tuple[Language, ...]) -> Mapping[str, str]:
    """The charts that belong to the Markdown, likewise, in a folder beside it."""
    return {name: drawn for language in languages for name, drawn in as_svg(report, language)}


def write(report: Report, out: Path, languages: tuple[Language, ...]) -> Iterator[Path]:
    """Write all of it into the folder; the paths of what is read first. The same report writes the same bytes. Raises
    OSError."""
    (out / "charts").mkdir(parents=True, exist_ok=True)
    for name, drawn in drawings(report, languages).items():
        (out / name).write_text(drawn, "utf-8", newline="\n")
    for name, text in read_first(report, languages).items():
        (out / name).write_text(text, "utf-8", newline="\n")
        yield out / name
