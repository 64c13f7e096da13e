"""Commands about what was learned: learnings, discoveries."""

from pathlib import Path
from typing import Any

import click

from culture.organisation import Organisation
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.world import World
from service.cli.app import App, BadSentence, asked, pass_app
from service.cli.departments import find_department
from service.cli.records_commands import find_person
from service.cli.tables import table
from service.messages.translation import Sentence, say, word
from store import records

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


learnings = click.Group("learnings")


@learnings.command("add")
@click.argument("turn")
@click.option("--outcome", default="", help='"worked", "partly" or "not yet".')
@click.option("--worked", help="What worked.")
@click.option("--did-not", help="What did not.")
@click.option("--hard", help="What was hard.")
@click.option("--easy", help="What was surprisingly easy.")
@click.option("--potential", help="What it could do for us.")
@click.option("--checked", help="How the result was checked. Needed when it worked.")
@click.option("--judged-by", help="By whose judgement. Needed when it worked.")
@click.option("--tool", help="With which tool.")
@click.option("--hours", help="How many hours it took: 2.5.")
@click.option("--link", help="Where the presentation is: https://...")
@click.option("--link-for", help="Who can open it.")
@click.option(
    "--show-name",
    is_flag=True,
    help="The presenter's name may stand with it: on the pages, in letters, on the intranet.",
)
@pass_app
def learnings_add(app: App, /, turn: str, show_name: bool, **given: str | None) -> None:
    """Write down what TURN taught. What was written about it before is replaced.

    At least one of the five questions is answered: worked, did not, hard, easy, potential.
    """
    from service.engine.opening import opened
    from service.relay.learnings import read_entry, write_learning

    values = {name: value for name, value in given.items() if value is not None}
    entry = read_entry({**values, "show_name": "yes" if show_name else ""})
    with opened(app.path) as engine, asked():
        found = write_learning(engine, turn, entry, app.now())
    app.say('What {turn} taught is kept: "{title}", {outcome}.', turn=turn, title=found.title, outcome=_word(found))


def _word(learning: Learning) -> Sentence:
    return word("outcome", learning.outcome)


@learnings.command("list")
@click.option("--search", default="", help="Words in any order: hoeringssvar finds høringssvar.")
@click.option("--department", help="Only this one: its key or its name.")
@click.option("--outcome", help='Only "worked", "partly" or "not yet".')
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def learnings_list(app: App, search: str, department: str | None, outcome: str | None, as_json: bool) -> None:
    """List what was learned, newest first."""
    from service.relay.learnings import value_of

    world, found = _found(app, search, department, outcome)
    values = [value_of(learning, world.organisation) for learning in found]
    if as_json:
        app.show(values)
    elif values:
        table(app, [_row(app, value) for value in values])
    else:
        app.say("No learning fits.")


def _row(app: App, value: dict[str, Any]) -> dict[str, str]:
    return {
        "turn": value["turn"],
        "day": value["day"],
        "outcome": word("outcome", value["outcome"]).said(app.language),
        "challenge": value["title"],
        "department": value["department"],
        "name": value.get("name", ""),
    }


def _outcome(text: str) -> Outcome:
    """Raises BadSentence for a text that is none."""
    from service.relay.learnings import outcome_of

    outcome = outcome_of(text)
    if outcome is None:
        fields = {"value": text}
        raise BadSentence(Sentence('"{value}" is no outcome. Write "worked", "partly" or "not yet".', fields))
    return outcome


def _found(app: App, search: str, department: str | None, outcome: str | None) -> tuple[World, list[Learning]]:
    """The learnings that fit, newest first."""
    from culture.relay.shared import shared
    from service.engine.opening import looking
    from service.relay.learnings import matches, newest_first, texts_of

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    organisation, relay = world.organisation, world.of(RelayRecords)
    wanted = _outcome(outcome) if outcome else None
    key = find_department(organisation, department).key if department else None
    return world, [
        learning
        for learning in newest_first(relay.learnings.values())
        if (key is None or learning.department == key)
        and (wanted is None or learning.outcome == wanted)
        and matches(search, texts_of(shared(organisation, relay, learning, world.today, "page"), organisation))
    ]


@learnings.command("show")
@click.argument("turn")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def learnings_show(app: App, turn: str, as_json: bool) -> None:
    """Show all that was written about TURN."""
    from service.relay.learnings import HEADINGS, value_of

    world, found = _found(app, "", None, None)
    value = value_of(_one(found, turn), world.organisation)
    if as_json:
        app.show(value)
        return
    click.echo(value["title"])
    click.echo(", ".join(filter(None, (_row(app, value)[key] for key in ("outcome", "department", "name", "day")))))
    for name, heading in HEADINGS.items():
        if name in value:
            click.echo(f"\n{say(app.language, heading)}:\n{value[name]}")


def _one(found: list[Learning], turn: str) -> Learning:
    learning = next((one for one in found if one.id == turn), None)
    if learning is None:
        text = "Nothing is written about {turn}. Look with aikultur learnings list."
        raise BadSentence(Sentence(text, {"turn": turn}))
    return learning


@learnings.command("export")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", help="markdown or json.")
@click.option("--out", type=NEW_FILE, help="A new file for it. Default: here on the screen.")
@pass_app
def learnings_export(app: App, form: str, out: Path | None) -> None:
    """Write all learnings as a page or as data, for the intranet. A name stands there only where the presenter said so;
    without one no department of fewer than ten people, and the month only."""
    from culture.relay.shared import shared
    from service.relay.learnings import as_json, as_markdown

    world, learned = _found(app, "", None, None)
    relay, organisation = world.of(RelayRecords), world.organisation
    found = [shared(organisation, relay, one, world.today, "page") for one in learned]
    if form == "json":
        _write(app, as_json(found, organisation), out)
    else:
        _write(app, as_markdown(found, organisation, app.language), out)


@learnings.command("promote")
@click.argument("turn")
@click.option("--out", type=NEW_FILE, help="A new file for it. Default: here on the screen.")
@pass_app
def learnings_promote(app: App, turn: str, out: Path | None) -> None:
    """Make what TURN taught into a prompt for your own catalogue, in TOML, to be edited.

    It must have worked. The service never writes your files: put it into the one [vitamin] own_prompts names.
    """
    from service.relay.learning_to_prompt import prompt_of_learning

    world, found = _found(app, "", None, None)
    with asked():
        _write(app, prompt_of_learning(_one(found, turn), world.organisation), out)


def _write(app: App, content: str, out: Path | None) -> None:
    """Show it, or write it into a new file. Raises BadSentence when the file is there already."""
    if out is None:
        click.echo(content, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError:
        raise BadSentence(Sentence("{path} is there already. Name a new file for --out.", {"path": out})) from None
    app.say("{path} is written.", path=out)


discoveries = click.Group("discoveries")


@discoveries.command("add")
@click.argument("line")
@click.option("--person", help="Whose it is: an id, a number or an address.")
@click.option("--department", help="Where it was made: a key or a name.")
@click.option(
    "--show-name",
    is_flag=True,
    help="The person's name may stand with it: on the pages, in letters, on the intranet. Else it is not kept.",
)
@pass_app
def discoveries_add(app: App, line: str, person: str | None, department: str | None, show_name: bool) -> None:
    """Note a discovery, in one LINE."""
    from service.engine.opening import opened
    from service.relay.learnings import note_discovery

    with opened(app.path) as engine:
        world = engine.snapshot(app.now())
        whose = find_person(world, person) if person else None
        theirs = whose.department if whose and show_name else ""  # without the name nothing of the person is kept
        where = find_department(world.organisation, department).key if department else theirs
        found = note_discovery(
            engine, line, app.now(), person=whose.id if whose else "", department=where, show_name=show_name
        )
    app.say("It is noted as {id}.", id=found.id)


@discoveries.command("list")
@click.option("--search", default="", help="Words in any order: hoeringssvar finds høringssvar.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def discoveries_list(app: App, search: str, as_json: bool) -> None:
    """List the discoveries, newest first."""
    from service.relay.learnings import matches

    organisation, found = _discoveries(app)
    rows = [_discovery_row(one, organisation) for one in found]
    rows = [row for row in rows if matches(search, (row["text"], row["department"], row["name"]))]
    if as_json:
        app.show(rows)
    elif rows:
        table(app, rows)
    else:
        app.say("No discovery fits.")


def _discoveries(app: App) -> tuple[Organisation, list[Discovery]]:
    from service.engine.opening import looking

    with looking(app.path) as engine:
        found = engine.stored.table_of(records.DISCOVERIES).values()
        organisation = engine.snapshot(app.now()).organisation
    return organisation, sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def _discovery_row(one: Discovery, organisation: Organisation) -> dict[str, str]:
    from service.relay.learnings import department_name, presenter

    return {
        "id": one.id,
        "day": one.at.astimezone(organisation.tz).date().isoformat(),
        "text": one.text,
        "department": department_name(organisation, one.department),
        "department_id": one.department,
        "name": presenter(one, organisation),
    }


@discoveries.command("promote")
@click.argument("discovery")
@click.option("--out", type=NEW_FILE, help="A new file for it. Default: here on the screen.")
@pass_app
def discoveries_promote(app: App, discovery: str, out: Path | None) -> None:
    """Make DISCOVERY (its id) into a prompt for your own catalogue, in TOML, to be edited."""
    from service.relay.learning_to_prompt import prompt_of_discovery

    organisation, found = _discoveries(app)
    one = next((one for one in found if one.id == discovery), None)
    if one is None:
        text = "There is no discovery {id}. Look with aikultur discoveries list."
        raise BadSentence(Sentence(text, {"id": discovery}))
    with asked():
        _write(app, prompt_of_discovery(one, organisation), out)
