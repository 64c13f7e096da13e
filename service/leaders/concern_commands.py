"""Commands about concerns: what waits, and what is done about each. The house's `add` and `list` stand beside them."""

from typing import Any

import click

from service.cli.app import App, asked, pass_app
from service.cli.tables import table

concerns = click.Group("concerns")


@concerns.command("waiting")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def concerns_waiting(app: App, as_json: bool) -> None:
    """List the concerns that nobody has released or kept back, and those that were released and wait for an answer."""
    from culture.leaders.concerns import unanswered, undecided
    from service.engine.opening import looking

    with looking(app.path) as engine:
        world = engine.snapshot(app.now())
    rows: list[dict[str, Any]] = [
        {"id": one.id, "month": one.month, "released": None, "asked": "", "answer_by": None, "text": one.text}
        for one in undecided(world)
    ]
    rows += [
        {
            "id": one.id,
            "month": one.month,
            "released": one.day,
            "asked": one.asked,
            "answer_by": one.answer_by,
            "text": one.text,
        }
        for one in unanswered(world)
    ]
    if as_json:
        app.show(rows)
    elif rows:
        table(app, rows)
    else:
        app.say("No concern waits.")


@concerns.command("release")
@click.argument("concern")
@click.option("--text", default=None, help="As everybody is to read it: without names. Default: as it was written.")
@click.option("--answer", default="", help="The answer.")
@click.option("--asked", "asked_name", default="", help="Or who was asked for one, and")
@click.option("--answer-by", default="", help="by when they answer: 2027-03-01.")
@pass_app
def concerns_release(app: App, concern: str, text: str | None, answer: str, asked_name: str, answer_by: str) -> None:
    """Let everybody read CONCERN (its id, or a part of its text) with an answer, or with who was asked and by when."""
    from service.engine.opening import opened
    from service.leaders.concerns import release

    values = {"answer": answer, "asked": asked_name, "answer_by": answer_by}
    with opened(app.path) as engine, asked():
        release(engine, concern, values | ({"text": text} if text is not None else {}), app.now())
    app.say("It is released: everybody can read it on the page of concerns.")


@concerns.command("answer")
@click.argument("concern")
@click.argument("answer", default="")
@click.option("--asked", "asked_name", default="", help="Without an ANSWER: who is asked for one now, and")
@click.option("--answer-by", default="", help="by when they answer: 2027-03-01.")
@pass_app
def concerns_answer(app: App, concern: str, answer: str, asked_name: str, answer_by: str) -> None:
    """Write down the ANSWER to CONCERN, which has been released (its id, or a part of its text)."""
    from service.engine.opening import opened
    from service.leaders.concerns import answer as answering

    with opened(app.path) as engine, asked():
        answering(engine, concern, {"answer": answer, "asked": asked_name, "answer_by": answer_by}, app.now())
    app.say("It is written down, and stands on the page of concerns.")


@concerns.command("keep")
@click.argument("concern")
@pass_app
def concerns_keep(app: App, concern: str) -> None:
    """Keep CONCERN back (its id, or a part of its text): abuse, or about one person. Nobody else reads it."""
    from service.engine.opening import opened
    from service.leaders.concerns import keep_back

    with opened(app.path) as engine, asked():
        keep_back(engine, concern, app.now())
    app.say("It is kept back. Nobody else reads it, and nobody is asked about it again.")
