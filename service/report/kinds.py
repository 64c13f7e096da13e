"""The letter of the report."""

from contextlib import suppress

from culture.quarter import Quarter
from culture.report.quarters import KIND
from service.messages.translation import Sentence
from service.planning.kind import Kind
from service.report.letters import report_facts
from service.report.words import quarter_name


def _quarter(period: str) -> Sentence | str:
    with suppress(ValueError):
        return quarter_name(Quarter.parse(period))
    return ""


KINDS = (
    Kind(
        id=KIND,
        facts=report_facts,
        name=Sentence("reports of a quarter"),
        one=Sentence("the report of a quarter"),
        rank=118,
        about=_quarter,
    ),
)
