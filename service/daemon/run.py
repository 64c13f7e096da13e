"""The running service: the main thread has the heartbeat and the signals, others send letters and answer the web.

The heartbeat only asks whether there is something to do; what there is follows from the plan. A missed, doubled or
late beat changes nothing. Each step of the loop is guarded by itself: what one of them raises is said, kept for
`/healthz` and `status`, and tried again, while the others go on.
"""

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from culture.people import Language
from service.acts.concerns import Concerns
from service.acts.page_acts import carry_out
from service.acts.requests import Act, PageChoice
from service.answers.show import plan_lines
from service.daemon.figures import Counted, figures
from service.daemon.fresh import keep_people_fresh
from service.daemon.heart import Heart
from service.engine import daily_backup
from service.engine.caller import Caller
from service.engine.carry_out import clock_held, keep_config, keep_up, tell_progress
from service.engine.engine import Engine
from service.engine.health import Health, Monotonic, Pulse, Step
from service.engine.logs import start_logging
from service.engine.opening import opened
from service.engine.reports import Reports, Why
from service.engine.stillness import refuse_unrest, wait_until_still
from service.messages.disk_faults import told
from service.messages.faults import BadInput, Refused
from service.messages.translation import say
from service.pages.make_view import after_act, make_view
from service.pages.view import NotYet, View
from service.planning.moments import next_moment
from service.planning.plan import Plan
from service.planning.snapshot import clock_jumped
from service.settings import meeting_sources
from service.settings.channel_row import servers_here
from service.settings.loopback import answering
from service.settings.transport_row import transport_of
from store.daemon import Daemon
from store.disk import StoreLost, is_later

if TYPE_CHECKING:
    from service.pages.server import Server

log = logging.getLogger("aikultur")

BEAT_SECONDS = 5
"""How soon an edit of a file or a command of another process is noticed. A beat without news costs a few stats."""

AGAIN_SECONDS = 30
"""How soon a tick that failed is tried again: what was wrong may be over, and every letter waits for it."""

REST_SECONDS = 10
"""How soon the other steps are tried again: a full disk that was cleared is noticed at once."""

ACTS_SECONDS = 60
"""At most one tick in so long follows what people do on their pages; each of them has had their answer by then."""

QUIET_SECONDS = 1
"""So long nobody must have done anything before that tick: whoever clicks next is not to wait for it."""

COLLECT_SECONDS = 3600
"""How often departments' calendars are read again: who moves a meeting does it days before."""

Clock = Callable[[], datetime]
Waiting = tuple[PageChoice | Act, "Future[None]"]


def forever(path: Path, now: Clock, language: Language, beat_seconds: float = BEAT_SECONDS) -> int:
    """Run until SIGTERM or SIGINT; the letter in hand is finished. Returns the exit status."""
    with opened(path) as engine:
        start_logging(engine.inputs.config.logging, language)
        with Daemon(engine.folder, pid=os.getpid(), started=now()) as daemon:
            return Service(engine, daemon, now, language, beat_seconds).run()


class Service:
    """The threads around one engine."""

    def __init__(
        self,
        engine: Engine,
        daemon: Daemon,
        now: Clock,
        language: Language,
        beat_seconds: float = BEAT_SECONDS,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.engine, self.daemon, self.now, self.language = engine, daemon, now, language
        self.beat_seconds, self.monotonic = beat_seconds, monotonic
        self.heart = Heart(self._beat, beat_seconds, monotonic)
        self.started = now()
        self.pulse = Pulse(self.started, monotonic)
        self.stop = threading.Event()
        self.pause = threading.Event()  # nothing is sent: the clock is not believed, or this is the end
        self.acts: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self.outbox = engine.make_outbox()
        self.callers = engine.servers.make_callers()
        self.concerns = Concerns(engine.folder, self.started, engine.zone)
        self.next_moment = self.told = self.started
        self.foreign = engine.database.storage.foreign
        self.reports = Reports(language)
        self.view: View | None = None
        self.lost: StoreLost | None = None  # why the service must end
        self.counted = Counted(monotonic)
        self.settles = 0  # letters settled when the last beat looked
        self.not_before: dict[Step, float] = {}  # when a step that failed is tried again, by the monotonic clock
        self.acted: float | None = None  # when somebody last did something that no tick has followed yet
        self.followed = monotonic() - ACTS_SECONDS  # when a tick last followed what people did
        self.kept: date | None = None
        self.keeper: threading.Thread | None = None

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        wait_until_still(self.engine, self.stop.wait, lambda said: click.echo(said.said(self.language)))
        with ExitStack() as stack:
            stack.callback(self._guarded, "concerns", lambda: self.concerns.write(self.now()))
            if self.engine.inputs.config.web.enabled:
                stack.callback(self._web().stop)
            stack.callback(self._kept_up)
            for line in self._begin():
                click.echo(line)
            # Not waited for in the end: a slow calendar must not hold the service, and what it writes is whole or not.
            threading.Thread(target=self._collect, name="calendars", daemon=True).start()
            if any(server.people for _, server in servers_here(self.engine.inputs.config)):
                threading.Thread(target=self._collect_people, name="people", daemon=True).start()
            for thread in (*self._senders(), *self._callers()):
                thread.start()
                stack.callback(thread.join)
            stack.callback(self._wake)
            stack.callback(self.pause.set)
            stack.callback(self.stop.set)
            while not self.stop.is_set():
                self.turn()
        if self.lost:
            raise self.lost
        log.info("ended")
        return 0

    def _begin(self) -> list[str]:
        """The first tick, and what is said then. On a disk that is full the service waits for space, as later too."""
        try:
            found = self._tick("started")
        except OSError as error:
            if not is_later(error):
                raise
            self._failed("tick", error)
            return [told(error, self.language)]
        return self._greeting(found)

    def turn(self, wait: float = 1.0) -> None:
        """One turn of the loop: a beat if it is due, what can be claimed and called, and what somebody did on a page.

        Waits at most `wait` seconds for that.
        """
        self.heart.run_pending()
        self._guarded("claim", self._claim)
        self._guarded("call", self._call)
        self._guarded("concerns", self._pool)
        self._follow_acts()
        busy = self.engine.queue or self.engine.servers.waiting
        self._answer(min(wait, 0.2 if busy else 1.0, self.beat_seconds))

    def _guarded(self, step: Step, do: Callable[[], None]) -> None:
        """One step of the loop, unless it failed a moment ago. What it raises stops it for a while, and nothing else."""
        if self.monotonic() < self.not_before.get(step, 0):
            return
        try:
            do()
        except StoreLost:
            raise
        except Exception as error:
            self._failed(step, error)
        else:
            if self.not_before.pop(step, None) is not None:
                self.pulse.succeeded(step)

    def _failed(self, step: Step, error: Exception) -> None:
        """Keep and say, once, that a step has failed, and when it is tried again."""
        self.not_before[step] = self.monotonic() + (AGAIN_SECONDS if step == "tick" else REST_SECONDS)
        if self.pulse.failed(step, told(error, self.language), self.now()):
            log.error("%s failed, and is tried again: %s", step, error, exc_info=error)

    def _beat(self) -> None:
        """Look whether anything is new: a file, another process, a moment that has come."""
        self.pulse.beat(self.now())
        self._trying(self._look)
        self._guarded("files", lambda: refuse_unrest(self.engine, self.now()))
        settles, self.settles = self.settles, self.engine.settles
        if settles != self.settles:
            self.pulse.succeeded("send")
        self.counted.look(self.engine)
        self._tell()

    def _look(self) -> None:
        now = self.now()
        why = self._news(now)
        if why:
            self._tick(why)
        elif not self._clock_held() and "tick" not in self.not_before:
            self._note(now)

    def _trying(self, tick: Callable[[], object]) -> None:
        """Something that may tick. Its failure is kept until a tick succeeds, not until nothing was to be done."""
        try:
            tick()
        except StoreLost:
            raise
        except Exception as error:
            self._failed("tick", error)

    def _news(self, now: datetime) -> Why | None:
        """Why another tick is needed; None when none is."""
        edited = self.engine.look(now)
        self.engine.database.refresh()
        foreign, self.foreign = self.foreign, self.engine.database.storage.foreign
        self.outbox.refresh(now)
        if edited:
            return "edited"
        if foreign != self.foreign:
            return "told"
        if self._went_on():
            return "moved-on"
        if "tick" in self.not_before:
            return "again" if self.monotonic() >= self.not_before["tick"] else None
        return "due" if now >= self.next_moment or self._jumped(now) != self._clock_held() else None

    def _tick(self, why: Why) -> Plan:
        now = self.now()
        found = self.engine.tick(now)
        if self._clock_held():
            self.pause.set()
        else:
            self._note(now)
        due = next_moment(replace(found.world, now=now))
        self.next_moment = min(due, found.next_try) if found.next_try else due
        self._come_back(now)
        self.reports.tell(self.engine, found, now)
        if why in ("started", "edited"):
            keep_config(self.engine)
        self.told = now
        self.view = make_view(self.engine, found, self.health)
        self.not_before.pop("tick", None)
        self.pulse.ticked(now)
        self.counted.look(self.engine)
        self.reports.ticked(why, found, self.next_moment)
        self._upkeep(now)
        return found

    def _upkeep(self, now: datetime) -> None:
        """Once a day of the organisation's, at its first tick and beside the others: it may take seconds."""
        day = now.astimezone(self.engine.zone).date()
        if day == self.kept or self._clock_held() or not daily_backup.due(self.daemon.kept_up, now, self.engine.zone):
            return
        self.kept = day
        self._kept_up()
        self.keeper = threading.Thread(target=self._keep_up, args=(now,), name="upkeep")
        self.keeper.start()

    def _keep_up(self, now: datetime) -> None:
        wrong = keep_up(self.engine, now)
        try:
            self.daemon.has_kept_up(now)
        except OSError as error:
            wrong = wrong or error
        if wrong:
            self.pulse.failed("upkeep", told(wrong, self.language), now)
        else:
            self.pulse.succeeded("upkeep")

    def _kept_up(self) -> None:
        if self.keeper:
            self.keeper.join()

    def _note(self, now: datetime) -> None:
        """Remember when the clock was last believed. A disk that does not take it is told, and stops no letter."""
        self.engine.last_tick = now
        try:
            self.daemon.ticked(now)
            self.pulse.succeeded("keep")
        except OSError as error:
            if self.pulse.failed("keep", told(error, self.language), now):
                log.error("the last tick cannot be written down: %s", error)
        if not self.stop.is_set():
            self.pause.clear()

    def _tell(self) -> None:
        """Write down for `aikultur status` what fails, when that has changed."""
        try:
            fails = [(str(one.step), one.since, one.said) for one in self.pulse.failing]
            fails += self.engine.aside.told(self.language)
            self.daemon.fails(fails)
        except OSError:
            log.debug("what fails cannot be written down")  # the same disk that is failing

    def health(self) -> Health:
        """How the service is now. May be asked from any thread."""
        return self.pulse.health(lambda: figures(self.engine, self.outbox, self.callers, self.counted))

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

    def _claim(self) -> None:
        """Claim only what the senders can soon carry: what is claimed can no longer be changed or become too late."""
        now = self.now()
        if self.engine.queue and not self._jumped(now) and (room := self.outbox.room(now)):
            self.outbox.add(self.engine.claim_some(now, room), now)
            self.told = tell_progress(self.engine, self.told, now)
            self._come_back(now)

    def _come_back(self, now: datetime) -> None:
        """Tick again when what was left for a while may be tried again."""
        until = self.engine.aside.until(now)
        self.next_moment = min(self.next_moment, until) if until else self.next_moment

    def _call(self) -> None:
        """Hand over as many calls as the servers can soon take."""
        now = self.now()
        if self.engine.servers.waiting and not self._jumped(now):
            for caller in self.callers:
                caller.hand_over(self.engine.ready_calls(caller, now))
            self._come_back(now)

    def _pool(self) -> None:
        now = self.now()
        self.concerns.look(self.engine.database, now, believed=not (self._clock_held() or self._jumped(now)))

    def _went_on(self) -> bool:
        """Whether a calendar has moved on since the last tick, so that what waited for it may come."""
        moved, self.engine.moved_on = self.engine.moved_on, False
        return any([caller.news() for caller in self.callers]) or moved  # noqa: C419 - each is asked: asking ends its news

    def _answer(self, seconds: float) -> None:
        """Wait for what people do on their pages, and write it down. A page says "saved" only after that."""
        try:
            waiting = self.acts.get(timeout=seconds)
        except queue.Empty:
            return
        if waiting is None:
            return
        act, answer = waiting
        now = self.now()
        try:
            carry_out(self.engine, act, now)
            if self.view:
                self.view = after_act(self.engine, self.view, act.person_id, now)
            self.acted = self.monotonic()
            answer.set_result(None)
        except (Refused, BadInput) as refusal:  # a sentence for whoever asked; nothing is wrong with the service
            answer.set_exception(refusal)
        except StoreLost as lost:
            answer.set_exception(lost)
            raise
        except Exception as error:
            log.exception("what somebody did on a page could not be written")
            answer.set_exception(error)

    def _follow_acts(self) -> None:
        """The tick that follows what people did: letters, calendars and feeds. Its failure is not theirs."""
        now = self.monotonic()
        if self.acted is None or now - self.followed < ACTS_SECONDS or "tick" in self.not_before:
            return
        quiet = self.acts.empty() and now - self.acted >= QUIET_SECONDS
        if quiet or now - self.acted >= ACTS_SECONDS:
            self.acted, self.followed = None, now
            self._trying(lambda: self._tick("pages"))

    def submit(self, act: PageChoice | Act) -> "Future[None]":
        """Hand in what somebody did on a page; the answer comes when it is written. From any thread."""
        answer: Future[None] = Future()
        self.acts.put((act, answer))
        return answer

    def _web(self) -> "Server":
        from service.pages.server import Server
        from service.pages.site import application

        web = self.engine.inputs.config.web
        app = application(
            self.current_view, self.submit, self.now, web.demo, self.concerns.take, count=self.concerns.count
        )
        server = Server(app, web.host, web.port)
        server.start()
        return server

    def current_view(self) -> View:
        """What the web sees. Raises NotYet before the first tick that succeeds."""
        if self.view is None:
            raise NotYet(self.pulse.failing)
        return self.view

    def _senders(self) -> list[threading.Thread]:
        source = self.engine.inputs.source
        count = transport_of(source).connections(source)
        return [threading.Thread(target=self._send, name=f"sender-{number}") for number in range(count)]

    def _callers(self) -> list[threading.Thread]:
        return [
            threading.Thread(target=self._serve_calls, name=f"caller-{caller.channel}-{number}", args=(caller,))
            for caller in self.callers
            for number in range(caller.at_once)
        ]

    def _serve_calls(self, caller: Caller) -> None:
        """Make calls until the end."""
        self._until_the_end("serve", lambda: caller.serve(self.now, self.pause))

    def _send(self) -> None:
        """Send until the end."""
        self._until_the_end("send", lambda: self.outbox.serve(self._senders_now, self.pause))

    def _until_the_end(self, step: Step, serve: Callable[[], None]) -> None:
        """A thread's life. A store that cannot be written (a full disk) rests it for a while, not the service."""
        while not self.stop.is_set():
            try:
                if self.pause.is_set():
                    self.stop.wait(1)
                else:
                    serve()
            except StoreLost as lost:
                self._end_with(lost)
            except Exception as error:
                if self.pulse.failed(step, told(error, self.language), self.now()):
                    log.error("%s failed, and is tried again: %s", step, error, exc_info=error)
                self.stop.wait(REST_SECONDS)

    def _end_with(self, lost: StoreLost) -> None:
        """End the service from a thread: the records are not safe any more, and only a new start knows what is."""
        self.lost = lost
        self.stop.set()
        self.pause.set()
        self.acts.put(None)

    def _wake(self) -> None:
        self.outbox.wake()
        for caller in self.callers:
            caller.wake()

    def _collect(self) -> None:
        """Read departments' calendars, now and each hour; the next beat sees whether one has changed."""
        while not self.stop.is_set():
            try:
                today, agenda = self.now().astimezone(self.engine.zone).date(), self.engine.agenda
                acted_on = agenda.world.organisation if agenda else None
                meeting_sources.collect(self.engine.inputs.source, today, acted_on, self.engine.servers.session)
            except Exception:
                log.exception("the calendars of departments could not be kept; the next try is in an hour")
            self.stop.wait(COLLECT_SECONDS)

    def _collect_people(self) -> None:
        keep_people_fresh(self.engine, self.now, self.monotonic, lambda: self.stop.wait(self.beat_seconds))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        self.pause.set()
        self.acts.put(None)

    def _greeting(self, found: Plan) -> list[str]:
        config = self.engine.inputs.config
        lines = list(plan_lines(found, self.language))
        if path := transport_of(self.engine.inputs.source).files(self.engine.inputs.source):
            lines.append(say(self.language, "Letters become files in {path}.", path=path))
        if config.web.enabled:
            address = answering(config.web.public_url, config.web.host, config.web.port)
            lines.append(say(self.language, "The page is at {address}", address=address))
        lines.append(say(self.language, "Stop with Ctrl-C. Nothing is lost."))
        return lines
