"""Commands about the revisit list: what was rejected, when it is judged again, and how it was."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from culture.organisation import Organisation
from culture.people import Language
from culture.revisit.rules import Made, Revisit, RevisitRecords
from service.cli.app import App, asked, pass_app
from service.cli.tables import table
from service.messages.translation import Sentence, say, word
from service.revisit.words import news_in

revisit = click.Group("revisit")


@revisit.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def revisit_list(app: App, as_json: bool) -> None:
    """List what was rejected: what is due first, then by the next date, last what is decided."""
    from culture.revisit.rules import owners
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    organisation, today = world.organisation, world.today
    written_to = owners(world.of(RevisitRecords).items.values(), world, today)
    ordered = sorted(
        world.of(RevisitRecords).items.values(), key=lambda item: (item.next_on or date.max, item.name, item.id)
    )
    rows = [_value(item, organisation, written_to.get(item.id, ""), today, app.language) for item in ordered]
    if as_json:
        app.show(rows)
    elif rows:
        table(app, [_row(app, row) for row in rows])
    else:
        app.say("Nothing is on the revisit list.")


def _value(item: Revisit, organisation: Organisation, owner: str, today: date, language: Language) -> dict[str, Any]:
    """An item for a program to read. `owner` is who is written to now, `named` who was named."""

    return {
        "id": item.id,
        "name": item.name,
        "what": item.what,
        "due": item.next_on is not None and item.next_on <= today,
        "next_on": item.next_on.isoformat() if item.next_on else None,
        "months": item.months,
        "owner": organisation.name_of(owner),
        "owner_id": owner,
        "named": organisation.name_of(item.owner),
        "named_id": item.owner,
        "rejected_by": item.rejected_by,
        "rejected_on": item.rejected_on.isoformat(),
        "reason": item.reason,
        "would_change": item.would_change,
        "trigger": news_in(item, language),
        "opened_by": item.opened_by,
        "judgements": [
            {"day": one.day.isoformat(), "by": one.by, "verdict": one.verdict, "reason": one.reason}
            for one in item.judgements
        ],
        "turn": item.turn,
        "department": item.department,
        "needs_tool": item.needs_tool,
        "needs_data": item.needs_data,
        "became": [str(one) for one in item.became],
    }


def _row(app: App, value: dict[str, Any]) -> dict[str, str]:
    owner = value["owner"] or say(app.language, "nobody")
    if value["named"] and value["named"] != value["owner"]:
        owner = say(app.language, "{name} ({other} has left)", name=owner, other=value["named"])
    if value["next_on"] is None:
        state = word("verdict", value["judgements"][-1]["verdict"]).said(app.language) if value["judgements"] else "-"
    else:
        state = say(app.language, "due" if value["due"] else "waits")
    if value["trigger"]:
        state = f"{state}: {value['trigger']}"
    return {
        "id": value["id"],
        "name": value["name"],
        "next": value["next_on"] or "-",
        "state": state,
        "owner": owner,
        "judgements": str(len(value["judgements"])),
        "reason": value["reason"],
    }


@revisit.command("add")
@click.argument("tool")
@click.option("--what", default="", help='"tool" or "use case". Default: tool.')
@click.option("--rejected-by", default="", help="Who rejected it.")
@click.option("--rejected-on", default="", help="When: 2026-10-01. Default: today.")
@click.option("--reason", default="", help="Why it was rejected.")
@click.option("--would-change", default="", help="What would have to change.")
@click.option("--months", default="", help="How many months lie between judgements: 3 to 6.")
@click.option("--owner", default="", help="Who judges it: an id, an address or a name. Default: the contact.")
@click.option("--department", default="", help="Which department tried it: its key or name.")
@click.option("--needs-tool", default="", help="The tool it waits for in [policy] tools, such as teams.")
@click.option("--needs-data", default="", help="The data it waits for in [policy] most_sensitive, such as internal.")
@pass_app
def revisit_add(app: App, /, **values: str) -> None:
    """Put TOOL (or a use case) on the list, to be judged again in some months."""
    from service.engine.opening import opened
    from service.revisit.items import add, read_item

    with opened(app.path) as engine:
        now = app.now()
        organisation = engine.snapshot(now).organisation
        found, is_new = add(engine, read_item(values, organisation, now.astimezone(engine.zone).date()))
    if is_new:
        app.say("{name} is on the list as {id}, and judged again on {day}.", **_said(found))
    else:
        app.say("{name} is on the list already, as {id}.", name=found.name, id=found.id)


def _said(item: Revisit) -> dict[str, Any]:
    return {"name": item.name, "id": item.id, "day": item.next_on}


@revisit.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--good-rows", is_flag=True, help="Leave faulty rows out and import the others.")
@pass_app
def revisit_import(app: App, file: Path, good_rows: bool) -> None:
    """Put the rows of a CSV FILE on the list, with a heading in Danish or English: docs/relay.md names the columns.

    With a faulty row nothing is imported, and every fault is said. The same file again adds nothing.
    """
    from service.engine.opening import opened
    from service.revisit.items import import_items

    with opened(app.path) as engine:
        found = import_items(engine, file, app.now(), good_rows=good_rows)
    for fault in found.faults:
        click.echo(fault.said(app.language), err=True)
    counts = (
        Sentence("{count} new on the list", {"count": len(found.added)}),
        Sentence("{count} were there already", {"count": found.known}),
        Sentence("{count} rows left out", {"count": len({f.place.split(":")[0] for f in found.faults})}),
    )
    app.say("{text}.", text=counts)


@revisit.command("judge")
@click.argument("item")
@click.argument("verdict")
@click.option("--reason", default="", help="Why. Always needed.")
@click.option("--by", default="", help="By whom: a name.")
@pass_app
def revisit_judge(app: App, /, item: str, **values: str) -> None:
    """Judge ITEM (an id, or a part of its name) again: "works now", "still not" or "dropped".

    "still not" sets the next date. Every judgement is kept.
    """
    from service.engine.opening import opened
    from service.revisit.items import judge

    with opened(app.path) as engine, asked():
        found = judge(engine, item, values, app.now())
    verdict = word("verdict", found.judgements[-1].verdict)
    if found.open:
        app.say("{name}: {verdict}. It is judged again on {day}.", name=found.name, verdict=verdict, day=found.next_on)
    else:
        app.say("{name}: {verdict}. It stays on the list, decided.", name=found.name, verdict=verdict)


@revisit.command("make")
@click.argument("item")
@click.argument("what", type=click.Choice([str(one) for one in Made]))
@pass_app
def revisit_make(app: App, item: str, what: str) -> None:
    """Give ITEM, which works now, to others as well: as a challenge of the relay, or as a prompt."""
    from service.engine.opening import opened
    from service.revisit.items import make

    with opened(app.path) as engine, asked():
        found = make(engine, item, Made(what), app.now())
    if what == Made.CHALLENGE:
        app.say("{name} is among the challenges now.", name=found.name)
    else:
        app.say("{name} is among the prompts now.", name=found.name)


@revisit.command("trigger")
@click.argument("item")
@click.argument("news")
@pass_app
def revisit_trigger(app: App, item: str, news: str) -> None:
    """Bring ITEM forward to today because of NEWS: "new version", "now approved". What was decided is open again."""
    from service.engine.opening import opened
    from service.revisit.items import trigger

    with opened(app.path) as engine, asked():
        found = trigger(engine, item, news, app.now())
    app.say("{name} is to be judged again: {news}.", name=found.name, news=found.trigger)
