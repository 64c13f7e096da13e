"""What a plan lets go today and what it leaves until tomorrow."""

from datetime import timedelta
from pathlib import Path

import pytest

from store import records
from tests.relay_values import at, make_place
from tests.service_values import live, look, make_engine

TUESDAY = at(8)
"""Two days before the meeting of 10 December, nine days before the one of the 17th."""


@pytest.mark.parametrize(("meeting", "goes"), [("2026-12-10", True), ("2026-12-17", False)])
def test_a_second_letter_about_a_turn_waits_until_tomorrow_unless_the_meeting_is_near(
    tmp_path: Path, meeting: str, goes: bool
) -> None:
    make_place(tmp_path)
    engine = make_engine(tmp_path)
    for day in range(8):
        live(engine, TUESDAY - timedelta(days=8 - day))
    turn = next(
        one for one in engine.stored.relay().turns.values() if one.starts and f"{one.starts:%Y-%m-%d}" == meeting
    )
    engine.database.table(records.TURN_LETTERS).put(turn.presenter, {"day": "2026-12-08"})
    file = tmp_path / "config.toml"
    text = file.read_text("utf-8")
    changes = f"changes = [{{ on = {meeting}, to = {meeting}T10:00:00 }}]\n"
    file.write_text(text.replace('place = "Lokale 1"\n', f'place = "Lokale 1"\n{changes}'), "utf-8")
    look(engine)
    found = engine.plan(TUESDAY)
    going = [job.kind for job in found.letters if job.person.id == turn.presenter]
    waiting = [job.kind for job in found.waiting if job.person.id == turn.presenter]
    assert ("slot" in going, "slot" in waiting) == (goes, not goes)
    engine.close()
