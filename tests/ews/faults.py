"""What goes wrong, as data.

    Fault("503", times=2, retry_after=30)                 the next two requests
    Fault("lost", operation="CreateItem", skip=3)         the fourth CreateItem is done and its reply lost
    Fault("ErrorMailboxMoveInProgress", mailbox="anna@x.example", times=None)
    Fault("ErrorItemSave", item=2)                        the second item inside the request; the others are served
    Fault("cut", share=0.3, seed=7, times=None)           three requests in ten, at random

`what` is one of

    401 429 503 ... the status, with Retry-After where `retry_after` says so
    hang            nothing is done, no reply until `server.release()`; then the connection is cut
    cut             nothing is done, the connection is cut
    lost            the work is done, the connection is cut
    html            a proxy's page with status 200; nothing is done
    garbage         status 200 and half an answer; nothing is done
    busy            ErrorServerBusy, with BackOffMilliseconds where `back_off_ms` says so
    Error...        any of Microsoft's codes: a SOAP fault with status 500 or `status`, or with `item` that item's answer

The first fault that fits strikes. Chance depends on the seed, the mailbox, the operation and how often that pair was
asked before, and not on the order in which threads arrive: the same run is struck in the same places.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Fault:
    """Strikes `times` times (None: always) after `skip` requests that would have fitted. With `nth` (from 1) only that
    request of the whole server, counted as in its log; with `naming` only one in which this address stands, in a letter
    too."""

    what: str
    operation: str | None = None
    mailbox: str | None = None
    naming: str | None = None
    nth: int | None = None
    times: int | None = 1
    skip: int = 0
    share: float | None = None
    seed: int = 0
    item: int | None = None
    retry_after: int | None = None  # seconds
    back_off_ms: int | None = None
    status: int | None = None  # of a SOAP fault

    def fits(self, number: int, operation: str, mailbox: str, times_asked: int, text: str) -> bool:
        if self.times == 0 or self.nth not in (None, number):
            return False
        if self.operation not in (None, operation) or self.mailbox not in (None, mailbox):
            return False
        if self.naming is not None and self.naming not in text:
            return False
        if self.share is None:
            return True
        draw = random.Random(f"{self.seed}|{self.what}|{mailbox}|{operation}|{times_asked}").random()
        return draw < self.share


class Script:
    """The faults of a server, used up as they strike. Not safe for threads: the server holds its lock."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = list(faults)
        self._asked: Counter[tuple[str, str]] = Counter()

    def strike(self, number: int, operation: str, mailbox: str, text: str = "") -> Fault | None:
        """The fault of this request, if any. `text` is all that stands in it."""
        times_asked = self._asked[mailbox, operation]
        self._asked[mailbox, operation] += 1
        for fault in self.faults:
            if not fault.fits(number, operation, mailbox, times_asked, text):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None
