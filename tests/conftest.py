"""For all tests: their profiles and marks, and the fixtures of more than one file.

A fixture imports what it is made of: whoever runs one test of a rule need not wait for the service.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from store.database import Database
    from store.spool import Spool
    from tests.exchange_house import Begun, House
    from tests.server_values import Server
    from tests.web_relay_values import Place

# Nothing here is timed: a busy machine is no fault of the code.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", UNTIMED, max_examples=40)
settings.register_profile("thorough", UNTIMED, max_examples=400)  # by --hypothesis-profile=thorough
settings.load_profile("usual")

SLOW = ("kill", "year", "slow")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Nothing of what is collected goes, and to find that out would take a quarter of the time. Afterwards the collector
    looks at what the tests make, and not at ten thousand tests each time; and more seldom, for little of it is in a circle."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked as none of the others is `fast`: to be run while one works."""
    for item in items:
        if not any(item.get_closest_marker(name) for name in SLOW):
            item.add_marker("fast")
    if hasattr(config, "workerinput"):  # several processes
        places = _in_turn(items)
        items.sort(key=lambda item: places[item.path])


def _in_turn(items: list[pytest.Item]) -> dict[Path, float]:
    """Which file is begun when. What plays years is first: whoever begins a long one last is waited for. What kills processes
    waits more than it works, and three that wait leave a core idle: so those come one by one among the others."""
    marks: dict[Path, set[str]] = {}
    for item in items:
        marks.setdefault(item.path, set()).update(mark.name for mark in item.iter_markers())
    waiting = [path for path, found in marks.items() if "kill" in found]
    working = sorted(marks.keys() - {*waiting}, key=lambda path: ("year" not in marks[path], path))
    apart = len(working) / (len(waiting) + 1)
    return {path: float(n) for n, path in enumerate(working)} | {
        path: n * apart - 0.5 for n, path in enumerate(waiting)
    }


# --- a store, and the spool in it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def db(folder: Path) -> Iterator[Database]:
    from store.database import open_database

    with open_database(folder) as database:
        yield database


@pytest.fixture
def spool(folder: Path) -> Spool:
    from store.spool import Spool

    return Spool(folder / "spool")


# --- the pages of a small relay


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    from tests.relay_values import BEGIN
    from tests.web_relay_values import HELD, Place

    here = Place(tmp_path, then=HELD if "held" in request.fixturenames else (BEGIN,))
    yield here
    here.engine.close()


@pytest.fixture(scope="session")
def standing_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    from tests.web_relay_values import Place

    here = Place(tmp_path_factory.mktemp("standing"))
    yield here
    here.engine.close()


@pytest.fixture
def untouched(standing_place: Place) -> Iterator[Place]:
    """The place for whoever only looks, or is refused: one for all of them, in which nothing is ever written."""
    before = standing_place.bytes()
    standing_place.open()
    yield standing_place
    assert standing_place.bytes() == before


@pytest.fixture(scope="session")
def first(standing_place: Place) -> str:
    """Whoever has the first turn, in every place."""
    return standing_place.turn(1).presenter


@pytest.fixture
def held(place: Place) -> Place:
    """On the day after the first turn was held."""
    return place


# --- Anna and a calendar server


@pytest.fixture(params=["exchange", "microsoft365"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A calendar server of either kind, with a mailbox for Anna."""
    from tests.exchange_house import ANNA
    from tests.server_values import KINDS

    (kind,) = (one for one in KINDS if one.channel == request.param)
    with kind.make([ANNA]) as made:
        yield made
    assert (made.refused, made.misspoken) == ([], [])


@pytest.fixture
def house(tmp_path: Path, server: Server) -> Iterator[House]:
    """Anna's block is approved and not written yet, on either server."""
    from tests.exchange_house import settled_in

    with settled_in(tmp_path, server) as made:
        yield made


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Server], Begun]:
    """For each kind of server a house where Anna's block stands, left as it is when the service stops."""
    from tests.exchange_house import ANNA, Begun, settled_in
    from tests.server_values import KINDS, kind_of

    @cache
    def made(kind: str) -> Begun:
        folder = tmp_path_factory.mktemp(f"begun-{kind}")
        (make,) = (one.make for one in KINDS if one.channel == kind)
        with make([ANNA]) as server, settled_in(folder, server) as house:
            house.asked()
            return Begun(folder, house.server.world)

    return lambda server: made(kind_of(server).channel)


@pytest.fixture
def standing(tmp_path: Path, server: Server, begun: Callable[[Server], Begun]) -> Iterator[House]:
    """Anna's block stands."""
    with begun(server).copied(tmp_path, server) as made:
        yield made
