"""What a plan lets go today and what it leaves until tomorrow."""

from datetime import datetime, timedelta
from pathlib import Path

from service.answers.show import plan_lines
from service.planning.jobs import Job
from service.planning.kinds import OWN_TURN
from service.relay.records import relay_records
from store import records
from tests.relay_values import at, make_place
from tests.service_values import live, look, make_engine

THURSDAY = at(3)
"""The challenge for the meeting of the 17th is given."""


def plan_after(folder: Path, meeting: str, now: datetime, changes: str = "") -> tuple[set[str], set[str]]:
    """What goes and what waits at `now` for the presenter of that meeting, who has had a letter about a turn today."""
    make_place(folder)
    engine = make_engine(folder)
    for day in range(8, 0, -1):
        live(engine, now - timedelta(days=day))
    turns = relay_records(engine.stored).turns.values()
    turn = next(one for one in turns if one.starts and f"{one.starts:%Y-%m-%d}" == meeting)
    engine.database.table(records.TURN_LETTERS).put(turn.presenter, {"day": str(now.date())})
    file = folder / "config.toml"
    text = file.read_text("utf-8").replace('place = "Lokale 1"\n', f'place = "Lokale 1"\n{changes}')
    file.write_text(text, "utf-8")
    look(engine)
    found = engine.plan(now)
    engine.close()
    # The window is open: whoever waits has had a letter today, and it is said so.
    waits = [line.partition(",")[0] for line in plan_lines(found, "en") if line.startswith("Waiting")]
    assert set(waits) == ({"Waiting until tomorrow"} if found.waiting else set())
    going, waiting = (
        {kind for job in jobs if job.person.id == turn.presenter for kind in job.kinds}
        for jobs in (found.letters, (one for one in found.waiting if isinstance(one, Job)))
    )
    return going & OWN_TURN, waiting & OWN_TURN


def test_a_second_letter_about_a_turn_waits_until_tomorrow(tmp_path: Path) -> None:
    assert plan_after(tmp_path, "2026-12-17", THURSDAY) == (set(), {"assignment"})


def test_a_new_time_does_not_wait_for_the_next_day(tmp_path: Path) -> None:
    moved = "changes = [{ on = 2026-12-17, to = 2026-12-17T10:00:00 }]\n"
    assert plan_after(tmp_path, "2026-12-17", at(8), moved) == ({"slot"}, set())
