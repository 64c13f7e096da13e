"""One tick and everything it makes due, for cron: `aikultur run --once`."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import click

from culture.people import Language
from service.answers.show import plan_lines
from service.engine import daily_backup
from service.engine.carry_out import Clock, all_is_well, call_all, clock_held, keep_config, keep_up, send_all
from service.engine.engine import Engine
from service.engine.logs import start_logging
from service.engine.opening import opened
from service.engine.reports import UNTOLD, why_untold
from service.engine.stillness import wait_until_still
from service.messages.translation import say
from service.settings import meeting_sources
from service.settings.transport_row import transport_of
from store.daemon import Daemon


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
        keep_config(engine)
        sent = send_all(engine, outbox, now)
        callers = engine.servers.make_callers()
        call_all(engine, callers, now)
        kept = not daily_backup.due(engine.database, now(), engine.zone) or keep_up(engine, now()) is None
        daemon.fails(engine.aside.told(language))
        for line in (*planned, *_sent(engine, sent, language)):
            click.echo(line)
        if untold := why_untold(engine, engine.agenda or found, now()):
            click.echo(say(language, UNTOLD, why=untold), err=True)
        troubles = [outbox.trouble, *(caller.trouble for caller in callers)]
        for trouble in troubles:
            if trouble:
                click.echo(trouble, err=True)
        well = all_is_well(engine, engine.agenda or found) and kept and not engine.aside
        return 0 if well and not outbox.pending and not any(troubles) else 1


def _sent(engine: Engine, sent: int, language: Language) -> list[str]:
    source = engine.inputs.source
    if sent and (path := transport_of(source).files(source)):
        return [say(language, "Letters written to {path}: {count}", count=sent, path=path)]
    return [say(language, "Letters sent: {count}", count=sent)] if sent else []
