from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.engine import daily_backup
from service.engine.opening import opened
from store.database import Database
from store.restore import TooEarly, records_at
from tests.cli_values import example
from tests.json_values import MONDAY, At
from tests.store_values import Clock

pytestmark = pytest.mark.slow


def test_a_generation_is_finished_once_a_day_and_kept_for_seven(tmp_path: Path) -> None:
    clock = Clock(MONDAY)
    with Database(tmp_path, clock=clock) as db:
        for day in range(12):
            clock.now = MONDAY + timedelta(days=day)
            db.table("t").put(str(day), {})
            assert daily_backup.back_up(db, clock.now)
        for ago in range(8):
            assert len(records_at(tmp_path, clock.now - timedelta(days=ago)).tables["t"]) == 12 - ago
        with pytest.raises(TooEarly):
            records_at(tmp_path, clock.now - timedelta(days=9))


def test_a_day_on_which_nothing_was_written_makes_no_backup(tmp_path: Path) -> None:
    clock = Clock(MONDAY)
    with Database(tmp_path, clock=clock) as db:
        assert not daily_backup.back_up(db, MONDAY + timedelta(days=1))
        assert not (tmp_path / "backups").exists()


def test_the_day_turns_in_the_organisations_zone() -> None:
    before, later = datetime(2026, 11, 30, 22, 30, tzinfo=UTC), datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert daily_backup.due(before, later, ZoneInfo("Europe/Copenhagen"))
    assert not daily_backup.due(before, later, ZoneInfo("UTC"))


def test_an_upkeep_by_a_clock_that_was_wrong_does_not_put_off_the_next_for_years() -> None:
    assert daily_backup.due(MONDAY + timedelta(days=900), MONDAY, ZoneInfo("Europe/Copenhagen"))


@pytest.mark.parametrize("days", [0, 1, 2])
def test_it_is_done_once_a_day_whatever_else_begins_a_generation(tmp_path: Path, days: int) -> None:
    """An erasure does, a disk that refused, an upgrade, and a backup put back; the disk's clock may be any."""
    example(tmp_path)
    at = At(tmp_path, language="en")
    at.do("run", "--once")
    for day in range(days):
        with opened(tmp_path / "config.toml") as engine:
            engine.database.table("links").put(str(day), {})
            assert engine.database.compact()
            before = engine.database.generation
        at = replace(at, now=MONDAY + timedelta(days=day + 1))
        for _ in range(2):
            at.do("run", "--once")
    with opened(tmp_path / "config.toml") as engine:
        assert engine.database.generation == (before + 1 if days else 1)
