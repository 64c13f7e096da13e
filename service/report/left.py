"""What the report leaves behind of a rehearsal: each quarter that was closed in it, as the command writes it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from culture.quarter import Quarter
from culture.report.quarters import ReportRecords
from mailer.words import LANGUAGES
from service.engine.engine import Engine
from service.report.files import drawings, read_first
from service.report.report import report


def _reports(engine: Engine, now: datetime) -> Mapping[str, bytes]:
    world, found = engine.snapshot(now), dict[str, bytes]()
    for quarter in map(Quarter.parse, world.of(ReportRecords).closed):
        made = report(world, quarter, LANGUAGES)
        files = {**read_first(made, LANGUAGES), **drawings(made, LANGUAGES)} if made.chapters else {}
        found |= {f"report/{name}": text.encode() for name, text in files.items()}
    return found


LEFT: tuple[Callable[[Engine, datetime], Mapping[str, bytes]], ...] = (_reports,)
