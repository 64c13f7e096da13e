from datetime import timedelta
from pathlib import Path

from service import upkeep
from store import records
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people


def test_old_letters_are_forgotten_and_nobody_is_welcomed_or_told_twice(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    approve_all(engine, MONDAY)
    live(engine, MONDAY)
    (segment,) = engine.spool.segments()
    assert upkeep.let_go(engine.database, engine.spool, MONDAY + timedelta(days=399)) == 0
    assert upkeep.let_go(engine.database, engine.spool, MONDAY + timedelta(days=410)) == 2
    assert list(engine.letters()) == []
    assert engine.spool.segments() == []
    assert segment == "2026-W49"
    assert sorted(engine.database.table(records.NOTICES).keys()) == ["welcome/first/1", "welcome/first/2"]
    assert engine.database.table(records.WEEKS).keys() == []
    engine.last_tick = MONDAY + timedelta(days=411)
    assert [job.kind for job in engine.plan(MONDAY + timedelta(days=411)).letters if job.kind == "welcome"] == []
    engine.close()


def test_seven_backups_are_kept_the_newest(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    made = []
    for number in range(9):
        engine.database.table("t").put(str(number), {})
        made.append(upkeep.back_up(engine.database, tmp_path / "backups"))
    assert sorted((tmp_path / "backups").iterdir()) == sorted(made)[-7:]
    engine.close()
