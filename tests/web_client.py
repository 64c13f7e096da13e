"""A client of our web in this process. All clients share one event loop: to start one for each request, in a thread of
its own, costs more than many a page."""

import atexit
import warnings
from contextlib import ExitStack
from functools import cache
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

with warnings.catch_warnings():
    # Starlette would rather have httpx2; with httpx its client works as well, and we need no other.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient as StarlettesClient


class TestClient(StarlettesClient):
    __test__ = False

    def __init__(self, *arguments: Any, **given: Any) -> None:
        super().__init__(*arguments, **given)
        self.portal = _portal()


@cache
def _portal() -> BlockingPortal:
    opened = ExitStack()
    atexit.register(opened.close)
    return opened.enter_context(start_blocking_portal())
