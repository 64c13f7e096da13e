"""Small lives with kills. `python -m tests.exchange_kills --people 300 --kills 10` is the large one, and prints tables."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.exchange_kills.count import struck
from tests.exchange_kills.life import CANCEL, CREATE, OPEN, OPENED, SHUT, STRUCK, Phase, live
from tests.exchange_kills.move import EXCHANGE, INVITE, Leg, move
from tests.exchange_kills.watch import GONE

pytestmark = pytest.mark.kill

FEW = (
    Phase(name=CREATE, wish=SHUT),
    Phase(name=OPEN, wish=OPENED),
    Phase(name=CANCEL, wish=replace(OPENED, jura="none")),
)
"""The phases in which most can go wrong: begun, taken away and written anew, taken away for good."""

WAY = (
    Leg(name="on invite", wish=INVITE),
    Leg(name="there", wish=EXCHANGE, kills=("CreateItem",)),
    Leg(name="back", wish=INVITE, kills=("REQUEST",)),
)


def test_a_service_killed_on_a_server_in_trouble_leaves_one_right_series_a_person(tmp_path: Path) -> None:
    said: list[str] = []
    life = live(tmp_path, 8, ((CREATE, "CreateItem"), (OPEN, GONE)), 7, said.append, phases=FEW)
    assert life.broken == [], "\n".join(said)
    assert life.kills == 2
    assert struck(life.server.log) >= STRUCK


def test_a_move_that_is_killed_each_way_leaves_nobody_with_two_blocks_or_none(tmp_path: Path) -> None:
    said: list[str] = []
    moved = move(tmp_path, 8, 7, said.append, WAY)
    assert moved.broken == [], "\n".join(said)
    assert moved.kills == 2
    assert moved.looks > 4
