from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.engine import daily_backup
from store.database import Database
from store.restore import TooEarly, records_at
from tests.service_values import MONDAY
from tests.store_values import Clock


def test_a_generation_is_finished_once_a_day_and_kept_for_seven(tmp_path: Path) -> None:
    clock = Clock(MONDAY)
    zone = ZoneInfo("Europe/Copenhagen")
    with Database(tmp_path, clock=clock) as db:
        for day in range(12):
            clock.now = MONDAY + timedelta(days=day)
            assert daily_backup.due(db, clock.now, zone) == (day > 0)
            db.table("t").put(str(day), {})
            if daily_backup.due(db, clock.now, zone):
                assert daily_backup.back_up(db, clock.now)
            assert not daily_backup.due(db, clock.now, zone)
        for ago in range(8):
            assert len(records_at(tmp_path, clock.now - timedelta(days=ago)).tables["t"]) == 12 - ago
        with pytest.raises(TooEarly):
            records_at(tmp_path, clock.now - timedelta(days=9))


def test_a_day_on_which_nothing_was_written_makes_no_backup(tmp_path: Path) -> None:
    clock = Clock(MONDAY)
    with Database(tmp_path, clock=clock) as db:
        assert not daily_backup.back_up(db, MONDAY + timedelta(days=1))
        assert not (tmp_path / "backups").exists()


def test_the_day_turns_in_the_organisations_zone(tmp_path: Path) -> None:
    with Database(tmp_path, clock=Clock(datetime(2026, 11, 30, 22, 30, tzinfo=UTC))) as db:
        later = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
        assert daily_backup.due(db, later, ZoneInfo("Europe/Copenhagen"))
        assert not daily_backup.due(db, later, ZoneInfo("UTC"))
