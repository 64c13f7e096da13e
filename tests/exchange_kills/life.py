"""The life of many people's blocks on a server in trouble: created, changed, prompted, taken away, killed on the way."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.crash.victim import later
from tests.exchange_kills.count import counted, disagreements, has_block, per_person, struck
from tests.exchange_kills.ground import MONDAY, served
from tests.exchange_kills.house import DesiredSeries, House
from tests.exchange_kills.watch import ANY, CREATED, GONE, TAKEN_OUT, WRITTEN, Watch
from tests.server_values import EXCHANGE, MICROSOFT365, Kind, Server, address, kind_of

RATE = 600
"""Seconds of the service's clock in one: half a minute's rest of a server lasts a twentieth of a second."""

STRUCK: Mapping[str, float] = {"exchange": 0.25, "microsoft365": 0.3}
"""The share of requests that must meet a fault. What a new process asks before it goes on meets few."""

CLOSED = (date(2027, 1, 13), date(2027, 1, 20))
"""So far ahead that no life gets there, and near enough to be compared."""

BEGUN = DesiredSeries()
SHUT = replace(BEGUN, closed=CLOSED)
OPENED = replace(BEGUN, closed=CLOSED[1:])
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
    Phase(name=CREATE, wish=BEGUN),
    Phase(name=NO_OP, wish=BEGUN, restart=True),
    Phase(name=CLOSE, wish=SHUT),
    Phase(name=OPEN, wish=OPENED),
    Phase(name=TIME, wish=MOVED),
    Phase(name=WEEK, wish=MOVED, monday=True),
    Phase(name=CANCEL, wish=replace(MOVED, jura="none")),
)
"""In the last one half of the people move to `none`; the others keep their series."""

LOGIN = "401"
"""The kill after the server has refused a login that was good. Of Exchange the service asks nothing then, for ten minutes
of the machine's clock; of Microsoft 365 a new token at once. The next process may try at once."""

KILLS = (
    (CREATE, CREATED),
    (CREATE, ANY),
    (CLOSE, TAKEN_OUT),
    (OPEN, GONE),
    (OPEN, ANY),
    (TIME, GONE),
    (TIME, CREATED),
    (WEEK, WRITTEN),
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


EVERYBODY: Mapping[str, Mapping[str, float]] = {
    "exchange": {"cut": 0.04, "lost": 0.06, "busy": 0.01, "html": 0.01},
    "microsoft365": {
        "cut": 0.03,
        "lost": 0.04,
        "late": 0.02,
        "504": 0.01,
        "429": 0.003,
        "503": 0.003,
        "garbage": 0.005,
    },
}
PARTS = {"429": 0.001, "504": 0.003, "late": 0.003}
CONFLICT = 0.03
"""What strikes any request, and how often; in a batch its parts too, and a write there by another's. Rare, for the whole service rests then."""

MAILBOX = ("ErrorMailboxStoreUnavailable", "ErrorMailboxMoveInProgress", "ErrorAccessDenied")
ITEM = (("CreateItem", 1), ("UpdateItem", 1), ("UpdateItem", 2), ("DeleteItem", 1))
WRITES = ("PATCH events/{id}", "DELETE events/{id}")
"""What strikes one mailbox for a moment, and which item of a request, or write in a batch, alone."""

SLOW = (
    {"what": "503", "retry_after": 1},
    {"what": "429", "retry_after": 1},
    {"what": "503", "retry_after": 0},
)
SLOW_TOO = ({"what": "hang"}, {"what": "expire"}, {"what": "html"})
"""Once in a life each: these stop the service for a second or two of the machine's clock. The latter in Microsoft 365."""


def trouble(kind: Kind, people: Sequence[int], draw: random.Random) -> list[Any]:
    """A server that fails one request in three of a phase: for everybody, for a mailbox, for an item.

    A mailbox is struck by itself at most four times in a phase: after the fifth failure in a row it is tried once a
    day, and a life would last for months.
    """
    always: dict[str, Any] = {"times": None, **({"back_off_ms": 20} if kind is EXCHANGE else {"batched": False})}
    faults = [
        kind.fault(what, share=share, seed=draw.randrange(1000), **always)
        for what, share in EVERYBODY[kind.channel].items()
    ]
    if kind is MICROSOFT365:
        inside = always | {"batched": True}
        faults += [kind.fault(what, share=share, seed=draw.randrange(1000), **inside) for what, share in PARTS.items()]
        conflict = inside | {"status": 409, "share": CONFLICT, "seed": draw.randrange(1000)}
        faults += [kind.fault("ErrorIrresolvableConflict", operation=one, **conflict) for one in WRITES]
    for mailbox in map(address, people):
        faults += _of_one(kind, mailbox, draw)
    return faults


def _of_one(kind: Kind, mailbox: str, draw: random.Random) -> Iterator[Any]:
    """What one mailbox meets in a phase."""
    if kind is EXCHANGE:
        for _ in range(draw.randint(2, 3)):
            yield kind.fault(draw.choice(MAILBOX), mailbox=mailbox, skip=draw.randrange(4))
        operation, item = draw.choice(ITEM)
        yield kind.fault("ErrorItemSave", operation=operation, item=item, mailbox=mailbox)
        return
    for _ in range(draw.randint(2, 3)):
        of_one = {"status": 403, "mailbox": mailbox, "batched": False, "skip": draw.randrange(4)}
        yield kind.fault(draw.choice(MAILBOX), **of_one)
    operation = draw.choice(WRITES)
    yield kind.fault("ErrorIrresolvableConflict", status=409, operation=operation, mailbox=mailbox, batched=True)


@dataclass
class Life:
    """What happened. `table` has requests per person by phase, `broken` a sentence for each broken promise."""

    server: Server
    watch: Watch
    house: House
    say: Callable[[str], None]
    draw: random.Random
    faults: bool
    table: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    kills: int = 0

    @property
    def kind(self) -> Kind:
        return kind_of(self.server)

    def here(self, phase: Phase) -> Phase:
        """The phase on this server: what is written for Exchange is meant for whichever it is."""
        channel, jura = (
            self.kind.channel if one == EXCHANGE.channel else one for one in (phase.wish.channel, phase.wish.jura)
        )
        return replace(phase, wish=replace(phase.wish, channel=channel, jura=jura))

    def go_through(self, phase: Phase, kills: Sequence[str]) -> None:
        """One phase until all is done, with these kills on the way."""
        phase = self.here(phase)
        begin = len(self.server.log)
        if self.faults:
            with self.server.lock:
                self.server.script.faults = [*self.slow(phase), *trouble(self.kind, self.house.numbers, self.draw)]
        whom = [
            one for one in self.house.numbers if phase.name != CANCEL or not has_block(self.server, one, phase.wish)
        ]
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
        self.table[phase.name] = per_person(self.server, begin, [address(one) for one in whom])
        self.say(f"     {phase.name:24} all done     {counted(self.server, self.house)}")

    def slow(self, phase: Phase) -> list[Any]:
        both = (*SLOW, *(SLOW_TOO if self.kind is MICROSOFT365 else ()))
        far = 3 * self.house.people
        return [self.kind.fault(**one, skip=far + n) for n, one in enumerate(both)] if phase.name == CREATE else []

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
        self.server.add_faults(self.kind.fault(LOGIN))
        self.house.until(lambda: any(request.fault == LOGIN for request in self.server.log))
        refused = next(request.number for request in self.server.log if request.fault == LOGIN)
        later(1200 / RATE)
        if self.kind is EXCHANGE and self.house.activity() > refused + MOST_AT_ONCE - 1:
            self.promise([f"after a 401 {self.house.activity() - refused} requests were made"])

    def promise(self, sentences: Iterator[str] | Sequence[str]) -> None:
        for sentence in sentences:
            self.broken.append(sentence)
            self.say(f"     BROKEN: {sentence}")

    def end(self) -> None:
        """What must hold of the whole life."""
        share = struck(self.server)
        whole = (
            (self.server.refused, "the schema refused"),
            (self.server.misspoken, "our server misspoke"),
            (sorted(self.watch.doubled), "two series at one moment"),
            ([f"{share:.0%}"] if self.faults and share < STRUCK[self.kind.channel] else [], "too few requests struck"),
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
    kind: Kind = EXCHANGE,
) -> Life:
    """These phases of a life in that folder, with kills by phase and operation as in KILLS."""
    with served(folder, people, RATE, (kind,)) as ((server,), watch, house):
        life = Life(server, watch, house, say, random.Random(seed), faults)
        for phase in phases:
            life.go_through(phase, [operation for name, operation in kills if name == phase.name])
        life.end()
    return life
