"""One tick and everything it makes due, for cron: `aikultur run --once`."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from culture.people import Language
from mailer.drain import Outbox
from service.answers.show import plan_lines, plan_value
from service.engine import daily_backup
from service.engine.caller import Caller
from service.engine.carry_out import Clock, all_is_well, call_all, clock_held, keep_config, keep_up, send_all
from service.engine.engine import Engine
from service.engine.logs import start_logging
from service.engine.opening import opened
from service.engine.reports import UNTOLD, why_untold
from service.engine.stillness import wait_until_still
from service.messages.relayed import Relayed
from service.messages.told import Tell, nobody
from service.messages.translation import say
from service.settings import meeting_sources, people_source
from service.settings.transport_row import transport_of
from store.daemon import Daemon


def once(
    path: Path,
    now: Clock,
    language: Language,
    wait: Callable[[float], object] = time.sleep,
    show: Callable[[Mapping[str, Any]], None] | None = None,
    tell: Tell = nobody,
) -> int:
    """One tick, its letters sent; what was done is said, or shown as a value to `show`. Before it waits for files that have
    just changed.

    `tell`: how many of its letters have gone. The exit status: 1 when anything waits, is held or parked, or cannot be worked out or written; and when the clock is
    not believed and so nothing was sent.
    """
    with opened(path) as engine, Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
        start_logging(engine.inputs.config.logging, language)
        people_source.collect(engine.inputs.source, engine.servers.session, now())
        today = now().astimezone(engine.zone).date()
        meeting_sources.collect(engine.inputs.source, today, sessions=engine.servers.session)
        engine.read()
        wait_until_still(engine, wait, lambda said: click.echo(said.said(language), err=True))
        outbox = engine.make_outbox()
        found = engine.tick(now())
        meeting_sources.accept(engine.inputs.source, found.world.organisation)
        planned = _Planned(list(plan_lines(found, language)) if show is None else [], plan_value(found) if show else {})
        if engine.last_tick:
            daemon.ticked(engine.last_tick)
        if clock_held(found):
            # By a wrong clock waiting letters would be given up as too late.
            _tell(planned, show)
            return 1
        keep_config(engine)
        sent = send_all(engine, outbox, _telling(engine, outbox, now, tell))
        callers = engine.servers.make_callers()
        call_all(engine, callers, now)
        kept = _kept_up(engine, daemon, now())
        daemon.fails(engine.aside.told(language))
        troubles, latest = _troubles(outbox, callers), engine.agenda or found
        well = all_is_well(engine, latest) and kept and not any((engine.aside, outbox.pending, troubles))
        done = {"sent": sent, "unsettled": outbox.pending, "trouble": troubles, "well": well}
        planned.lines.extend(_sent(engine, sent, language))
        _tell(replace(planned, value=planned.value | done), show)
        if untold := why_untold(engine, latest, now()):
            click.echo(say(language, UNTOLD, why=untold), err=True)
        for trouble in troubles:
            click.echo(Relayed(trouble).said(language), err=True)
        return 0 if well else 1


@dataclass(frozen=True, slots=True)
class _Planned:
    """What was planned and done: as lines for a person, or as a value for a program."""

    lines: list[str]
    value: dict[str, Any]


def _tell(done: _Planned, show: Callable[[Mapping[str, Any]], None] | None) -> None:
    if show:
        show({"sent": 0, "unsettled": 0, "trouble": [], "well": False} | done.value)
    else:
        for line in done.lines:
            click.echo(line)


def _telling(engine: Engine, outbox: Outbox, now: Clock, tell: Tell) -> Clock:
    """The clock, which is looked at before each letter: then it is told how many have gone."""

    def clock() -> datetime:
        tell(engine.settles, engine.settles + outbox.pending + len(engine.queue))
        return now()

    return clock


def _kept_up(engine: Engine, daemon: Daemon, now: datetime) -> bool:
    """Do the upkeep of the day when it is due; whether all is well with it."""
    if not daily_backup.due(daemon.kept_up, now, engine.zone):
        return True
    wrong = keep_up(engine, now)
    daemon.has_kept_up(now)
    return wrong is None


def _troubles(outbox: Outbox, callers: Iterable[Caller]) -> list[str]:
    """What keeps letters from getting through, and calls."""
    return [trouble for trouble in (outbox.trouble, *(caller.trouble for caller in callers)) if trouble]


def _sent(engine: Engine, sent: int, language: Language) -> list[str]:
    source = engine.inputs.source
    if sent and (path := transport_of(source).files(source)):
        return [say(language, "Letters written to {path}: {count}", count=sent, path=path)]
    return [say(language, "Letters sent: {count}", count=sent)] if sent else []
