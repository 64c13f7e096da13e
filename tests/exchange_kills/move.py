"""Moving house: everybody from `invite` to a server, to another server and back, interrupted twice each way."""

import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calendars.difference import in_calendar
from tests.crash.count import sequence
from tests.exchange_kills.count import disagreements
from tests.exchange_kills.ground import served
from tests.exchange_kills.house import DesiredSeries, House
from tests.exchange_kills.watch import CREATED, GONE, Watch
from tests.server_values import KINDS, Server, address, kind_of
from tests.smtp_server import Accepted, SmtpServer

INVITED, ON_EXCHANGE, IN_CLOUD = map(DesiredSeries.on, ("invite", "exchange", "microsoft365"))
BRISK = 20
"""Seconds of the service's clock in one. No server is in trouble here and needs a rest; but what is edited is read when it
has stood still for ten seconds, and that is waited for at every leg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A part of the way. `kills`: a mail that is taken, or a request that is done, and its reply not sent.

    `turned`: the last instant is the end of the leg. The next one begins when nothing is finished; if `killed` is not
    set, in the same process.
    """

    name: str
    wish: DesiredSeries
    kills: tuple[str, ...] = ()
    turned: bool = False
    killed: bool = True


LEGS = (
    Leg(name="on invite", wish=INVITED),
    Leg(name="invite to microsoft365", wish=IN_CLOUD, kills=("CANCEL", CREATED)),
    Leg(name="microsoft365 to exchange", wish=ON_EXCHANGE, kills=(GONE, CREATED)),
    Leg(name="exchange to microsoft365", wish=IN_CLOUD, kills=(GONE, CREATED)),
    Leg(name="microsoft365 to invite", wish=INVITED, kills=(GONE, "REQUEST")),
    Leg(name="to exchange, killed and turned", wish=ON_EXCHANGE, kills=(CREATED,), turned=True),
    Leg(name="to invite again", wish=INVITED),
    Leg(name="to microsoft365, turned by an edit", wish=IN_CLOUD, kills=(CREATED,), turned=True, killed=False),
    Leg(name="to exchange", wish=ON_EXCHANGE),
    Leg(name="to invite again", wish=INVITED),
)

LOOK_SECONDS = 0.5
"""How often the store and the server are held against each other, a few ticks apart."""

METHOD = re.compile(
    rb"^Content-Type: text/calendar;(?:[^\r\n]|\r\n[ \t])*method=\"?(REQUEST|CANCEL)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Told:
    """A mail with a calendar part."""

    method: str
    sequence: int
    data: bytes


class Post:
    """The mail server's `on_stage`: reads each letter when it is taken and its reply not yet sent.

    `both` are the people who were told to come while a block stood in their mailbox, or got a block while they were
    told to come: by the two servers' own records, at the very moment.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch, self.instant = watch, watch.instant
        self.server: SmtpServer | None = None
        self.told: dict[str, list[Told]] = defaultdict(list)
        self.both: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, stage: str) -> None:
        assert self.server is not None
        if stage == "end":
            self._take(self.server.accepted[-1])  # there is only one connection

    def _take(self, letter: Accepted) -> None:
        found = METHOD.search(letter.data)
        if not found:
            return
        who, method = letter.recipients[0], found[1].decode().upper()
        with self._lock:
            self.told[who].append(Told(method, sequence(letter.data), letter.data))
        if method == "REQUEST" and self.watch.series(who):
            self.both.add(who)
        self.instant.passed(method)

    def created(self, who: str) -> None:
        """A block was just written in this mailbox."""
        if self.invited(who):
            self.both.add(who)

    def invited(self, who: str) -> bool:
        """Whether the last that somebody was told is to come."""
        with self._lock:
            return bool(self.told[who]) and self.told[who][-1].method == "REQUEST"


@dataclass
class Move:
    """What happened; `broken` has a sentence for each broken promise."""

    servers: Sequence[Server]
    watch: Watch
    post: Post
    house: House
    say: Callable[[str], None]
    draw: random.Random
    broken: list[str] = field(default_factory=list)
    kills: int = 0
    looks: int = 0
    looked: float = 0.0

    def go(self, leg: Leg) -> None:
        """Edit the config, and wait until everybody has moved; killed at these instants on the way."""
        for number, what in enumerate(leg.kills):
            self.watch.instant.arm(what, self.house.people * self.draw.uniform(0.2, 0.8))
            if number == 0:
                self.edit(leg.wish)
            self.run()
            self.house.until_reached(self.watch.instant.reached, self.look)
            if leg.killed:
                self.house.kill()
                self.kills += 1
            self.watch.instant.release()
            number_of_kill = f"{self.kills:3}" if leg.killed else ""
            self.say(
                f"{number_of_kill:3}  {leg.name:32} {self.state()}, {'killed' if leg.killed else 'edited'} at {what}"
            )
        if leg.turned:
            return
        if not leg.kills:
            self.edit(leg.wish)
        self.run()
        self.house.settle(self.look)
        self.say(f"     {leg.name:32} {self.state()}, all done")
        self.promise([f"{leg.name}: {sentence}" for sentence in self.odd(leg.wish)])

    def edit(self, wish: DesiredSeries) -> None:
        self.house.write(wish)
        self.house.approve()

    def run(self) -> None:
        if not self.house.alive:
            self.house.started()

    def look(self) -> None:
        """Now and then: whether anybody has a publication in the store and a block on the server."""
        if time.monotonic() < self.looked + LOOK_SECONDS:
            return
        before = self.with_block()
        publications = self.house.stored.publications().values()
        invited = {address(int(one.person_id)) for one in publications if in_calendar(one, self.house.now())}
        both = before & invited & self.with_block()  # also afterwards: what goes while we look is gone
        self.promise([f"by the store and the server {len(both)} people have both"] if both else [])
        self.looks, self.looked = self.looks + 1, time.monotonic()

    def with_block(self) -> set[str]:
        """Whoever has a block, on any server."""
        return {who for who in map(address, self.house.numbers) if self.watch.series(who)}

    def state(self) -> str:
        """Everybody by what is in their calendar, as the two servers know it."""
        block = self.with_block()
        kinds = Counter((self.post.invited(who), who in block) for who in map(address, self.house.numbers))
        return (
            f"invited {kinds[True, False]:3}, block {kinds[False, True]:3}, neither {kinds[False, False]:3}, "
            f"both {kinds[True, True]}"
        )

    def odd(self, wish: DesiredSeries) -> list[str]:
        """What is not as it should be when all is done."""
        found = [said for server in self.servers for said in disagreements(server, self.house, wish)]
        should = wish.channel == "invite"
        wrong = [who for who in map(address, self.house.numbers) if self.post.invited(who) != should]
        return [*found, *([f"{len(wrong)} people are {'not ' if should else ''}invited"] if wrong else [])]

    def promise(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.broken.append(sentence)
            self.say(f"     BROKEN: {sentence}")

    def end(self) -> None:
        """What must hold of the whole: what each person was told, in order, and what no server ever saw."""
        repeated, wrong = 0, []
        for who in map(address, self.house.numbers):
            told = list(dict.fromkeys(self.post.told[who]))  # a letter in doubt comes again, byte for byte
            repeated += len(self.post.told[who]) - len(told)
            found = [(one.method, one.sequence) for one in told]
            if found != [(("REQUEST", "CANCEL")[number % 2], number) for number in range(len(told))]:
                wrong.append(f"{who}: {found}")
        whole = (
            (wrong, "wrongly told"),
            (sorted(self.post.both), "invited and with a block at one moment"),
            (sorted(self.watch.doubled), "two series at one moment"),
            ([one for server in self.servers for one in server.refused], "the schema refused"),
            ([one for server in self.servers for one in server.misspoken], "our server misspoke"),
        )
        self.promise([f"{what}: {len(found)}, {found[0]}" for found, what in whole if found])
        if repeated > self.kills:
            self.promise([f"{repeated} mails came again after {self.kills} kills"])
        mails = sum(map(len, self.post.told.values()))
        asked = ", ".join(f"{len(server.log)} requests to {kind_of(server).channel}" for server in self.servers)
        self.say(
            f"{mails} mails with a calendar part, {repeated} of them in doubt and sent again; {asked}; {self.kills} kills; all servers and the store compared {self.looks} times"
        )


def move(folder: Path, people: int, seed: int, say: Callable[[str], None], legs: Sequence[Leg] = LEGS) -> Move:
    """There and back again."""
    with served(folder, people, BRISK, KINDS) as (servers, watch, house), SmtpServer() as smtp:
        post = Post(watch)
        post.server, smtp.on_stage, watch.on_create = smtp, post, post.created
        calls = house.activity
        house.smtp, house.activity = smtp.port, lambda: calls() + len(smtp.accepted)
        moving = Move(servers, watch, post, house, say, random.Random(seed))
        for leg in legs:
            moving.go(leg)
        moving.end()
        house.kill()  # before the mail server goes
    return moving
