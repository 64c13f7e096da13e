"""Commands about concerns: those that are there. A programme adds what is done about them."""

import click

from service.cli.app import App, pass_app
from service.cli.tables import table
from store import records

concerns = click.Group("concerns")


@concerns.command("add")
@click.argument("text")
@pass_app
def concerns_add(app: App, text: str) -> None:
    """Keep a concern that you were told: its TEXT and the month. The page /concern takes those that nobody is to see come."""
    from service.acts.concerns import add
    from service.engine.opening import opened

    with opened(app.path) as engine:
        add(engine, text, app.now())
    app.say("It is kept, with its month. For a week the store's journal tells when this was done.")


@concerns.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def concerns_list(app: App, as_json: bool) -> None:
    """List the concerns, the newest month first. Those of today come in the night."""
    from service.engine.opening import looking

    with looking(app.path) as engine:
        found = engine.stored.table_of(records.CONCERNS).values()
    kept = sorted(found, key=lambda one: (one.month, one.id), reverse=True)
    rows = [{"month": one.month, "text": one.text} for one in kept]
    if as_json:
        app.show(rows)
    elif rows:
        table(app, rows)
    else:
        app.say("No concern has been raised.")
