"""Commands about texts of one's own: what ours are handed, and copies of ours to begin with."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.app import App, BadSentence, pass_app
from service.messages.translation import Sentence

if TYPE_CHECKING:
    from service.answers.own_templates import Text

templates = click.Group("templates")


@templates.command("list")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def templates_list(app: App, name: str | None, as_json: bool) -> None:
    """Show the texts of letters and events, and the variables that each of them gets.

    Of the one called NAME also its files, and what stands in each variable. NAME may be a programme too, such as vitamin.
    """
    chosen = _chosen(name)
    if as_json:
        app.show(
            [
                {"name": one.name, "files": list(one.files), "variables": one.variables(), "holds": list(one.told())}
                for one in chosen
            ]
        )
        return
    for number, one in enumerate(chosen):
        if name is None:
            click.echo(": ".join(filter(None, (one.name, ", ".join(one.variables())))))
            continue
        for line in ([""] if number else []) + [*one.files, *(f"  {told}".rstrip() for told in one.told())]:
            click.echo(line)


@templates.command("copy")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("name", required=False)
@pass_app
def templates_copy(app: App, folder: Path, name: str | None) -> None:
    """Copy our texts into FOLDER, to be changed there: all, or those of NAME, a text or a programme.

    Files that are there already are left as they are. Take out again what you do not change: of that you get ours, and
    what becomes better in ours.
    """
    from service.answers.own_templates import copy

    for path, written in copy(_chosen(name), folder):
        app.say("{path} is written." if written else "{path} is there already and stays as it is.", path=path)
    beside, whole = app.path.resolve().parent, folder.resolve()
    shown = whole.relative_to(beside) if whole.is_relative_to(beside) else whole
    text = "They are used once {line} stands under [mail] in config.toml. Then: aikultur check."
    app.say(text, line=f'own_templates = "{shown.as_posix()}"')


def _chosen(name: str | None) -> "list[Text]":
    """The texts of that name. Raises BadSentence where there are none."""
    from service.answers.own_templates import named

    found = named(name)
    if not found:
        raise BadSentence(
            Sentence('There is no text "{name}". aikultur templates list shows them all.', {"name": name})
        )
    return found
