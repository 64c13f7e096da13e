"""The command line. Every command is short: it reads, asks the engine, and shows."""

import gc
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from culture.people import Language
from mailer.words import LANGUAGES, USUAL
from service.cli.app import INPUT, OUTSIDE, App, BadSentence, pass_app
from service.cli.progress import progress
from service.cli.spoken import Later, LaterCommand, spoken
from service.messages.faults import BadInput, Refused
from service.messages.translation import Sentence, language_of, say, spoken_here
from service.programmes import brought, rows

if TYPE_CHECKING:
    from service.answers.ahead import LookedAhead
    from service.engine.engine import Engine
    from service.planning.fuse import Held
    from service.planning.plan import Plan
    from store.daemon import AnotherDaemon

GROUPS = (
    ("people", "service.cli.records_commands", "Who the service knows, and what they chose."),
    ("people", "service.cli.look_commands", ""),
    ("people", "service.cli.same_commands", ""),
    ("outbox", "service.cli.outbox_commands", "Letters that wait, were refused, or are in doubt."),
    (
        "store",
        "service.cli.store_commands",
        "What the service remembers: look whether it is whole, copy it, put it back.",
    ),
    ("privacy", "service.cli.privacy_commands", "What is held about people: show it, give it, erase it, tell of it."),
    ("concerns", "service.cli.concern_commands", "Concerns and obstacles, without who raised them."),
    ("catalogue", "service.cli.catalogue_commands", "Prompts and challenges of your own."),
    ("templates", "service.cli.template_commands", "Texts of letters and events, to be put into your own words."),
)
"""Groups of commands that belong to no programme: name, module, and what they are about. A programme that brings one of
the same name adds its commands to it."""

COMMANDS = (
    (
        "status",
        "service.cli.records_commands",
        "Show how the service is: running or not, what was sent, what waits, what is held, what comes next.",
    ),
    (
        "history",
        "service.cli.records_commands",
        "Show what PERSON got, chose and did, when, and why, and why nothing goes to them now where that is so.",
    ),
    (
        "why",
        "service.cli.records_commands",
        "Say why PERSON got a letter or none, and ten minutes or none: the last five weeks and the next two.",
    ),
    (
        "preview",
        "service.cli.records_commands",
        "Write one letter or feed as PERSON would get it now, into a file to open. Nothing is sent or remembered.",
    ),
    (
        "rehearse",
        "service.cli.records_commands",
        "Play the days from --from to --to on a clock of its own, with the same code as the service.",
    ),
    (
        "send-test",
        "service.cli.trial_command",
        'Send one letter of that KIND to an address of your own, marked "[Test]". Nobody else gets anything.',
    ),
    (
        "golive",
        "service.cli.golive_command",
        "From the example to the first Monday, step by step. Leave it whenever you like and take it up again.",
    ),
    (
        "recall",
        "service.cli.recall_command",
        "Show what the service has in calendars and on its way, and take all of it back under NUMBER.",
    ),
)
"""The other commands that are imported when they are asked for: name, module, and the first paragraph of their help."""

COLLECTED_AFTER = 10_000
"""After how many new things Python looks for those that only hold each other (by itself 700). A tick makes hundreds of
thousands that stay and hardly one of the others: looking took an eighth of its time, and freed no memory (measured)."""


@click.group(context_settings={"max_content_width": 100})
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    envvar="AIKULTUR_CONFIG",
    help="The config to use. Default: config.toml in this folder.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="The language to speak. Default: that of the config, else that of your terminal (LANG).",
)
@click.version_option(package_name="aikultur", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, path: Path, language: Language | None) -> None:
    """Ten minutes in the calendar, a prompt in the inbox, every working day.

    Begin with `aikultur check`, look with `aikultur plan`, try a year with `aikultur rehearse`, and let it
    run with `aikultur run`.
    """
    context.obj = App(path, _language(path, language))


@cli.command()
@click.option("--once", is_flag=True, help="Do what is due now, send it, and end. For cron, or for trying out.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read: what --once has done.")
@pass_app
def run(app: App, once: bool, as_json: bool) -> None:
    """Run the service: book the calendars, send the letters, answer the web.

    It looks at config.toml and the people file as it goes; a good edit takes effect, a bad one is said and the
    old one stays. Ctrl-C or SIGTERM finishes the letter in hand and ends.
    """
    if once:
        from service.daemon.once import once as run_once

        with progress(app.language, "Sending letters") as tell:
            status = run_once(app.path, app.now, app.language, show=app.show if as_json else None, tell=tell)
        sys.exit(status)
    if as_json:
        raise BadSentence(Sentence("--json goes with --once: a service that runs has no end to tell."))
    from service.daemon.run import forever

    sys.exit(forever(app.path, app.now, app.language))


@cli.command()
@click.option("--all", "everybody", is_flag=True, help="Try every text for every person, not for one of each sort.")
@click.option("--online", is_flag=True, help="Ask the mail server too whether it would take our letters.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def check(app: App, everybody: bool, online: bool, as_json: bool) -> None:
    """Read config, people, catalogue and texts, and say everything that is wrong with them.

    Nothing is written and nothing is sent. Exit status 2 when something must be mended first.
    """
    from service.answers import check as checking

    with progress(app.language, "Trying the texts") as tell:
        if as_json:
            told, status = checking.value(app.path, app.now(), everybody=everybody, online=online, tell=tell)
            app.show(told)
        else:
            status = checking.run(
                app.path, app.now(), app.language, everybody=everybody, online=online, echo=click.echo, tell=tell
            )
    sys.exit(status)


@cli.command()
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    help="Also show what comes in the next so many days, if nobody does anything.",
)
@click.option("--all", "everybody", is_flag=True, help="Show every name, not only the first ones.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@click.option(
    "--html",
    "html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --days: write those days as a page to look at into this file. What it held is replaced.",
)
@pass_app
def plan(app: App, days: int | None, everybody: bool, as_json: bool, html: Path | None) -> None:
    """Show what would change and what would be sent now, and to whom. Nothing is touched.

    What is unexpected is held, with a number to approve it by: `aikultur apply NUMBER`.
    """
    from service.answers.ahead import look_ahead
    from service.engine.opening import looking

    if html and not days:
        raise BadSentence(Sentence("--html shows days: write --days too, for example --days 28."))
    now = app.now()
    with looking(app.path) as engine:
        found, ahead = engine.plan(now), None
        if days:
            with progress(app.language, "Looking ahead") as tell:
                ahead = look_ahead(engine, now, days, tell, whole=html is not None)
        if html and ahead:
            _write_page(app, html, ahead)
        if as_json:
            app.show(_plan_value(engine, found, ahead, now))
            return
        for line in _plan_lines(engine, found, ahead, now, app.language, everybody=everybody):
            click.echo(line)


def _plan_value(engine: "Engine", found: "Plan", ahead: "LookedAhead | None", now: datetime) -> dict[str, Any]:
    from service.answers import carried, firsts, pilot, show
    from service.answers.forecast import coming_value

    days: dict[str, Any] = {"first_comes": firsts.first_value(engine, now)}
    if ahead:
        days["coming"] = [coming_value(one) for one in ahead.later]
        days["days"] = ahead.value()
    told = show.plan_value(found) | carried.carried_value(found, engine.rate())
    return told | pilot.value(engine.inputs, found.world) | firsts.value(engine) | days


def _plan_lines(
    engine: "Engine", found: "Plan", ahead: "LookedAhead | None", now: datetime, language: Language, *, everybody: bool
) -> Iterator[str]:
    """The plan, the days that were looked ahead to, and what is the first of its kind, for a person to read."""
    from service.answers import carried, firsts, pilot, show
    from service.answers.ahead import day_lines
    from service.answers.forecast import coming_lines
    from service.messages.names import NAMES_SHOWN

    shown = None if everybody else NAMES_SHOWN
    yield from (said.said(language) for said in pilot.pilot_lines(engine.inputs, found.world))
    yield from show.plan_lines(found, language, shown)
    yield from carried.carried_lines(found, engine.rate(), language, shown)
    if ahead:
        window = partial(carried.carried_on, engine.rate(), engine.inputs.config.mail.window, engine.zone)
        of_day = partial(day_lines, ahead, language)
        yield from coming_lines(ahead.later, engine.zone, language, shown, window, of_day)
    yield from (*firsts.ahead_lines(engine, language), *firsts.lines(engine, now, language))


def _write_page(app: App, path: Path, ahead: "LookedAhead") -> None:
    """The days as a page. It has everybody's name, so nobody else may read it."""
    from service.answers.ahead_page import page
    from store.private import replace_privately

    content = page(ahead.found, ahead.before.organisation, app.language, ahead.before.now)
    replace_privately(path, content.encode())
    click.echo(say(app.language, "{path} is written. Open it in a browser.", path=path), err=True)


@cli.command()
@click.argument("digest", required=False)
@click.option("--refuse", is_flag=True, help="Count it as said instead: nobody is sent any of it.")
@click.option("--kinds", multiple=True, help="Approve the first of these kinds ahead (welcome,tip or all).")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_app
def apply(app: App, digest: str | None, refuse: bool, kinds: tuple[str, ...], as_json: bool) -> None:
    """Approve what the fuse holds under DIGEST, as `aikultur plan` shows it.

    Exactly the listed letters and changes are approved, nothing that has come since. The running service then
    carries them out; without one, `aikultur run --once` does. With --kinds the first of a kind is approved before
    it comes: by this mail server, and once.
    """
    from service.acts import approvals
    from service.engine.opening import opened
    from service.planning.kinds import kind_name

    if bool(digest) == bool(kinds) or (refuse and kinds):
        raise BadSentence(Sentence("Write the number of what is held, or --kinds and what may go: one of the two."))
    with opened(app.path) as engine:
        if kinds:
            _say_approved_ahead(app, _approve_ahead(engine, kinds, app.now()), as_json=as_json)
            return
        found = engine.plan(app.now())
        held = _held_under(digest or "", found)
        count = len(held.keys)
        if refuse:
            count = approvals.refuse(engine, held, found, app.now())
        else:
            engine.stored.approve(held, app.now())
    if as_json:
        app.show({"digest": held.digest, "kind": held.kind, "refused": refuse, "count": count, "keys": list(held.keys)})
        return
    text = "Counted as said, {kind}: {count}" if refuse else "Approved, {kind}: {count}"
    app.say(text, count=count, kind=kind_name(held.kind, app.language))


def _held_under(digest: str, found: "Plan") -> "Held":
    """What the plan holds under a digest. Raises BadSentence where that is nothing."""
    held = next((held for held in found.held if held.digest == digest.lower()), None)
    if held is None:
        text = "Nothing is held under {digest}. What is held may have changed: look at it again with aikultur plan."
        raise BadSentence(Sentence(text, {"digest": digest}))
    return held


def _say_approved_ahead(app: App, kinds: list[str], *, as_json: bool) -> None:
    from service.planning.kinds import kind_name

    if as_json:
        app.show({"approved_ahead": kinds})
        return
    app.say("Approved ahead: {kinds}", kinds=", ".join(kind_name(kind, app.language) for kind in kinds))


def _approve_ahead(engine: "Engine", kinds: tuple[str, ...], now: datetime) -> list[str]:
    """Approve the first of the kinds that are given; which they are. Raises BadSentence."""
    from service.answers import firsts

    names = [name.strip() for given in kinds for name in given.split(",")]
    try:
        return firsts.approve_ahead(engine, names, now)
    except Refused as wrong:
        raise BadSentence(wrong.sentence) from None


@cli.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@pass_app
def example(app: App, folder: Path) -> None:
    """Write the example (config.toml, people.csv, absences.csv) into FOLDER, to begin with.

    Files that are there already are left as they are.
    """
    from service.settings.example_files import write_example

    for path, written in write_example(folder, app.language):
        app.say("{path} is written." if written else "{path} is there already and stays as it is.", path=path)


def complete() -> click.Group:
    """The command with all its subcommands."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for name, module, help_text in (*GROUPS, *rows("groups", "GROUPS")):
        groups.setdefault(name, (help_text, []))[1].append(module)
    for name, (help_text, modules) in groups.items():
        cli.add_command(Later(name, modules, help_text))
    for command in (*(LaterCommand(*row) for row in COMMANDS), *brought("command", "COMMAND")):
        cli.add_command(command)
    return cli


def main() -> None:
    """The command `aikultur`: errors become a sentence and an exit status here, and nowhere else."""
    gc.set_threshold(COLLECTED_AFTER)
    _replace_unknown_signs()
    language = _language_asked(sys.argv[1:])
    try:
        # Click ends with status 1 by itself when the reader of a long answer (less, head) has gone.
        spoken(complete(), language).main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(INPUT)
    except click.ClickException as error:
        from service.cli.errors import error_lines

        click.echo("\n".join(error_lines(error, language)), err=True)
        sys.exit(INPUT)
    except click.Abort:
        sys.exit(130)
    except BadInput as bad:
        for fault in bad.faults:
            click.echo(fault.said(language), err=True)
        sys.exit(INPUT)
    except Refused as refused:
        click.echo(refused.sentence.said(language), err=True)
        sys.exit(INPUT if isinstance(refused, BadSentence) else OUTSIDE)
    except _outside_errors() as error:
        click.echo(_said(error, language), err=True)
        sys.exit(OUTSIDE)


def _replace_unknown_signs() -> None:
    """An old Windows console has no ø: it shows a sign for it, and that is no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _said(error: Exception, language: Language) -> str:
    from service.messages.disk_faults import told
    from store.daemon import AnotherDaemon

    return _another(error).said(language) if isinstance(error, AnotherDaemon) else told(error, language)


def _another(error: "AnotherDaemon") -> Sentence:
    who = Sentence("which has just started")
    if error.pid and error.started:
        started = f"{error.started:%Y-%m-%d %H:%M %Z}"
        who = Sentence("process {pid}, started {started}", {"pid": error.pid, "started": started})
    text = "{folder}: another aikultur is running here ({who}). Stop that one first, or give this one a store folder of its own."
    return Sentence(text, {"folder": error.folder, "who": who})


def _outside_errors() -> tuple[type[Exception], ...]:
    """Faults of disk, lock and store."""
    from store.daemon import AnotherDaemon
    from store.database import Damage, Locked, NewerSchema, StoreLost

    return (OSError, AnotherDaemon, Damage, Locked, NewerSchema, StoreLost)


def _language_asked(arguments: list[str]) -> Language:
    """The language that a command line asks for, before Click has read it: help and its faults are written in it."""
    asked = cli.make_context("aikultur", list(arguments), resilient_parsing=True).params
    return _language(asked["path"], asked["language"])


def _language(path: Path, asked: Language | None) -> Language:
    """The language to speak: the one that is asked for, else that of the config, else the terminal's, else the usual."""
    return asked or language_of(path) or spoken_here(os.environ) or USUAL
