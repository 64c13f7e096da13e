"""What goes wrong, as data.

    Fault("503", times=2, retry_after=30)               the next two requests
    Fault("429", retry_after="date")                    with Retry-After as an HTTP date, ten seconds from now
    Fault("lost", operation="POST events", skip=3)      the fourth creation is done and its reply lost
    Fault("ErrorAccessDenied", status=403, mailbox="anna@x.example", times=None)
    Fault("429", batched=True, share=0.2, times=None)   sub-requests of batches only
    mix(0.3, seed=7)                                    a bit of everything: three requests in ten

`what` is one of

    401 403 429 503 504 ...   the status, with Microsoft's usual code, and Retry-After where `retry_after` says so
    hang            nothing is done, no reply until `server.release()`; then the connection is cut
    cut             nothing is done, the connection is cut
    lost            the work is done, the connection is cut
    late            the work is done, the gateway answers 504 all the same
    expire          all tokens end here: 401 for this request, and for all others until a new token is fetched
    html            a proxy's page with status 200; nothing is done
    garbage         status 200 and half an answer; nothing is done
    Error...        any of Microsoft's codes, with `status` (400 where none is given)

Clocks that are apart: `server.skew`. More than four at once for a mailbox: refused by the server itself, and counted in
`server.throttled`.

An operation is the method and the path without whom it is about: `POST events`, `GET events/{id}/instances`,
`PATCH events/{id}`, `GET calendarView`, `POST getSchedule`, `POST sendMail`, `POST $batch`, `POST token`,
`GET groups/{id}/transitiveMembers`. Requests inside a batch are struck one by one; `hang`, `cut`, `lost`, `html`, and
`garbage` then strike the whole batch: what stands before the struck one is done, and with `lost` all of it.

The first fault that fits strikes. Chance depends on the seed, the mailbox, the operation and how often that pair was
asked before, and not on the order in which threads arrive: the same run is struck in the same places. By chance, only
whole requests lose their connection.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

CONNECTION = ("hang", "cut", "lost", "html", "garbage")
UNASKED = ("POST token", "GET discovery")
"""What is struck only where it is named."""
MIX = ("429", "503", "504", "cut", "lost", "late", "500")


@dataclass(slots=True)
class Fault:
    """Strikes `times` times (None: always) after `skip` requests that would have fitted. With `nth` (from 1) only that
    request of the whole server, counted as in its log; with `naming` only one in which this text stands. `batched`:
    only inside batches, or only outside."""

    what: str
    operation: str | None = None
    mailbox: str | None = None
    naming: str | None = None
    batched: bool | None = None
    nth: int | None = None
    times: int | None = 1
    skip: int = 0
    share: float | None = None
    seed: int = 0
    retry_after: int | Literal["date"] | None = None  # seconds, or as a date
    status: int | None = None
    code: str = ""

    def fits(self, number: int, operation: str, mailbox: str, times_asked: int, text: str, *, inside: bool) -> bool:
        if self.times == 0 or self.nth not in (None, number) or self.batched not in (None, inside):
            return False
        if self.operation not in (None, operation) or self.mailbox not in (None, mailbox):
            return False
        if self.naming is not None and self.naming not in text:
            return False
        if self.share is None:
            return self.operation is not None or operation not in UNASKED
        if operation in UNASKED or (inside and self.what in CONNECTION):
            return False
        if operation == "POST $batch" and self.what not in CONNECTION:
            return False  # its requests are struck one by one
        return self._draws(mailbox, operation, times_asked)

    def _draws(self, mailbox: str, operation: str, times_asked: int) -> bool:
        told = f"{self.seed}|{self.what}|{self.retry_after}|{mailbox}|{operation}|{times_asked}"
        draw = random.Random(told).random()
        return self.share is not None and draw < self.share


def mix(share: float, seed: int = 0, kinds: Iterable[str] = MIX, retry_after: int | None = 1) -> list[Fault]:
    """Faults of all these kinds that together strike this share of the requests; 429 and 503 with and without Retry-After.

    `hang` and `expire` are left out unless they are named: the one needs a patient test, the other strikes everybody.
    """
    told = [(what, wait) for what in kinds for wait in ((retry_after, None) if what in ("429", "503") else (None,))]
    each = 1 - (1 - share) ** (1 / len(told))
    return [Fault(what, share=each, seed=seed, times=None, retry_after=wait) for what, wait in told]


class Script:
    """The faults of a server, used up as they strike. Not safe for threads: the server holds its lock."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = list(faults)
        self._asked: Counter[tuple[str, str]] = Counter()

    def strike(
        self, number: int, operation: str, mailbox: str, text: str = "", *, inside: bool = False
    ) -> Fault | None:
        """The fault of this request, if any. `text` is all that stands in it; `inside` a batch."""
        times_asked = self._asked[mailbox, operation]
        self._asked[mailbox, operation] += 1
        for fault in self.faults:
            if not fault.fits(number, operation, mailbox, times_asked, text, inside=inside):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None
