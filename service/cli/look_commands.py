"""`aikultur people look`: how a file from HR is read, before it counts."""

import sys
from functools import partial
from pathlib import Path

import click

from service.cli.app import INPUT, App, BadSentence, pass_app
from service.messages.translation import Sentence

people = click.Group("people")


@people.command("look")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--all", "each", is_flag=True, help="Show each fault, not one line for a kind.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def people_look(app: App, file: Path | None, each: bool, as_json: bool) -> None:
    """Look how FILE is read as a people file; without one, the file of the config.

    It says which column is taken as what, who is in it, which departments the config lacks, with the lines to paste, and
    what cannot be read. Nothing is touched. Exit status 2 when something must be mended.
    """
    from service.answers.look import look, look_lines, look_value
    from service.settings.config import read_config
    from service.settings.people_file import people_headers, read_everybody
    from service.settings.table_file import open_table

    source = read_config(app.path)
    people, departments = source.config.people, source.config.departments
    if file is None:
        if people.group:
            raise BadSentence(Sentence("People come from a group here. Write the file to look at after look."))
        file = source.resolve(people.file)
    table = open_table(file, people_headers(people))
    found = look(table, partial(read_everybody, file, departments), departments, people)
    if as_json:
        app.show(look_value(found))
    else:
        for line in look_lines(found, app.language, each=each):
            click.echo(line)
    if not found.whole:
        sys.exit(INPUT)
