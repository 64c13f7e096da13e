"""An organisation on both an Exchange server and Microsoft 365: whose block is where, and what is said of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from culture.people import Preference
from service.answers.status import status_lines
from service.engine.engine import Engine
from tests.server_values import EXCHANGE, KINDS, MICROSOFT365, Server, act, address, ours, write_server
from tests.service_values import MONDAY, look, make_engine, row, write_people

pytestmark = pytest.mark.slow

TWO_DAYS = timedelta(days=2)

Both = tuple[Engine, Server, Server]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    """Two people, whose blocks stand on Exchange; the second one has chosen Microsoft 365."""
    people = [address(1), address(2)]
    with EXCHANGE.make(people) as on_premises, MICROSOFT365.make(people) as cloud:
        write_server(tmp_path, on_premises)
        with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
            config.write(MICROSOFT365.text(cloud))
        MICROSOFT365.write_secret(tmp_path)
        write_people(tmp_path, [row(1), row(2)])
        engine = make_engine(tmp_path)
        act(engine, MONDAY)
        engine.stored.prefer("2", Preference(channel="microsoft365"))
        yield engine, on_premises, cloud
        engine.close()


def test_everybody_has_one_block_on_their_own_server(both: Both) -> None:
    engine, on_premises, cloud = both
    for _ in KINDS:  # it goes from the one before it comes to the other
        act(engine, MONDAY)
    counts = [[len(ours(server, address(n))) for n in (1, 2)] for server in (on_premises, cloud)]
    assert counts == [[1, 0], [0, 1]]


def test_status_says_whose_blocks_it_counts(both: Both) -> None:
    engine, _, _ = both
    for _ in KINDS:
        act(engine, MONDAY)
    said = ": 1, left alone because their owners changed them: 0, waiting for another try: 0."
    assert [line for line in status_lines(engine, MONDAY, "en") if line.startswith("Blocks in Outlook")] == [
        f"Blocks in Outlook on {name}{said}" for name in ("Exchange", "Microsoft 365")
    ]


def test_what_is_held_on_two_servers_is_held_since_its_own_day_on_each(tmp_path: Path) -> None:
    people = [address(1), address(2)]
    with EXCHANGE.make(people) as on_premises, MICROSOFT365.make(people) as cloud:
        write_server(tmp_path, on_premises)
        with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
            config.write(MICROSOFT365.text(cloud))
        MICROSOFT365.write_secret(tmp_path)
        write_people(tmp_path, [row(1)])
        engine = make_engine(tmp_path)
        engine.tick(MONDAY)
        write_people(tmp_path, [row(1), row(2)])
        engine.stored.prefer("2", Preference(channel="microsoft365"))
        look(engine, MONDAY + TWO_DAYS)
        for now in (MONDAY + TWO_DAYS, MONDAY + TWO_DAYS + timedelta(hours=1)):
            engine.tick(now)
        blocks = [(one.channel, one.since) for one in engine.plan(now).held if one.kind == "block"]
        assert blocks == [("exchange", MONDAY), ("microsoft365", MONDAY + TWO_DAYS)]
        engine.close()
