"""How fast, and when again: the rates, the back-off of a letter, the rest after a server's trouble. Pure.

Whose fault a failure is, for letters and for calls alike (`Circuit`). Name resolution, connection, TLS, login and
throttling are the server's at once. What fails after a recipient or mailbox was named is that one's own: it gets a
back-off, and the others go on. When another one fails alike and nothing has succeeded between, it is the server's.

Values take `now` (aware) and give back new values; nothing here waits.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Pauses after the first, second, ... "not now"; the last one from there on. RFC 5321, 4.5.4.1 asks for 30 minutes at
least and for less at first; grey-listing servers accept after 1 to 15 minutes."""

JITTER = 0.2
"""A pause grows by up to a fifth, so that letters which failed together do not come back together."""

REST = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600))
"""Pauses of the whole transport while its server is down: soon enough after a restart, never a hammering."""

SUSPECTS = 20
"""So many causes are remembered at most: servers put numbers of their own into their words."""

ASKED = 500
"""So many that asked in vain are remembered: three days of a server that is asked every ten minutes."""

NONE = timedelta(0)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

EACH_MINUTE = 6000
"""What a server is thought to take in a minute where nobody has said: a hundred a second."""


def backoff(attempts: int, letter_id: str) -> timedelta:
    """How long a letter waits after its `attempts`-th "not now" (from 1). The same input gives the same pause."""
    pause = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    draw = hashlib.sha256(f"{letter_id}/{attempts}".encode()).digest()
    return pause * (1 + JITTER * int.from_bytes(draw[:4], "big") / 2**32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `per_minute` letters a minute, `per_hour` in any hour and `per_day` in any 24 hours; None: no such limit.

    Within the minute they are evenly spaced, because a server counts in windows that we do not know: a burst may fall
    into one of them. Hours and days are counted by the minute, in `sent`: (the minute's beginning, letters in it).
    """

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    free_at: datetime | None = None
    sent: tuple[tuple[datetime, int], ...] = ()

    def after(self, moments: Iterable[datetime]) -> "Rate":
        """The rate when letters have been sent at these moments: what a restart knows from the store."""
        return replace(self, sent=tuple(Counter(map(_minute, moments)).items()))

    def take(self, now: datetime) -> tuple["Rate", timedelta]:
        """The rate after one letter at `now`, and no wait; or itself unchanged, and how long to wait first."""
        wait = max(self._minute_wait(now), self.spent_wait(now))
        if wait:
            return self, wait
        taken = self
        if self.per_minute is not None:
            taken = replace(taken, free_at=now + MINUTE / self.per_minute)
        if limits := self._limits():
            counted = Counter(dict(_within(max(span for span, _ in limits), self.sent, now)))
            counted[_minute(now)] += 1
            taken = replace(taken, sent=tuple(counted.items()))
        return taken, NONE

    def returned(self, taken_at: datetime) -> "Rate":
        """The rate without a letter taken at that moment, because it never got to the server."""
        minute = _minute(taken_at)
        return replace(self, sent=tuple((start, count - (start == minute)) for start, count in self.sent))

    def spent_wait(self, now: datetime) -> timedelta:
        """How long the rate of the hour or of the day is spent; zero while neither is."""
        return max((self._span_wait(span, limit, now) for span, limit in self._limits()), default=NONE)

    def room(self, now: datetime) -> int | None:
        """How many letters the hour and the day have left; None when neither limits it."""
        return min((self._room(span, limit, now) for span, limit in self._limits()), default=None)

    def ahead(self, now: datetime) -> Iterator[datetime]:
        """When one letter after the other may leave from `now` on (UTC), none of them refused; to within a minute."""
        now = now.astimezone(UTC)
        limits = [(span, limit, deque(_within(span, self.sent, now))) for span, limit in self._limits()]
        minute = _minute(now)
        rooms = [limit - sum(count for _, count in sent) for _, limit, sent in limits]
        while True:
            until = now + MINUTE
            for number, (span, _, sent) in enumerate(limits):
                rooms[number] += _let_go(sent, now - span - MINUTE)
            each = self.per_minute or EACH_MINUTE
            go = max(0, min([each, *rooms]))
            yield from (now + MINUTE * place / each for place in range(go))
            for number, (*_, sent) in enumerate(limits):
                if go:
                    sent.append((minute, go))
                    rooms[number] -= go
            now, minute = until, minute + MINUTE

    def _limits(self) -> list[tuple[timedelta, int]]:
        limits = ((HOUR, self.per_hour), (DAY, self.per_day))
        return [(span, limit) for span, limit in limits if limit is not None]

    def _room(self, span: timedelta, limit: int, now: datetime) -> int:
        return max(0, limit - sum(count for _, count in _within(span, self.sent, now)))

    def _span_wait(self, span: timedelta, limit: int, now: datetime) -> timedelta:
        if self._room(span, limit, now):
            return NONE
        # A minute leaves the span when its last moment does.
        oldest = next(start for start, count in _within(span, self.sent, now) if count)
        return oldest + span + MINUTE - now

    def _minute_wait(self, now: datetime) -> timedelta:
        if self.per_minute is None or self.free_at is None:
            return NONE
        wait = self.free_at - now
        # More than one spacing ahead means that the clock went back, and waiting for it could take hours.
        return wait if NONE < wait <= MINUTE / self.per_minute else NONE


def _let_go(sent: deque[tuple[datetime, int]], until: datetime) -> int:
    """Take out the minutes that began by then; how many letters were in them."""
    gone = 0
    while sent and sent[0][0] <= until:
        gone += sent.popleft()[1]
    return gone


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _within(
    span: timedelta, counted: Iterable[tuple[datetime, int]], now: datetime
) -> tuple[tuple[datetime, int], ...]:
    """The minutes of which a moment lies in the `span` before `now`, oldest first. One ahead of `now` by more than an
    hour is forgotten: the clock went back, and waiting for it could take days."""
    return tuple(sorted((start, count) for start, count in counted if now - span - MINUTE < start <= now + HOUR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Whether the server may be asked, and whose fault a failure is. While `until` is ahead it rests; then one thing
    at a time asks. A thing is whatever was named to the server: a recipient, a mailbox, a call.

    `trouble` is the server's words, or ours, about why; None when all is well. `since` is when it was found first.
    `asking` is what is on its way to find out. `asked` are the things that found trouble and have not succeeded
    since, the longest ago first: they go behind the others. `suspects` are the failures since the last success that may
    be the server's: each cause, and the thing that it struck.
    """

    trouble: str | None = None
    since: datetime | None = None
    failures: int = 0
    until: datetime | None = None
    asking: str | None = None
    asked: tuple[str, ...] = ()
    suspects: tuple[tuple[str, str], ...] = ()

    def wait(self, now: datetime) -> timedelta:
        """How long the server still rests; zero when it may be asked."""
        wait = self.until - now if self.until else NONE
        return wait if NONE < wait <= REST[-1] else NONE  # longer: the clock went back

    def resting(self, now: datetime) -> bool:
        """Whether nothing must be asked now: it is too soon, or another thing is asking."""
        return self.asking is not None or self.wait(now) > NONE

    def believes(self, cause: str, thing: str) -> bool:
        """Whether a failure that came after `thing` was named is the server's all the same: it is in trouble, or it has
        failed another thing alike, and nothing has succeeded between. `cause` is what failures have in common."""
        return self.trouble is not None or any(one == cause and struck != thing for one, struck in self.suspects)

    def suspecting(self, cause: str, thing: str) -> "Circuit":
        """The circuit after a failure that is believed to be the thing's own, until another thing fails alike."""
        if any(one == cause for one, _ in self.suspects):
            return self
        return replace(self, suspects=(*self.suspects, (cause, thing))[-SUSPECTS:])

    def met_again(self, thing: str) -> bool:
        """Whether `thing` alone has found trouble before, and others got through since."""
        return self.trouble is None and thing in self.asked

    def failed(self, trouble: str, now: datetime, thing: str) -> "Circuit":
        """The circuit after `thing` found the server down. Those that were on their way beside it, and find the
        same, do not lengthen the rest."""
        if self.trouble is not None and self.asking != thing:
            return self
        asked = (*(one for one in self.asked if one != thing), thing)[-ASKED:]
        failures = self.failures + 1
        until = now + REST[min(failures, len(REST)) - 1]
        return Circuit(trouble=trouble, since=self.since or now, failures=failures, until=until, asked=asked)

    def succeeded(self, thing: str) -> "Circuit":
        """The circuit after `thing` got through. Who found the trouble still goes last: it may have been theirs. What was
        on its way when the server asked to be left alone does not end its rest."""
        if self.trouble is not None and self.asking != thing:
            return self
        return Circuit(asked=tuple(one for one in self.asked if one != thing))

    def next_of(self, things: Sequence[str]) -> int:
        """Whose turn it is, by its place: the first that has not asked in vain, or the one that did longest ago."""
        place = {thing: number for number, thing in enumerate(self.asked)}
        return min(range(len(things)), key=lambda number: place.get(things[number], -1))

    def asked_by(self, thing: str) -> "Circuit":
        """The circuit while `thing` asks a server that was down: the other threads go on resting."""
        return self if self.trouble is None else replace(self, asking=thing)

    def unasked(self, thing: str) -> "Circuit":
        """The circuit when that thing found nothing out, because it never got to the server: the next one may."""
        return replace(self, until=None, asking=None) if self.asking == thing else self
