"""The steps of `aikultur golive` that do something: look, ask a server, send one letter, approve ahead."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import click

from mailer.transport import TransportError, way_of
from service.answers.golive import Ground, Name
from service.cli.progress import progress
from service.cli.talk import Talk
from service.messages.faults import Refused
from service.messages.relayed import Relayed
from service.planning.kinds import kind_name
from service.settings.config_types import is_email
from store.private import replace_privately

FOUR_WEEKS = timedelta(days=28)

PAGE = "weeks.html"
"""What the page of the first four weeks is called, beside config.toml."""


def store(talk: Talk, found: Ground) -> None:
    """Put what was tried out aside, and begin with an empty store."""
    aside = found.folder.with_name(f"{found.folder.name}-{found.today}-example")
    if found.runs:
        talk.say("The service is running. Stop it first.")
        return
    talk.say("Nothing of it has reached anybody. Your people begin with an empty store; the old one stays beside it.")
    if not aside.exists() and talk.yes(
        "Put {folder} aside as {aside}?", folder=found.folder, aside=aside.name, usual=True
    ):
        found.folder.rename(aside)


def check(talk: Talk, found: Ground) -> None:
    """Everything that can be found wrong, and whether the servers let us in."""
    from service.answers import check as checking

    if talk.yes("Look at everything, and ask the mail server whether it lets us in?", usual=True):
        app = talk.app
        checking.run(app.path, app.now(), app.language, everybody=False, online=True, echo=click.echo)


def test(talk: Talk, found: Ground) -> None:
    """One letter to whoever sits there."""
    from service.engine.trial_letter import made_ready, send_trial

    address = talk.ask("Your own address, for a welcome as it will look (nothing: none now):")
    if not address:
        return
    if not is_email(address):
        talk.say('"{value}" is not an e-mail address. Write for example "ai-tid@styrelsen.dk".', value=address)
        return
    source, letter = made_ready(talk.app.path, "welcome", address, talk.app.language, talk.app.now())
    try:
        said = send_trial(talk.app.path, source, letter)
    except TransportError as error:
        click.echo(Relayed(error.message).said(talk.app.language))
        return
    talk.say("On its way: {subject}. The mail server said: {said}", subject=letter.subject, said=said)
    talk.say("Look whether it arrives, and not among the junk, before anybody else gets one.")


def held(talk: Talk, found: Ground) -> None:
    """What waits because it has only become a file, and what will be held because it is the first of its kind."""
    from service.answers import firsts
    from service.engine.opening import looking

    if way_of(found.inputs.config.mail.transport) == "file":
        talk.say("Letters become files, and of those nothing is held.")
        return
    _from_files(talk)
    with looking(talk.app.path) as engine:
        lines = list(firsts.lines(engine, talk.app.now(), talk.app.language))
    for line in lines:
        click.echo(line)
    if not lines:
        talk.say("Nothing will be held because it is the first of its kind.")
        return
    talk.say(
        "What is approved ahead goes by itself when it comes, the first time; growth and cancellations are held as ever."
    )
    answer = talk.ask("Approve which ahead? all, or kinds with commas between (nothing: none):")
    if answer:
        _approve(talk, [name.strip() for name in answer.split(",") if name.strip()])


def _approve(talk: Talk, names: list[str]) -> None:
    from service.answers import firsts
    from service.engine.opening import opened

    try:
        with opened(talk.app.path) as engine:
            chosen = firsts.approve_ahead(engine, names, talk.app.now())
    except Refused as wrong:
        click.echo(talk.said(wrong.sentence))
        return
    talk.say("Approved ahead: {kinds}", kinds=", ".join(kind_name(kind, talk.app.language) for kind in chosen))


def _from_files(talk: Talk) -> None:
    """Letters that only became files until now: send them, or count them as said."""
    from service.acts import approvals
    from service.engine.opening import opened

    with opened(talk.app.path) as engine:
        plan = engine.plan(talk.app.now())
        for one in (one for one in plan.held if one.said and "files" in one.reason.fields):
            fields = {"kind": kind_name(one.kind, talk.app.language), "count": len(one.keys)}
            talk.say("{kind}: {count} are due that have only become files, and so reached nobody.", **fields)
            if talk.yes("Send them by mail?"):
                engine.stored.approve(one, talk.app.now())
                talk.say("Approved, {kind}: {count}", **fields)
            elif talk.yes("Count them as said instead, so that nobody is sent any of it?"):
                approvals.refuse(engine, one, plan, talk.app.now())
                talk.say("Counted as said, {kind}: {count}", **fields)


def weeks(talk: Talk, found: Ground) -> None:
    """What everybody gets in the first four weeks, as lines and, if wanted, as a page."""
    from service.answers import carried, show
    from service.answers.ahead import day_lines, look_ahead
    from service.answers.ahead_page import page
    from service.answers.forecast import coming_lines
    from service.engine.opening import looking

    if not talk.yes("Show what comes in the next four weeks, to whom?", usual=True):
        return
    now, language = talk.app.now(), talk.app.language
    with looking(talk.app.path) as engine:
        for line in show.plan_lines(engine.plan(now), language):
            click.echo(line)
        window = partial(carried.carried_on, engine.rate(), engine.inputs.config.mail.window, engine.zone)
        with progress(language, "Looking ahead") as tell:
            ahead = look_ahead(engine, now, FOUR_WEEKS.days, tell, whole=True)
        of_day = partial(day_lines, ahead, language)
        for line in coming_lines(ahead.later, engine.zone, language, carries=window, besides=of_day):
            click.echo(line)
    file = talk.app.path.parent / PAGE
    if talk.yes("Write it as a page to look at and to show others, {file}?", file=file.name):
        replace_privately(file, page(ahead.found, ahead.before.organisation, language, now).encode())
        talk.say("{path} is written. Open it in a browser.", path=file)


def start(talk: Talk, found: Ground) -> None:
    """How the service is let run."""
    talk.say("Everything is ready. Let it run, under systemd (docs/running.md) or for a first look here:")
    click.echo(f"    aikultur --config {talk.app.path} run")
    talk.say(
        "aikultur status tells how it goes, aikultur why PERSON answers whoever asks; docs/going-live.md has the first four weeks by day."
    )


DOES: dict[Name, Callable[[Talk, Ground], None]] = {
    "store": store,
    "check": check,
    "test": test,
    "held": held,
    "weeks": weeks,
    "start": start,
}
