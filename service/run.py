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
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, cast

import click
import schedule

from culture.moments import next_moment
from culture.people import Language
from service import meeting_sources, retention, upkeep
from service.acts import carry_out
from service.caller import WORKERS, Caller
from service.engine import Engine, opened
from service.fault import BadInput, Fault, Refused
from service.logs import start_logging
from service.plan import Plan, clock_jumped
from service.show import plan_lines
from service.view import Act, RelayAct, View
from service.views import make_view
from service.words import say
from store.daemon import Daemon

if TYPE_CHECKING:
    from service.web_server import Server

log = logging.getLogger("aikultur")

BEAT_SECONDS = 5
"""How soon an edit of a file or a command of another process is noticed. A beat without news costs a few stats."""

Clock = Callable[[], datetime]
COLLECT_SECONDS = 3600
"""How often departments' calendars are read again: who moves a meeting does it days before."""

PROGRESS = timedelta(minutes=1)
"""How often a long sending says how far it is."""

ROUNDS = 3
"""How often `--once` looks again after its calls: one calendar may have waited for another, and a third for that."""

Waiting = tuple[Act | RelayAct, "Future[None]"]


def once(path: Path, now: Clock, language: Language) -> int:
    """One tick, its letters sent; what was done is said.

    The exit status: 1 when a letter is still waiting, or the clock is not believed and so nothing was sent.
    """
    with opened(path) as engine, Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
        start_logging(engine.inputs.config.logging)
        meeting_sources.collect(engine.inputs.source, now().astimezone(engine.zone).date())
        engine.look()
        outbox = engine.make_outbox()
        planned = list(plan_lines(engine.tick(now()), language))
        if engine.last_tick:
            daemon.ticked(engine.last_tick)
        if engine.agenda and clock_held(engine.agenda):
            # By a wrong clock waiting letters would be given up as too late.
            for line in planned:
                click.echo(line)
            return 1
        outbox.refresh(now())
        told, sent = now(), outbox.drain(now, threading.Event())
        while (room := outbox.room(now())) and (claimed := engine.claim_some(now(), room)):
            outbox.add(claimed, now())
            sent += outbox.drain(now, threading.Event())
            told = tell_progress(engine, told, now())
        caller = engine.make_caller()
        if caller:
            call_all(engine, caller, now)
        if upkeep.due(engine.database, now(), engine.zone):
            keep_up(engine, now())
        for line in (*planned, *_sent(engine, sent, language)):
            click.echo(line)
        if outbox.trouble:
            click.echo(outbox.trouble, err=True)
        if caller and caller.trouble:
            click.echo(caller.trouble, err=True)
        return 1 if outbox.pending or (caller and caller.trouble) else 0


def forever(path: Path, now: Clock, language: Language, beat_seconds: float = BEAT_SECONDS) -> int:
    """Run until SIGTERM or SIGINT; the letter in hand is finished. Returns the exit status."""
    with opened(path) as engine:
        start_logging(engine.inputs.config.logging)
        with Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
            return Service(engine, daemon, now, language, beat_seconds).run()


class Service:
    """The threads around one engine."""

    def __init__(
        self, engine: Engine, daemon: Daemon, now: Clock, language: Language, beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self.engine, self.daemon, self.now, self.language = engine, daemon, now, language
        self.beat_seconds = beat_seconds
        self.started = now()
        self.stop = threading.Event()
        self.pause = threading.Event()  # nothing is sent: the clock is not believed, or this is the end
        self.acts: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self.outbox = engine.make_outbox()
        self.caller = engine.make_caller()
        self.next_moment = self.told = self.started
        self.said: tuple[Fault, ...] = ()
        self.view: View | None = None
        self.beat = self.started
        self.kept: date | None = None
        self.keeper: threading.Thread | None = None

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        with ExitStack() as stack:
            if self.engine.inputs.config.web.enabled:
                stack.callback(self._web().stop)
            stack.callback(self._kept_up)
            for line in self._greeting(self._tick("started")):
                click.echo(line)
            # Not waited for in the end: a slow calendar must not hold the service, and what it writes is whole or not.
            threading.Thread(target=self._collect, name="calendars", daemon=True).start()
            for thread in (*self._senders(), *self._callers()):
                thread.start()
                stack.callback(thread.join)
            stack.callback(self._wake)
            stack.callback(self.pause.set)
            stack.callback(self.stop.set)
            self._loop()
        log.info("ended")
        return 0

    def _loop(self) -> None:
        heart = schedule.Scheduler()
        # The library's hint says int; what it counts with is a timedelta.
        heart.every(cast(int, self.beat_seconds)).seconds.do(self._beat)
        while not self.stop.is_set():
            heart.run_pending()
            self._claim()
            self._call()
            busy = self.engine.queue or self.engine.calls
            self._answer(min(0.2 if busy else 1.0, self.beat_seconds))

    def _beat(self) -> None:
        """Look whether anything is new: a file, another process, a moment that has come."""
        try:
            now = self.beat = self.now()
            edited = self.engine.look()
            told = self.engine.database.refresh()
            self.outbox.refresh(now)
            went_on = self._went_on()
            if edited or told or went_on or now >= self.next_moment or self._jumped(now) != self._clock_held():
                self._tick("edited" if edited else "told" if told else "a calendar moved on" if went_on else "due")
            elif not self._clock_held():
                self._note(now)
        except Exception:
            # An exception would leave run_pending and starve the heart (schedule 1.2); the next beat tries again.
            log.exception("this tick failed; the next one tries again")

    def _tick(self, why: str) -> Plan:
        now = self.now()
        found = self.engine.tick(now)
        if self._clock_held():
            self.pause.set()
        else:
            self._note(now)
        self.next_moment = next_moment(found.world.organisation, found.world.relay, now)
        if found.next_try:
            self.next_moment = min(self.next_moment, found.next_try)
        self._report(found)
        self.told = now
        self.view = make_view(self.engine, found, self.outbox, self.started, lambda: self.beat, self.caller)
        log.info(
            "tick: %s; %d letters to write, %d kinds held, next %s",
            why,
            len(found.letters),
            len(found.held),
            self.next_moment.isoformat(),
        )
        self._upkeep(now)
        return found

    def _upkeep(self, now: datetime) -> None:
        """Once a day of the organisation's, at its first tick and beside the others: it may take seconds."""
        day = now.astimezone(self.engine.zone).date()
        if day == self.kept or self._clock_held() or not upkeep.due(self.engine.database, now, self.engine.zone):
            return
        self.kept = day
        self._kept_up()
        self.keeper = threading.Thread(target=keep_up, args=(self.engine, now), name="upkeep")
        self.keeper.start()

    def _kept_up(self) -> None:
        if self.keeper:
            self.keeper.join()

    def _note(self, now: datetime) -> None:
        """Remember when the clock was last believed."""
        self.engine.last_tick = now
        self.daemon.ticked(now)
        if not self.stop.is_set():
            self.pause.clear()

    def _clock_held(self) -> bool:
        return self.engine.agenda is not None and clock_held(self.engine.agenda)

    def _jumped(self, now: datetime) -> bool:
        last = self.engine.last_tick
        return last is not None and clock_jumped(now, last)

    def _senders_now(self) -> datetime:
        """The senders' clock. One that jumped stops them, and the letter in hand is still judged by the last that
        was believed: by a wrong one it would be given up as too late."""
        now, last = self.now(), self.engine.last_tick
        if last is None or not clock_jumped(now, last):
            return now
        self.pause.set()
        return last

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
        now = self.now()
        if self.engine.queue and not self._jumped(now) and (room := self.outbox.room(now)):
            self.outbox.add(self.engine.claim_some(now, room), now)
            self.told = tell_progress(self.engine, self.told, now)

    def _call(self) -> None:
        """Hand over as many calls as the server can soon take."""
        now = self.now()
        if self.caller and (self.engine.calls or self.engine.questions) and not self._jumped(now):
            self.caller.add(self.engine.ready_calls(self.caller, now))

    def _went_on(self) -> bool:
        """Whether a calendar has moved on since the last tick, so that what waited for it may come."""
        moved, self.engine.moved_on = self.engine.moved_on, False
        return (self.caller is not None and self.caller.news()) or moved

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
            carry_out(self.engine, act, self.now())
            self._tick("a page")
            answer.set_result(None)
        except (Refused, BadInput) as refusal:  # a sentence for whoever asked; nothing is wrong with the service
            answer.set_exception(refusal)
        except Exception as error:
            log.exception("what somebody did on a page could not be written")
            answer.set_exception(error)

    def _submit(self, act: Act | RelayAct) -> "Future[None]":
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

    def _callers(self) -> list[threading.Thread]:
        if self.caller is None:
            return []
        serve = self._serve_calls
        return [
            threading.Thread(target=serve, name=f"caller-{number}", args=(self.caller,)) for number in range(WORKERS)
        ]

    def _serve_calls(self, caller: Caller) -> None:
        """Make calls until the end. A store that cannot be written stops them for a minute, not the service."""
        while not self.stop.is_set():
            try:
                if self.pause.is_set():
                    self.stop.wait(1)
                else:
                    caller.serve(self.now, self.pause)
            except Exception:
                log.exception("no call can be made, because it could not be written down; the next try is in a minute")
                self.stop.wait(60)

    def _wake(self) -> None:
        self.outbox.wake()
        if self.caller:
            self.caller.wake()

    def _send(self) -> None:
        """Send until the end. A store that cannot be written (a full disk) stops the sending, not the service."""
        while not self.stop.is_set():
            try:
                if self.pause.is_set():
                    self.stop.wait(1)
                else:
                    self.outbox.serve(self._senders_now, self.pause)
            except Exception:
                log.exception("nothing can be sent, because it could not be written down; the next try is in a minute")
                self.stop.wait(60)

    def _collect(self) -> None:
        """Read departments' calendars, now and each hour; the next beat sees whether one has changed."""
        while not self.stop.is_set():
            try:
                meeting_sources.collect(self.engine.inputs.source, self.now().astimezone(self.engine.zone).date())
            except OSError:
                log.exception("the calendars of departments could not be kept; the next try is in an hour")
            self.stop.wait(COLLECT_SECONDS)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        self.pause.set()
        self.acts.put(None)

    def _greeting(self, found: Plan) -> list[str]:
        config = self.engine.inputs.config
        lines = list(plan_lines(found, self.language))
        if config.mail.transport == "folder":
            path = self.engine.inputs.source.resolve(config.mail.folder)
            lines.append(say(self.language, "Letters become files in {path}.", path=path))
        if config.web.enabled:
            address = config.web.public_url or f"http://{config.web.host}:{config.web.port}"
            lines.append(say(self.language, "The page is at {address}", address=address))
        lines.append(say(self.language, "Stop with Ctrl-C. Nothing is lost."))
        return lines


def keep_up(engine: Engine, now: datetime) -> None:
    """What is done once a day for the store; a fault in it is said and stops nothing."""
    try:
        upkeep.back_up(engine.database, now)
        retention.let_go(engine, now)
    except Exception:
        log.exception("the daily upkeep failed; the service goes on")


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
