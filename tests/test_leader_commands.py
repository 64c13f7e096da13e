"""`aikultur leaders`: who leads what, what is open, and which steps have come; and the pulse in a rehearsal."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from service.leaders.rehearsed import DOING
from service.messages.faults import Refused
from service.rehearsal.stage import ScriptedAct, Stage
from store.records import TALLIES
from tests.cli_values import Command
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow


def place(folder: Path) -> None:
    write_config(folder)
    path = folder / "config.toml"
    config = path.read_text("utf-8").replace('name = "Plan"\n', 'name = "Plan"\nmanager = "p1@x.example"\n')
    path.write_text(config + "\n[leaders]\nenabled = true\n", "utf-8")
    write_people(folder, [row(1), row(2)])


def test_the_list_shows_managers_open_questions_and_steps(tmp_path: Path) -> None:
    place(tmp_path)
    engine = make_engine(tmp_path)
    for days in (0, 7, 14):
        live(engine, MONDAY + timedelta(days=days, hours=1))
    engine.close()
    said = Command(tmp_path)("leaders", "list", "--json")
    assert said.status == 0, said.err
    found = json.loads(said.out)
    assert [(one["name"], one["departments"]) for one in found["managers"]] == [("Person 1", ["Plan"])]
    assert (found["open"], found["sheet"]) == (["vision", "jobs", "learning"], "2026-12-07")
    assert [(one["month"], one["day"]) for one in found["steps"]] == [("2026-12", "2026-12-14")]
    shown = Command(tmp_path)("leaders", "list").out
    assert "Person 1" in shown
    assert "2026-12" in shown


def test_a_rehearsal_answers_the_pulse_in_the_weeks_that_ask(tmp_path: Path) -> None:
    place(tmp_path)
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    stage = Stage(engine)
    asks, later = MONDAY + timedelta(days=14), MONDAY + timedelta(days=30)
    for count in (2, 3):
        DOING["pulse"](stage, ScriptedAct(at=asks, do="pulse", values={"answer": 4, "count": count}), asks)
    assert {key: one["count"] for key, one in engine.database.storage.documents(TALLIES)} == {"pulse/2026-W51/4": 5}
    for values, when in (({"answer": 7}, asks), ({"answer": 4, "count": "mange"}, asks), ({"answer": 4}, later)):
        with pytest.raises(Refused):
            DOING["pulse"](stage, ScriptedAct(at=when, do="pulse", values=values), when)
    engine.close()
