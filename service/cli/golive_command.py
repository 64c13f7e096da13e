"""`aikultur golive`: from the example to the first Monday, step by step."""

import sys

import click

from service.answers.golive import Name, Step, ground, steps
from service.cli.app import OUTSIDE, App, BadSentence, pass_app
from service.messages.translation import Sentence


@click.command()
@pass_app
def golive(app: App) -> None:
    """From the example to the first Monday, step by step. Leave it whenever you like and take it up again.

    It looks at config.toml and at what the service remembers, and at nothing else. What it would write into config.toml it
    shows first, and writes it after a yes; the file as it was before stays beside it. Without a terminal it says what
    comes next. Exit status 1 while something is left to do.
    """
    if not app.path.exists():
        _begin(app)
    if not app.watched():
        sys.exit(_next(app))
    app.say("Step by step to the first Monday. Enter goes on; Ctrl-C leaves, and aikultur golive takes it up again.")
    try:
        sys.exit(_step_by_step(app))
    except click.Abort:
        click.echo()
        app.say("Left. Nothing is half written; aikultur golive goes on from here.")
        sys.exit(OUTSIDE)


def _step_by_step(app: App) -> int:
    """One step after the other until one is left open; the exit status. Raises click.Abort where somebody leaves."""
    from service.cli.golive_acts import DOES
    from service.cli.golive_steps import ASKS
    from service.cli.talk import Talk

    passed: set[str] = set()
    while True:
        found = ground(app.path, app.now())
        step = next((one for one in steps(found) if one.name not in passed), None)
        if step is None:
            return 0
        passed.add(step.name)
        _told(app, step)
        if step.state == "done":
            continue
        (ASKS | DOES)[step.name](Talk(app, found.file), found)
        if step.name == "start":
            return OUTSIDE
        if _is_open(app, step.name):
            app.say("Come back when you know more: aikultur golive goes on from here.")
            return OUTSIDE


def _is_open(app: App, name: Name) -> bool:
    """Whether something is left to do of a step, as things are now."""
    step = next((one for one in steps(ground(app.path, app.now())) if one.name == name), None)
    return step is not None and step.state == "open"


def _begin(app: App) -> None:
    """Write the example to begin with, after a yes. Raises BadSentence without one."""
    from service.cli.talk import agreed
    from service.settings.example_files import write_example

    folder = app.path.resolve().parent
    text = "There is no config here. Write the example into {folder} to begin with?"
    if not app.watched() or not agreed(app.language, text, usual=True, folder=folder):
        raise BadSentence(Sentence("There is no config here. Begin with the example: aikultur example ."))
    for path, written in write_example(folder, app.language):
        app.say("{path} is written." if written else "{path} is there already and stays as it is.", path=path)


MARKS = {"done": "+", "open": "!", "offered": "?"}


def _told(app: App, step: Step) -> None:
    if step.state != "done":
        click.echo()
    click.echo(f"{MARKS[step.state]} {step.title.said(app.language)}: {step.said.said(app.language)}")


def _next(app: App) -> int:
    """Say how far it is and what comes next; the exit status."""
    found = list(steps(ground(app.path, app.now())))
    for step in found:
        click.echo(f"{MARKS[step.state]} {step.title.said(app.language)}: {step.said.said(app.language)}")
    left = next((step for step in found if step.state == "open"), None)
    if left is None:
        return 0
    app.say(
        "Next: {title}. Call aikultur golive at a terminal, which asks and shows what it would write.", title=left.title
    )
    return OUTSIDE
