"""The life of many people's blocks on a server in trouble: created, changed, prompted, taken away, killed on the way."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.crash.victim import later
from tests.ews import EwsServer, Fault
from tests.exchange_kills.count import counted, disagreements, has_block, per_person, struck
from tests.exchange_kills.ground import MONDAY, served
from tests.exchange_kills.house import DesiredSeries, House, address
from tests.exchange_kills.watch import ANY, GONE, Watch

RATE = 600
"""Seconds of the service's clock in one: half a minute's rest of a server lasts a twentieth of a second."""

STRUCK = 0.25
"""The share of requests that must meet a fault. What a new process asks before it goes on meets few."""

CLOSED = (date(2027, 1, 13), date(2027, 1, 20))
"""So far ahead that no life gets there, and near enough to be compared."""

CREATED = DesiredSeries()
SHUT = replace(CREATED, closed=CLOSED)
OPENED = replace(CREATED, closed=CLOSED[1:])
MOVED = replace(OPENED, start="09:10")


MOST_AT_ONCE = 4
"""Requests that the service makes at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the life: what the administrator has written by then, or the next Monday."""

    name: str
    wish: DesiredSeries
    monday: bool = False
    restart: bool = False


CREATE, NO_OP, CLOSE, OPEN = "create", "no-op", "update, days closed", "update, a day opened"
TIME, WEEK, CANCEL = "update, time", "weekly prompts", "cancel"
PHASES = (
    Phase(name=CREATE, wish=CREATED),
    Phase(name=NO_OP, wish=CREATED, restart=True),
    Phase(name=CLOSE, wish=SHUT),
    Phase(name=OPEN, wish=OPENED),
    Phase(name=TIME, wish=MOVED),
    Phase(name=WEEK, wish=MOVED, monday=True),
    Phase(name=CANCEL, wish=replace(MOVED, jura="none")),
)
"""In the last one half of the people move to `none`; the others keep their series."""

LOGIN = "401"
"""The kill after the server has refused a login that was good: the service waits ten minutes of the machine's clock
then, and must not ask anything. The next process may try at once."""

KILLS = (
    (CREATE, "CreateItem"),
    (CREATE, ANY),
    (CLOSE, "DeleteItem"),
    (OPEN, GONE),
    (OPEN, ANY),
    (TIME, GONE),
    (TIME, "CreateItem"),
    (WEEK, "UpdateItem"),
    (WEEK, LOGIN),
    (CANCEL, GONE),
)
"""The phase, and the operation between whose work and reply the service is killed."""


def next_monday(now: datetime) -> datetime:
    """The next Monday's morning."""
    return datetime.combine(now.date() + timedelta(days=8 - now.isoweekday()), MONDAY.timetz())


def spread(kills: int) -> list[tuple[str, str]]:
    """So many of KILLS, from all over the life; more than there are begin again."""
    return [
        KILLS[number * len(KILLS) // kills if kills < len(KILLS) else number % len(KILLS)] for number in range(kills)
    ]


EVERYBODY = {"cut": 0.04, "lost": 0.06, "busy": 0.01, "html": 0.01}
"""What strikes any request, and how often. Rare, for the whole service rests then."""

MAILBOX = ("ErrorMailboxStoreUnavailable", "ErrorMailboxMoveInProgress", "ErrorAccessDenied")
ITEM = (("CreateItem", 1), ("UpdateItem", 1), ("UpdateItem", 2), ("DeleteItem", 1))
"""What strikes one mailbox for a moment, and which item of a request alone."""

SLOW = (Fault("503", retry_after=1), Fault("429", retry_after=1), Fault("503", retry_after=0))
"""Once in a life each: these stop the service for a second of the machine's clock."""


def trouble(people: Sequence[int], draw: random.Random) -> list[Fault]:
    """A server that fails one request in three of a phase: for everybody, for a mailbox, for an item.

    A mailbox is struck by itself at most four times in a phase: after the fifth failure in a row it is tried once a
    day, and a life would last for months.
    """
    faults = [
        Fault(what, share=share, seed=draw.randrange(1000), times=None, back_off_ms=20)
        for what, share in EVERYBODY.items()
    ]
    for mailbox in map(address, people):
        times = draw.randint(2, 3)
        faults += [Fault(draw.choice(MAILBOX), mailbox=mailbox, skip=draw.randrange(4)) for _ in range(times)]
        operation, item = draw.choice(ITEM)
        faults.append(Fault("ErrorItemSave", operation=operation, item=item, mailbox=mailbox))
    return faults


@dataclass
class Life:
    """What happened. `table` has requests per person by phase, `broken` a sentence for each broken promise."""

    server: EwsServer
    watch: Watch
    house: House
    say: Callable[[str], None]
    draw: random.Random
    faults: bool
    table: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    kills: int = 0

    def go_through(self, phase: Phase, kills: Sequence[str]) -> None:
        """One phase until all is done, with these kills on the way."""
        begin = len(self.server.log)
        if self.faults:
            with self.server.lock:
                self.server.script.faults = [*trouble(self.house.numbers, self.draw), *self.slow(phase)]
        whom = [one for one in self.house.numbers if phase.name != CANCEL or not has_block(one, phase.wish)]
        for number, operation in enumerate(kills):
            # Within the first 70 % of the work, so that some is left after the last kill.
            self.arm(operation, len(whom) * self.draw.uniform(0.2, 0.7) / len(kills))
            if number == 0:
                self.edit(phase)
            self.run()
            self.strike(phase, operation)
        if not kills:
            self.edit(phase)
        self.run()
        self.house.settle()
        self.promise(f"{phase.name}: {sentence}" for sentence in disagreements(self.server, self.house, phase.wish))
        self.table[phase.name] = per_person(self.server.log[begin:], [address(one) for one in whom])
        self.say(f"     {phase.name:24} all done     {counted(self.server, self.house)}")

    def slow(self, phase: Phase) -> list[Fault]:
        return [replace(one, skip=3 * self.house.people) for one in SLOW] if phase.name == CREATE else []

    def edit(self, phase: Phase) -> None:
        """What begins the phase, and the administrator's yes to what follows from it."""
        if phase.monday:
            self.house.set_clock(next_monday(self.house.now()))
        if phase.restart:
            self.house.kill()
        self.house.write(phase.wish)
        self.house.approve()

    def run(self) -> None:
        if not self.house.alive:
            self.house.started()

    def arm(self, operation: str, count: float) -> None:
        at_random = operation in (ANY, LOGIN)
        self.watch.instant.arm(ANY if at_random else operation, count * (3 if at_random else 1))

    def strike(self, phase: Phase, operation: str) -> None:
        """The kill and the server's count; a new process, and the count when it is at work."""
        self.house.until_reached(self.watch.instant.reached)
        if operation == ANY:
            later(self.draw.uniform(0, 0.05))
        if operation == LOGIN:
            self.left_alone()
        self.house.kill()
        self.watch.instant.release()
        self.kills += 1
        what = {ANY: "at random", LOGIN: "after a 401"}.get(operation, f"at {operation}")
        count = counted(self.server, self.house)
        self.say(f"{self.kills:3}  {phase.name:24} {'killed':12} {count}, {what}")
        self.house.started()
        self.house.until(lambda: self.house.activity() >= count.requests + 10)
        self.say(f"     {phase.name:24} {'at work':12} {counted(self.server, self.house)}")

    def left_alone(self) -> None:
        """A refused login: but for what was on its way, nothing is asked for twenty minutes of the service's clock."""
        self.server.add_faults(Fault(LOGIN))
        self.house.until(lambda: any(request.fault == LOGIN for request in self.server.log))
        refused = next(request.number for request in self.server.log if request.fault == LOGIN)
        later(1200 / RATE)
        if self.house.activity() > refused + MOST_AT_ONCE - 1:
            self.promise([f"after a 401 {self.house.activity() - refused} requests were made"])

    def promise(self, sentences: Iterator[str] | Sequence[str]) -> None:
        for sentence in sentences:
            self.broken.append(sentence)
            self.say(f"     BROKEN: {sentence}")

    def end(self) -> None:
        """What must hold of the whole life."""
        share = struck(self.server.log)
        whole = (
            (self.server.refused, "the schema refused"),
            (self.server.misspoken, "our server misspoke"),
            (sorted(self.watch.doubled), "two series at one moment"),
            ([f"{share:.0%}"] if self.faults and share < STRUCK else [], "too few requests struck"),
        )
        self.promise([f"{what}: {len(found)}, {found[0]}" for found, what in whole if found])
        self.say(f"{len(self.server.log)} requests, {share:.1%} struck, {self.kills} kills")


def live(
    folder: Path,
    people: int,
    kills: Sequence[tuple[str, str]],
    seed: int,
    say: Callable[[str], None],
    *,
    phases: Sequence[Phase] = PHASES,
    faults: bool = True,
) -> Life:
    """These phases of a life in that folder, with kills by phase and operation as in KILLS."""
    with served(folder, people, RATE) as (server, watch, house):
        life = Life(server, watch, house, say, random.Random(seed), faults)
        for phase in phases:
            life.go_through(phase, [operation for name, operation in kills if name == phase.name])
        life.end()
    return life
