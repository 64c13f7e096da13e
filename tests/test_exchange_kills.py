"""Small lives with kills. `python -m tests.exchange_kills --people 300 --kills 10` is the large one, and prints tables."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchange_kills.count import struck
from tests.exchange_kills.life import CANCEL, CREATE, OPEN, OPENED, SHUT, STRUCK, Phase, live
from tests.exchange_kills.move import IN_CLOUD, INVITED, ON_EXCHANGE, Leg, move
from tests.exchange_kills.watch import CREATED, GONE
from tests.server_values import EXCHANGE, KINDS, Kind

pytestmark = pytest.mark.kill

FEW = (
    Phase(name=CREATE, wish=SHUT),
    Phase(name=OPEN, wish=OPENED),
    Phase(name=CANCEL, wish=replace(OPENED, jura="none")),
)
"""The phases in which most can go wrong: begun, taken away and written anew, taken away for good."""

WAY = (
    Leg(name="on invite", wish=INVITED),
    Leg(name="there", wish=IN_CLOUD, kills=(CREATED,)),
    Leg(name="and on", wish=ON_EXCHANGE, kills=(CREATED,)),
    Leg(name="back", wish=INVITED, kills=("REQUEST",)),
)


def lived(folder: Path, kind: Kind, said: list[str]) -> list[str]:
    """The life on this server; which promises were broken, and what of the life itself was not as it is meant."""
    folder.mkdir()
    people = 8 if kind is EXCHANGE else 3  # there each day of a series is a request of its own
    life = live(folder, people, ((CREATE, CREATED), (OPEN, GONE)), 7, said.append, phases=FEW, kind=kind)
    enough = life.kills == 2 and struck(life.server) >= STRUCK[kind.channel]
    return [*life.broken, *([] if enough else [f"{life.kills} kills, {struck(life.server):.0%} struck"])]


def moved(folder: Path, said: list[str]) -> list[str]:
    """The same of a move there and back."""
    folder.mkdir()
    found = move(folder, 8, 7, said.append, WAY)
    enough = found.kills == 3 and found.looks > 4
    return [*found.broken, *([] if enough else [f"{found.kills} kills, {found.looks} looks"])]


def test_a_killed_service_leaves_one_right_series_a_person_and_no_mover_with_two_or_none(tmp_path: Path) -> None:
    """The three lives run beside each other, each with its servers, folder and processes: most of one is waiting, for a
    process that was started and for servers that want to be left alone."""
    said: dict[str, list[str]] = {name: [] for name in ("exchange", "microsoft365", "move")}
    with ThreadPoolExecutor(3) as pool:
        running: dict[str, Future[list[str]]] = {
            kind.channel: pool.submit(lived, tmp_path / kind.channel, kind, said[kind.channel]) for kind in KINDS
        }
        running["move"] = pool.submit(moved, tmp_path / "move", said["move"])
    wrong = {name: one.result() for name, one in running.items()}
    assert wrong == {name: [] for name in said}, "\n".join(line for lines in said.values() for line in lines)
