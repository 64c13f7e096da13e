"""The running service: the main thread has the heartbeat and the signals, others send letters and answer the web.

The heartbeat only asks whether there is something to do; what there is follows from the plan. A missed, doubled or
late beat changes nothing.
"""

import logging
import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
import schedule

from culture import vitamin
from culture.people import Language
from service import upkeep
from service.engine import GROUP, Engine, opened
from service.fault import Fault
from service.logs import start_logging
from service.plan import Plan, clock_jumped
from service.show import plan_lines
from service.view import Act, View
from service.views import make_view
from service.words import say
from store.daemon import Daemon

if TYPE_CHECKING:
    from service.web_server import Server

log = logging.getLogger("aikultur")

BEAT_SECONDS = 5
"""How soon an edit of a file or a command of another process is noticed. A beat without news costs a few stats."""

Clock = Callable[[], datetime]
Waiting = tuple[Act, "Future[None]"]


def once(path: Path, now: Clock, language: Language) -> int:
    """One tick, its letters sent; what was done is said. The exit status: 1 when a letter is still waiting."""
    with opened(path) as engine, Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
        start_logging(engine.inputs.config.logging)
        outbox = engine.make_outbox()
        found = engine.tick(now())
        if engine.last_tick:
            daemon.ticked(engine.last_tick)
        outbox.refresh(now())
        sent = outbox.drain(now, threading.Event())
        while claimed := engine.claim_some(now()):
            outbox.add(claimed, now())
            sent += outbox.drain(now, threading.Event())
        for line in _summary(engine, found, sent, language):
            click.echo(line)
        if outbox.trouble:
            click.echo(outbox.trouble, err=True)
        return 1 if outbox.pending else 0


def forever(path: Path, now: Clock, language: Language) -> int:
    """Run until SIGTERM or SIGINT; the letter in hand is finished. Returns the exit status."""
    with opened(path) as engine:
        start_logging(engine.inputs.config.logging)
        with Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
            return Service(engine, daemon, now, language).run()


class Service:
    """The threads around one engine."""

    def __init__(self, engine: Engine, daemon: Daemon, now: Clock, language: Language) -> None:
        self.engine, self.daemon, self.now, self.language = engine, daemon, now, language
        self.started = now()
        self.stop = threading.Event()
        self.acts: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self.outbox = engine.make_outbox()
        self.next_moment = self.started
        self.said: tuple[Fault, ...] = ()
        self.view: View | None = None
        self.beat = self.started
        self.kept: date | None = None

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        with ExitStack() as stack:
            if self.engine.inputs.config.web.enabled:
                stack.callback(self._web().stop)
            self._tick("started")
            for line in self._greeting():
                click.echo(line)
            for thread in self._senders():
                thread.start()
                stack.callback(thread.join)
            stack.callback(self.outbox.wake)
            stack.callback(self.stop.set)
            self._loop()
        log.info("ended")
        return 0

    def _loop(self) -> None:
        heart = schedule.Scheduler()
        heart.every(BEAT_SECONDS).seconds.do(self._beat)
        while not self.stop.is_set():
            heart.run_pending()
            self._claim()
            self._answer(0.2 if self.engine.queue else 1.0)

    def _beat(self) -> None:
        """Look whether anything is new: a file, another process, a moment that has come."""
        try:
            now = self.beat = self.now()
            edited = self.engine.look()
            told = self.engine.database.refresh()
            self.outbox.refresh(now)
            if edited or told or now >= self.next_moment or self._jumped(now):
                self._tick("edited" if edited else "told" if told else "due")
            elif not self._clock_held():
                self._note(now)
        except Exception:
            # An exception would leave run_pending and starve the heart (schedule 1.2); the next beat tries again.
            log.exception("this tick failed; the next one tries again")

    def _tick(self, why: str) -> None:
        now = self.now()
        found = self.engine.tick(now)
        if not self._clock_held():
            self._note(now)
        self.next_moment = vitamin.next_moment(found.world.organisation, now)
        self._report(found)
        self.view = make_view(self.engine, found, self.outbox, self.started, lambda: self.beat)
        log.info(
            "tick: %s; %d letters to write, %d kinds held, next %s",
            why,
            len(found.letters),
            len(found.held),
            self.next_moment.isoformat(),
        )
        self._upkeep(now)

    def _upkeep(self, now: datetime) -> None:
        """Once a day of the organisation's, at its first tick; a fault in it is said and stops nothing."""
        day = now.astimezone(self.engine.zone).date()
        if day == self.kept or self._clock_held():
            return
        self.kept = day
        try:
            upkeep.back_up(self.engine.database, self.engine.folder / "backups")
            upkeep.let_go(self.engine.database, self.engine.spool, now)
            if self.engine.database.worth_compacting():
                self.engine.database.compact()
        except Exception:
            log.exception("the daily backup failed; the service goes on")

    def _note(self, now: datetime) -> None:
        """Remember when the clock was last believed."""
        self.engine.last_tick = now
        self.daemon.ticked(now)

    def _clock_held(self) -> bool:
        return self.engine.agenda is not None and any(held.kind == "clock" for held in self.engine.agenda.held)

    def _jumped(self, now: datetime) -> bool:
        last = self.engine.last_tick
        return not self._clock_held() and last is not None and clock_jumped(now, last)

    def _report(self, found: Plan) -> None:
        """Say what is new: faults and what the fuse holds, each once."""
        for fault in found.faults:
            if fault not in self.said:
                log.warning("%s", fault.said(self.language))
        self.said = found.faults
        for held in found.held:
            log.warning("held: %s: %s; aikultur apply %s", held.kind, held.reason.said(self.language), held.digest)

    def _claim(self) -> None:
        """Claim only what the senders can soon carry: what is claimed can no longer be changed or become too late."""
        per_minute = self.engine.inputs.config.mail.per_minute
        room = min(2 * GROUP, per_minute or 2 * GROUP) - self.outbox.pending
        if self.engine.queue and room > 0:
            now = self.now()
            self.outbox.add(self.engine.claim_some(now, room), now)

    def _answer(self, seconds: float) -> None:
        """Wait for what people do on their pages, and write it down. A page says "saved" only after that."""
        try:
            waiting = self.acts.get(timeout=seconds)
        except queue.Empty:
            return
        if waiting is None:
            return
        act, answer = waiting
        try:
            if act.new_feed_token:
                self.engine.stored.new_feed_token(act.person_id)
            self.engine.stored.prefer(act.person_id, act.preference)
            self._tick("a page")
            answer.set_result(None)
        except Exception as error:
            log.exception("what somebody did on a page could not be written")
            answer.set_exception(error)

    def _submit(self, act: Act) -> "Future[None]":
        answer: Future[None] = Future()
        self.acts.put((act, answer))
        return answer

    def _web(self) -> "Server":
        from service.web import application
        from service.web_server import Server

        web = self.engine.inputs.config.web
        app = application(self._current_view, self._submit, self.engine.links, self.now, web.demo)
        server = Server(app, web.host, web.port)
        server.start()
        return server

    def _current_view(self) -> View:
        if self.view is None:
            raise RuntimeError("the first tick is not over yet")
        return self.view

    def _senders(self) -> list[threading.Thread]:
        smtp = self.engine.inputs.config.smtp
        count = smtp.connections if smtp and self.engine.inputs.config.mail.transport == "smtp" else 1
        return [threading.Thread(target=self._send, name=f"sender-{number}") for number in range(count)]

    def _send(self) -> None:
        """Send until the end. A store that cannot be written (a full disk) stops the sending, not the service."""
        while not self.stop.is_set():
            try:
                self.outbox.serve(self.now, self.stop)
            except Exception:
                log.exception("nothing can be sent, because it could not be written down; the next try is in a minute")
                self.stop.wait(60)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        self.acts.put(None)

    def _greeting(self) -> list[str]:
        config = self.engine.inputs.config
        lines = list(plan_lines(self.engine.agenda, self.language)) if self.engine.agenda else []
        if config.mail.transport == "folder":
            path = self.engine.inputs.source.resolve(config.mail.folder)
            lines.append(say(self.language, "Letters become files in {path}.", path=path))
        if config.web.enabled:
            address = config.web.public_url or f"http://{config.web.host}:{config.web.port}"
            lines.append(say(self.language, "The page is at {address}", address=address))
        lines.append(say(self.language, "Stop with Ctrl-C. Nothing is lost."))
        return lines


def _summary(engine: Engine, found: Plan, sent: int, language: Language) -> list[str]:
    config = engine.inputs.config
    lines = list(plan_lines(found, language))
    if sent and config.mail.transport == "folder":
        path = engine.inputs.source.resolve(config.mail.folder)
        lines.append(say(language, "Letters written to {path}: {count}", count=sent, path=path))
    elif sent:
        lines.append(say(language, "Letters sent: {count}", count=sent))
    return lines
