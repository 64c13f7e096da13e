"""Commands about what is held of people: to show it to them, to give it to them, to erase it, and to tell all."""

import json
from pathlib import Path

import click

from culture.people import Person
from culture.world import World
from service.acts.who import meant
from service.cli.app import App, BadSentence, as_data, asked, pass_app
from service.cli.records_commands import find_person
from service.messages.translation import Sentence
from service.planning.programme import ever_outside
from service.settings.inputs import Inputs
from store.private import private_opener

privacy = click.Group("privacy")


def _whom(world: World, text: str, inputs: Inputs) -> Person:
    """Whom a text means, also of those who are written to and are not in the people file. Raises BadSentence."""
    try:
        return find_person(world, text, inputs)
    except BadSentence:
        hits = meant(ever_outside(world).values(), text, world.today)
        if len(hits) != 1:
            raise
        return hits[0]


NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@privacy.command()
@click.argument("person")
@click.option("--all", "each", is_flag=True, help="Show every record, not the last ones of each kind.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def show(app: App, person: str, each: bool, as_json: bool) -> None:
    """Show PERSON what the service holds about them: what, why, who has seen it, until when; and what lies beside it.

    What they wrote without a name is not in it: nobody can tell whose it is.
    """
    from service.answers.privacy import held_about, held_value
    from service.answers.privacy_words import held_lines
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
        held = held_about(engine, world, _whom(world, person, engine.inputs))
    if as_json:
        app.show(held_value(held))
        return
    for line in held_lines(held, app.language, each=each):
        click.echo(line)


@privacy.command()
@click.argument("person")
@click.option("--out", type=NEW_FILE, help="The file to write, a new one. Default: standard output.")
@pass_app
def export(app: App, person: str, out: Path | None) -> None:
    """Give PERSON all of it as data, in JSON: every record whole, but for who others are.

    What only they are to know is in it: the file is for them, and for nobody else.
    """
    from service.answers.privacy import exported, held_about
    from service.engine.opening import looking

    with looking(app.path) as engine:
        now = app.now()
        world = engine.snapshot(now)
        held = held_about(engine, world, _whom(world, person, engine.inputs))
        value = exported(held, world.organisation.people.values(), now)
    text = json.dumps(value, ensure_ascii=False, indent=2, default=as_data)
    if out is None:
        click.echo(text)
        return
    _write_new(out, text + "\n")
    app.say("{path} is written. It is for {name} alone.", path=out, name=held.person.name)


def _write_new(path: Path, text: str) -> None:
    """Write a file for its owner alone. Raises BadSentence where there is one already."""
    try:
        with open(path, "x", encoding="utf-8", opener=private_opener) as file:
            file.write(text)
    except FileExistsError:
        text = "{path} is there already and stays as it is. Write another name after --out, or take it away first."
        raise BadSentence(Sentence(text, {"path": path})) from None


@privacy.command()
@click.argument("person")
@click.argument("number", required=False)
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def erase(app: App, person: str, number: str | None, as_json: bool) -> None:
    """Erase everything about PERSON: shown first, with a NUMBER, and done with that number.

    What the organisation has learned stays, without who it was. What stands in their calendars is called off; letters
    that wait are not sent. They get nothing any more, although the people file may name them.
    """
    from service.acts import erase as erasing
    from service.answers.privacy_words import erased_lines, erased_value, to_erase_lines
    from service.engine.opening import looking, opened

    with looking(app.path) if number is None else opened(app.path) as engine:
        now = app.now()
        world = engine.snapshot(now)
        found = _whom(world, person, engine.inputs)
        if number is None:
            what = erasing.to_erase(engine, found, now)
        else:
            with asked():
                what = erasing.erase(engine, found, number, now)
    if as_json:
        app.show({**erased_value(what), "erased": number is not None})
        return
    lines = to_erase_lines if number is None else erased_lines
    for line in lines(what, world.today, app.language):
        click.echo(line)


@privacy.command()
@click.option("--out", type=NEW_FILE, help="The file to write, a new one. Default: standard output.")
@pass_app
def notice(app: App, out: Path | None) -> None:
    """Write the text for staff: what is kept about them, why, for how long, who sees it; as Markdown, from this config.

    What the service cannot know is left open, between square brackets: whoever answers for it fills it in.
    """
    from service.answers.privacy_notice import notice_text
    from service.settings.inputs import read_inputs

    text = notice_text(read_inputs(app.path), app.language)
    if out is None:
        click.echo(text, nl=False)
        return
    _write_new(out, text)
    app.say("{path} is written. Fill in what stands between square brackets.", path=out)
