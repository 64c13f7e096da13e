"""The command `aikultur poster`. Imported at every start: what it needs is imported inside it."""

from pathlib import Path

import click

from service.cli.app import App, BadSentence, pass_app
from service.messages.translation import Sentence


@click.command("poster")
@click.argument("department")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write. Default: poster.svg.")
@pass_app
def poster(app: App, department: str, out: Path | None) -> None:
    """Write a sheet for the wall of DEPARTMENT: a prompt of this week, who presents next, and a discovery.

    An SVG of one page of A4, for those who have no PC, with a code that a phone reads. Only for a department that asks
    for it: it writes in the config where its code leads.
    """
    from service.cli.departments import find_department
    from service.engine.opening import looking
    from service.vitamin.poster import posters
    from service.vitamin.sheet import fitted, svg

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    found = find_department(world.organisation, department)
    if found.poster is None:
        text = '[departments.{key}] asks for no posters. Write there where the code is to lead, the approved assistant or a page of your own, for example poster = "https://intranet.x.example/ai".'
        raise BadSentence(Sentence(text, {"key": found.key}))
    made = fitted(posters(world, found.key, found.poster))
    if made is None:
        text = "No prompt of this week fits on a sheet in {department}. Try again next week, or shorten the answer about data in [policy]."
        raise BadSentence(Sentence(text, {"department": found.name}))
    file = out or Path("poster.svg")
    file.write_text(svg(*made), "utf-8")
    app.say("The poster stands in {file}.", file=file)


COMMAND = poster
