"""The command `aikultur report`. Imported at every start: what it needs is imported inside it."""

from datetime import date
from pathlib import Path

import click

from culture.quarter import Quarter
from service.cli.app import App, BadSentence, pass_app
from service.messages.translation import Sentence


@click.command("report")
@click.option("--quarter", default="", help="Which: 2026Q4. Default: the last one that is over.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder that it is written into. What else lies there stays.",
)
@pass_app
def report(app: App, quarter: str, out: Path) -> None:
    """Write the report of a quarter for management: what was held, learned and recommended, with charts.

    As HTML, Markdown and JSON, in every language. Nobody can be found in it: docs/report.md says why.
    """
    from mailer.words import LANGUAGES
    from service.engine.opening import looking
    from service.report.files import write
    from service.report.report import report as made

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    found = made(world, _quarter(quarter, world.today), LANGUAGES)
    for path in write(found, out, LANGUAGES):
        app.say("{path} is written.", path=path)


def _quarter(given: str, today: date) -> Quarter:
    """The quarter that is meant. Raises BadSentence for what is none, and for one that has not begun."""
    from culture.report.quarters import last_over

    if not given:
        return last_over(today)
    try:
        found = Quarter.parse(given)
    except ValueError:
        text = '"{value}" is no quarter. Write the year and its quarter, for example {quarter}.'
        raise BadSentence(Sentence(text, {"value": given, "quarter": last_over(today)})) from None
    if found.first > today:
        raise BadSentence(Sentence("{quarter} has not begun. It can be told of afterwards.", {"quarter": found}))
    return found


COMMAND = report
