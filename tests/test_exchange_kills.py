"""Small lives with kills. `python -m tests.exchange_kills --people 300 --kills 10` is the large one, and prints tables."""

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


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.channel)
def test_a_service_killed_on_a_server_in_trouble_leaves_one_right_series_a_person(tmp_path: Path, kind: Kind) -> None:
    said: list[str] = []
    people = 8 if kind is EXCHANGE else 3  # there each day of a series is a request of its own
    life = live(tmp_path, people, ((CREATE, CREATED), (OPEN, GONE)), 7, said.append, phases=FEW, kind=kind)
    assert life.broken == [], "\n".join(said)
    assert life.kills == 2
    assert struck(life.server) >= STRUCK[kind.channel]


def test_a_move_that_is_killed_each_way_leaves_nobody_with_two_blocks_or_none(tmp_path: Path) -> None:
    said: list[str] = []
    moved = move(tmp_path, 8, 7, said.append, WAY)
    assert moved.broken == [], "\n".join(said)
    assert moved.kills == 3
    assert moved.looks > 4
