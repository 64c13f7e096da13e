"""`aikultur recall`: all that the service ever made is taken back, or taken up again."""

import click

from service.cli.app import App, BadSentence, asked, pass_app
from service.messages.translation import Sentence


@click.command()
@click.argument("number", required=False)
@click.option("--end", is_flag=True, help="Take the service up again: all is wanted as before.")
@click.option("--all", "everybody", is_flag=True, help="Show every name, not only the first ones.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def recall(app: App, number: str | None, end: bool, everybody: bool, as_json: bool) -> None:
    """Show what the service has in calendars and on its way, and take all of it back under NUMBER.

    Without NUMBER nothing is changed. With it every future event is cancelled, by the running service or by
    `aikultur run --once`; letters that wait are never sent, and no other is written until `aikultur recall --end`.
    """
    if number and end:
        raise BadSentence(Sentence("Write a number or --end: one of the two."))
    if number:
        _recall(app, number, as_json)
    elif end:
        _end(app, as_json)
    else:
        _show(app, everybody, as_json)


def _show(app: App, everybody: bool, as_json: bool) -> None:
    from service.answers import recall as answer
    from service.engine.opening import looking
    from service.messages.names import NAMES_SHOWN

    with looking(app.path) as engine:
        found = answer.to_recall(engine, app.now())
        if as_json:
            app.show(answer.value(found))
            return
        for line in answer.lines(engine, found, app.language, None if everybody else NAMES_SHOWN):
            click.echo(line)


def _recall(app: App, number: str, as_json: bool) -> None:
    from service.acts.recall import recall as take_back
    from service.answers.recall import number as number_of
    from service.engine.opening import opened

    with opened(app.path, in_force=True) as engine:
        now = app.now()
        if number.lower() != number_of(engine, now):
            text = (
                "{number} is not the number of today. Look at what would be taken back once more with aikultur recall."
            )
            raise BadSentence(Sentence(text, {"number": number}))
        with asked():
            done = take_back(engine, now)
    if as_json:
        app.show({"recalled": now, "letters": {"back": len(done.back), "go_on": len(done.go_on)}})
        return
    app.say("Recalled: from now on no letter goes but those that take something out of a calendar.")
    app.say("Letters taken back before they were sent: {count}", count=len(done.back))
    if done.go_on:
        text = "Letters that go on, for a server may have them or they cancel: {count}"
        app.say(text, count=len(done.go_on))
    app.say("The running service now takes everything out of calendars; without one, aikultur run --once does.")
    app.say("What is left shows in aikultur status. Take the service up again with: aikultur recall --end")


def _end(app: App, as_json: bool) -> None:
    from service.acts.recall import take_up
    from service.engine.opening import opened

    with opened(app.path, in_force=True) as engine, asked():
        take_up(engine, app.now())
    if as_json:
        app.show({"recalled": None})
        return
    app.say("Taken up again. Look at what comes with aikultur plan.")
