"""Every record read as the service reads it."""

from pathlib import Path
from typing import Any

import pytest

from service.engine.typed import unreadable
from store.verify import verify
from tests.cli_values import Command
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people


def lived(folder: Path) -> None:
    """A store in which people have got their letters and blocks."""
    write_config(folder, channel="invite")
    write_people(folder, [row(1), row(2)])
    engine = make_engine(folder)
    live(engine, MONDAY)
    engine.close()


def test_what_the_service_wrote_can_be_read(tmp_path: Path) -> None:
    lived(tmp_path)
    tables = verify(tmp_path / "var/store", tmp_path / "var/spool").tables
    assert {"people", "letters", "notices", "prompts", "publications", "fuse"} <= tables.keys()
    assert list(unreadable(tables)) == []


@pytest.mark.parametrize(
    ("table", "key", "document"),
    [
        ("people", "1", {"email": "a@x.example"}),
        ("people", "1", []),
        ("prompts", "plan/hr/løn/2026-W49", {"days": {}}),
        ("prompts", "plan/all/2026-W49", {"days": {"x": ["a", 1]}}),
        ("letters", "1", {"state": "claimed"}),
        ("publications", "1", {}),
        ("turns", "plan-1", {"department": "plan"}),
        ("blocks", "1", {"nothing": "known"}),
        ("notices", "tip/2026-W49/1", {}),
        ("weeks", "2026-W49", {"letters": 1}),
        ("turn_letters", "1", {"day": "soon"}),
        ("fuse", "tip", {"weeks": {}}),
        ("preferences", "1", {"time": "25:00"}),
        ("free_minutes", "2026-W49/1", {"x": "y"}),
        ("choices", "2026-11-30T06:00:00+00:00/1", {"by": "page", "fields": ["shoes"], "chosen": {}}),
        ("choices", "2026-11-30T06:00:00+00:00/1", {"by": "nobody", "fields": [], "chosen": {}}),
        ("same", "p1-2", {"names": ["Anna Holm"]}),
        ("choices", "2026-11-30/1", {"by": "page", "fields": ["track"], "chosen": {}}),
    ],
)
def test_a_record_that_nobody_can_use_is_found(table: str, key: str, document: Any) -> None:
    assert [(one.table, one.key) for one in unreadable({table: {key: document}})] == [(table, key)]


def test_verify_says_which_record_cannot_be_read_and_ends_with_1(tmp_path: Path) -> None:
    lived(tmp_path)
    engine = make_engine(tmp_path)
    engine.database.table("letters").put("poison", {"state": "claimed"})
    engine.close()
    said = Command(tmp_path)("store", "verify")
    assert (said.status, said.err.partition(":")[0]) == (1, "Tabel letters, oplysning poison")
