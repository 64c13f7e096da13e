"""Everything that a tick makes due: its letters, its calls, the daily upkeep. The same for the service and `run --once`."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from mailer.drain import Outbox
from service.engine import daily_backup, retention
from service.engine.caller import Caller
from service.engine.engine import Engine
from service.engine.retention import unreadable_letters, unsettled
from service.planning.plan import Plan
from service.settings.in_force import keep_in_force

log = logging.getLogger("aikultur")

PROGRESS = timedelta(minutes=1)
"""How often a long sending says how far it is."""

ROUNDS = 3
"""How often it looks again after its letters and its calls: what was to go with another goes by itself, and one calendar
may have waited for another, and a third for that."""

Clock = Callable[[], datetime]


def all_is_well(engine: Engine, found: Plan) -> bool:
    """Whether nothing is held, parked or recalled, and everything could be read and worked out for the plan `found`."""
    parked = any(letter.state == "parked" for letter in unsettled(engine.database))
    unread = engine.stored.unreadable() or unreadable_letters(engine.database)
    return not (found.recalled or found.held or found.troubles or parked or unread or engine.inputs.unusable)


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
        lambda: daily_backup.back_up(engine.database, now),
        lambda: retention.let_go(engine, now),
    )
    for step in steps:
        try:
            step()
        except Exception as error:
            log.exception("the daily upkeep failed; the service goes on")
            wrong = error
    return wrong


def keep_config(engine: Engine) -> None:
    """Keep a copy of the config that this was done by, for whoever looks while the next one is bad."""
    try:
        keep_in_force(engine.inputs, engine.folder)
    except OSError as error:
        log.warning("no copy of the config in force can be kept: %s", error)


def call_all(engine: Engine, callers: Sequence[Caller], now: Clock) -> None:
    """Make every call that is due, and those that come to be when a calendar has moved on."""
    for _ in range(ROUNDS):
        for caller in callers:
            while work := engine.ready_calls(caller, now()):
                caller.hand_over(work)
                _drain(caller, now)
        moved = [caller.news() and not caller.trouble for caller in callers]
        if not any(moved):
            return
        engine.tick(now())


def _drain(caller: Caller, now: Clock) -> None:
    threads = [threading.Thread(target=caller.drain_all, args=(now, threading.Event())) for _ in range(caller.at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tell_progress(engine: Engine, told: datetime, now: datetime) -> datetime:
    """Say how many letters are still to be written, when that was last `told` a minute ago; when it was told last."""
    if not engine.queue or now - told < PROGRESS:
        return told
    log.info("%d letters are still to be written", len(engine.queue))
    return now


def clock_held(found: Plan) -> bool:
    """Whether nothing at all may happen, because the clock moved more than a pause explains."""
    return any(held.kind == "clock" for held in found.held)
