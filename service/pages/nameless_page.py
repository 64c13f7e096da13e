"""A page of a programme that knows nobody: the same address for all, without a token, and the row that brings it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.routing import Route

from service.pages.view import View


def uncounted(_: str) -> None:
    """Where nothing is chosen without a name."""


@dataclass(frozen=True, slots=True)
class Nameless:
    """What such a page is given. `view` raises Declined before the first. `count` counts that somebody chose this
    (`culture.keys.TallyKey`), and keeps nothing else; raises PoolFull. `seconds`: a monotonic clock."""

    view: Callable[[], View]
    count: Callable[[str], None]
    seconds: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamelessPage:
    """`path` is its whole address, which letters carry."""

    path: str
    routes: Callable[[Nameless], Sequence[Route]]
