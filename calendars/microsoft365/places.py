"""Places for requests: so many at once for a mailbox, so many in all."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Places:
    """Whoever asks waits here until there is room. A batch takes several of its mailbox's places, together or not at
    all: two that each held half would wait for ever."""

    def __init__(self, for_each: int, in_all: int) -> None:
        self._each, self._all = for_each, in_all
        self._taken: Counter[str] = Counter()
        self._requests = 0
        self._change = threading.Condition()

    @contextmanager
    def taken(self, mailbox: str, wanted: int = 1) -> Iterator[None]:
        """Hold one connection, and `wanted` of that mailbox's places, all of them at most."""
        count = min(wanted, self._each)
        with self._change:
            self._change.wait_for(lambda: self._requests < self._all and self._taken[mailbox] + count <= self._each)
            self._requests += 1
            self._taken[mailbox] += count
        try:
            yield
        finally:
            with self._change:
                self._requests -= 1
                self._taken[mailbox] -= count
                if not self._taken[mailbox]:
                    del self._taken[mailbox]
                self._change.notify_all()
