"""The report as files in a folder."""

from collections.abc import Iterator
from pathlib import Path

from culture.people import Language
from service.report.report import Report
from service.report.written import as_html, as_json, as_markdown, as_svg


def write(report: Report, out: Path, languages: tuple[Language, ...]) -> Iterator[Path]:
    """Write the report in all its forms; the paths of those that are read first. The same report writes the same bytes.
    Raises OSError."""
    (out / "charts").mkdir(parents=True, exist_ok=True)
    for language in languages:
        for name, drawing in as_svg(report, language):
            _write(out / name, drawing)
        yield _write(out / f"report-{report.quarter}.{language}.html", as_html(report, language))
        yield _write(out / f"report-{report.quarter}.{language}.md", as_markdown(report, language))
    yield _write(out / f"report-{report.quarter}.json", as_json(report, languages))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8", newline="\n")
    return path
