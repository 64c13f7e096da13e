"""Tokens of forms that nobody's name is on: in memory only, each good for one posting."""

import secrets
from collections import OrderedDict
from threading import Lock

GOOD_FOR_SECONDS = 3600.0
"""A form that was opened before lunch can still be sent after it; a service that starts again has forgotten them all."""

MOST = 20_000
"""Tokens in memory, some two megabytes: the oldest goes when there is one more."""


class FormTokens:
    """Which forms were opened and not sent yet. Nothing of who opened them."""

    def __init__(self) -> None:
        self._opened = OrderedDict[str, float]()
        self._lock = Lock()

    def new(self, now: float) -> str:
        """A token for a form that opens at `now` (seconds of a monotonic clock)."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._opened[token] = now
            while len(self._opened) > MOST:
                self._opened.popitem(last=False)
        return token

    def used(self, token: str, now: float) -> bool:
        """Whether the token was good, which it is no more."""
        with self._lock:
            opened = self._opened.pop(token, None)
        return opened is not None and now - opened < GOOD_FOR_SECONDS
