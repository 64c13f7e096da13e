"""Commands about catalogues: a file of one's own is looked at before it counts."""

import sys
from pathlib import Path

import click

from service.cli.app import INPUT, App, pass_app

catalogue = click.Group("catalogue")


@catalogue.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def catalogue_check(app: App, file: Path, as_json: bool) -> None:
    """Hold FILE, with prompts or challenges of your own, against what ours are held against.

    It says what cannot be read, what is too long for its level, what looks unfinished, and what is much like another.
    Nothing is touched. Exit status 2 when something should be mended.
    """
    from service.answers.catalogue_check import looked_at

    found = looked_at(file)
    if as_json:
        faults = [
            {"place": one.place, "text": one.sentence.text, "said": one.sentence.said(app.language)}
            for one in found.faults
        ]
        app.show({"file": file.name, "entries": found.name, "count": found.count, "faults": faults})
    else:
        for one in found.faults:
            click.echo(one.said(app.language))
        if not found.faults:
            app.say("All right: {entries}.", entries=found.counted())
    if found.faults:
        sys.exit(INPUT)
