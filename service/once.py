"""One tick and everything it makes due, for cron: `aikultur run --once`. And what it shares with the service."""

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click

from culture.people import Language
from mailer.drain import Outbox
from service import meeting_sources, retention, upkeep
from service.caller import WORKERS, Caller
from service.engine import Engine
from service.logs import start_logging
from service.opening import opened
from service.plan import Plan
from service.reports import UNTOLD, why_untold
from service.retention import unreadable_letters, unsettled
from service.show import plan_lines
from service.still import wait_until_still
from service.words import say
from store.daemon import Daemon

log = logging.getLogger("aikultur")

PROGRESS = timedelta(minutes=1)
"""How often a long sending says how far it is."""

ROUNDS = 3
"""How often it looks again after its letters and its calls: what was to go with another goes by itself, and one calendar
may have waited for another, and a third for that."""

Clock = Callable[[], datetime]


def once(path: Path, now: Clock, language: Language, wait: Callable[[float], object] = time.sleep) -> int:
    """One tick, its letters sent; what was done is said. Before it waits for files that have just changed.

    The exit status: 1 when anything waits, is held or parked, or cannot be worked out or written; and when the clock is
    not believed and so nothing was sent.
    """
    with opened(path) as engine, Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
        start_logging(engine.inputs.config.logging)
        meeting_sources.collect(engine.inputs.source, now().astimezone(engine.zone).date())
        engine.read()
        wait_until_still(engine, wait, lambda said: click.echo(said.said(language), err=True))
        outbox = engine.make_outbox()
        found = engine.tick(now())
        meeting_sources.accept(engine.inputs.source, found.world.organisation)
        planned = list(plan_lines(found, language))
        if engine.last_tick:
            daemon.ticked(engine.last_tick)
        if clock_held(found):
            # By a wrong clock waiting letters would be given up as too late.
            for line in planned:
                click.echo(line)
            return 1
        sent = send_all(engine, outbox, now)
        caller = engine.make_caller()
        if caller:
            call_all(engine, caller, now)
        kept = not upkeep.due(engine.database, now(), engine.zone) or keep_up(engine, now()) is None
        daemon.fails(engine.aside.told(language))
        for line in (*planned, *_sent(engine, sent, language)):
            click.echo(line)
        if untold := why_untold(engine, engine.agenda or found, now()):
            click.echo(say(language, UNTOLD, why=untold), err=True)
        for trouble in (outbox.trouble, caller.trouble if caller else None):
            if trouble:
                click.echo(trouble, err=True)
        well = all_is_well(engine, engine.agenda or found) and kept and not engine.aside
        return 0 if well and not outbox.pending and not (caller and caller.trouble) else 1


def all_is_well(engine: Engine, found: Plan) -> bool:
    """Whether nothing is held or parked, and everything could be read and worked out for the plan `found`."""
    parked = any(letter.state == "parked" for letter in unsettled(engine.database))
    unread = engine.stored.unreadable() or unreadable_letters(engine.database)
    return not (found.held or found.troubles or parked or unread or engine.inputs.unusable)


def send_all(engine: Engine, outbox: Outbox, now: Clock) -> int:
    """Claim and send what is due; how many letters were accepted."""
    outbox.refresh(now())
    told, sent = now(), 0
    for _ in range(ROUNDS):
        claimed = ["what waits from before"]
        while claimed:
            # Claimed before anything is sent: a letter that the server never takes must not be alone in the queue.
            room = outbox.room(now())
            claimed = engine.claim_some(now(), room) if room else []
            outbox.add(claimed, now())
            sent += outbox.drain(now, threading.Event())
            told = tell_progress(engine, told, now())
        moved, engine.moved_on = engine.moved_on, False
        if not moved:
            break
        engine.tick(now())
    return sent


def keep_up(engine: Engine, now: datetime) -> Exception | None:
    """What is done once a day for the store. What goes wrong in it stops nothing, and is logged and given back."""
    wrong = None
    steps: tuple[Callable[[], object], ...] = (
        lambda: upkeep.back_up(engine.database, now),
        lambda: retention.let_go(engine, now),
    )
    for step in steps:
        try:
            step()
        except Exception as error:
            log.exception("the daily upkeep failed; the service goes on")
            wrong = error
    return wrong


def call_all(engine: Engine, caller: Caller, now: Clock) -> None:
    """Make every call that is due, and those that come to be when a calendar has moved on."""
    for _ in range(ROUNDS):
        while work := engine.ready_calls(caller, now()):
            caller.add(work)
            threads = [threading.Thread(target=caller.drain, args=(now, threading.Event())) for _ in range(WORKERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if caller.trouble or not caller.news():
            return
        engine.tick(now())


def tell_progress(engine: Engine, told: datetime, now: datetime) -> datetime:
    """Say how many letters are still to be written, when that was last `told` a minute ago; when it was told last."""
    if not engine.queue or now - told < PROGRESS:
        return told
    log.info("%d letters are still to be written", len(engine.queue))
    return now


def clock_held(found: Plan) -> bool:
    """Whether nothing at all may happen, because the clock moved more than a pause explains."""
    return any(held.kind == "clock" for held in found.held)


def _sent(engine: Engine, sent: int, language: Language) -> list[str]:
    config = engine.inputs.config
    if sent and config.mail.transport == "folder":
        path = engine.inputs.source.resolve(config.mail.folder)
        return [say(language, "Letters written to {path}: {count}", count=sent, path=path)]
    return [say(language, "Letters sent: {count}", count=sent)] if sent else []
