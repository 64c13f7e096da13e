"""`history` answers "I got no letter": what came, what was chosen, and why nothing goes now."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from culture.people import Preference
from culture.relay.deeds import SERVICE, Deed, Did
from culture.relay.learning import Outcome
from culture.relay.schedule import RelayRecords
from service.answers.history import history_end, history_rows, history_value, why
from service.answers.quiet import quiet
from service.answers.show import plan_lines
from service.engine.choices_log import choose
from service.engine.engine import Engine
from store.archive import Folded
from store.letters import LetterRecord
from tests.cli_values import Command
from tests.report_values import learning, turn
from tests.service_values import MONDAY, approve_all, live, look, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2), row(3)])
    made = make_engine(tmp_path)
    live(made, MONDAY)
    yield made
    made.close()


def rows(engine: Engine, person_id: str = "1", now: datetime = MONDAY) -> list[dict[str, str]]:
    world = engine.plan(now).world
    return history_rows(engine, world, world.organisation.people[person_id], "en")


def codes(engine: Engine, person_id: str = "1", now: datetime = MONDAY) -> list[dict[str, Any]]:
    found = engine.plan(now)
    return [one.value() for one in quiet(found, found.world.organisation.people[person_id])]


def end(engine: Engine, person_id: str = "1", now: datetime = MONDAY) -> list[str]:
    found = engine.plan(now)
    return list(history_end(engine, found, found.world.organisation.people[person_id], "en"))


def letter(*notices: str, kinds: tuple[str, ...]) -> Folded:
    return Folded(
        id="1", person="1", to="x@x.example", kinds=kinds, notices=notices, subject="", state="sent", settled_at=MONDAY
    )


def test_letters_and_choices_stand_in_the_order_in_which_they_happened(engine: Engine) -> None:
    choose(engine.stored, "1", Preference(time=time(8, 30), days=frozenset({1, 3})), "page", MONDAY + DAY)
    choose(engine.stored, "2", Preference(track="law"), "page", MONDAY + DAY)
    live(engine, MONDAY + 7 * DAY)
    choose(engine.stored, "1", Preference(stopped=True), "stop", MONDAY + 8 * DAY)
    found = rows(engine, now=MONDAY + 8 * DAY)
    assert [(line["when"], line["why"], line["state"]) for line in found] == [
        ("2026-11-30 07:00", "welcome letter, the week's prompts (week 49)", "sent"),
        ("2026-12-01 07:00", "chosen on the personal page", ""),
        ("2026-12-07 07:00", "the week's prompts (week 50)", "sent"),
        ("2026-12-08 07:00", "chosen by the stop in a letter", ""),
    ]
    assert [line["what"] for line in found if not line["state"]] == [
        "at 08:30; Monday, Wednesday",
        "the usual time; the usual days; no letters",
    ]


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (letter("welcome/first/1", "tip/2026-W49/1", kinds=("welcome", "tip")), "welcome letter, the week's prompts (week 49)"),
        (letter("invite/0/1", kinds=("invite",)), "the block in the calendar: new or changed"),
        (letter("invite/3/1", kinds=("cancel",)), "the block in the calendar: called off"),
        (
            letter("slot/0.slot-2960d5/1", "slot/1.slot-3131/1", "eve/plan-1/1", kinds=("slot", "eve")),
            "a turn in the calendar: new, moved or called off, reminder of the day before (plan-1)",
        ),
        (letter("swap/r%2Fd-1.2/1", kinds=("swap",)), "question about a swap (r/d-1)"),
        (letter("overview/plan.2026-12-03.2026-12-03/1", kinds=("overview",)), "overview for facilitators (2026-12-03)"),
        (letter("revisit/chatbot.2026-12-03/1", kinds=("revisit",)), "something to judge again (2026-12-03)"),
        (letter("nonsense", "tip/soon/1", "overview/x/1", kinds=("tip",)), "the week's prompts"),
    ],
)  # fmt: skip
def test_why_is_words_and_never_a_key(letter: LetterRecord | Folded, said: str) -> None:
    assert why(letter, "en") == said


def test_why_is_the_same_in_danish() -> None:
    found = letter("welcome/first/1", "tip/2026-W49/1", kinds=("welcome", "tip"))
    assert why(found, "da") == "velkomstbrev, ugens prompter (uge 49)"


def test_who_gets_all_that_is_due_is_told_no_reason(engine: Engine) -> None:
    assert codes(engine) == []
    assert end(engine) == ["Their calendar to subscribe to changed last at 2026-11-30 07:00."]


def test_each_reason_that_the_person_chose_is_told(engine: Engine) -> None:
    chosen = Preference(stopped=True, channel="none", pause_until=date(2026, 12, 24))
    choose(engine.stored, "1", chosen, "page", MONDAY)
    assert codes(engine) == [
        {"code": "paused", "day": date(2026, 12, 24)},
        {"code": "stopped"},
        {"code": "no-channel"},
    ]
    assert end(engine) == [
        "Paused until 24 December 2026: no block in the calendar and no weekly letter before then.",
        "Has stopped the weekly letters: none is sent until they are started again.",
        'Has no block in the calendar, for the channel is "none".',
    ]
    found = codes(engine, now=MONDAY + 24 * DAY)  # the pause is over, and so long without a tick is held
    assert [one.get("kind", one["code"]) for one in found] == ["stopped", "no-channel", "clock"]


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ("2026-12-04", {"code": "absent", "day": date(2026, 12, 5)}),
        ("9999-12-31", {"code": "absent-for-long"}),
        ("2026-11-29", None),
    ],
)
def test_who_is_away_is_told_until_when(tmp_path: Path, engine: Engine, last: str, reason: Any) -> None:
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8") + '[people]\nabsences = "absences.csv"\n', "utf-8")
    (tmp_path / "absences.csv").write_text(f"person;from;to\n1;2026-11-27;{last}\n", "utf-8")
    look(engine)
    assert codes(engine) == ([reason] if reason else [])


def test_whose_row_is_missing_is_told_and_then_that_they_have_left(tmp_path: Path, engine: Engine) -> None:
    write_people(tmp_path, [row(2), row(3)])
    approve_all(engine, MONDAY + 60 * timedelta(minutes=1))
    live(engine, MONDAY + 2 * timedelta(hours=1))
    assert codes(engine, now=MONDAY + timedelta(hours=3)) == [{"code": "missing"}]
    live(engine, MONDAY + 7 * DAY)
    (left,) = codes(engine, now=MONDAY + 7 * DAY)
    assert left["code"] == "left"


def test_what_waits_for_the_window_and_what_is_held_is_told(tmp_path: Path) -> None:
    write_config(tmp_path, window="09:00-17:00")
    write_people(tmp_path, [row(1)])
    made = make_engine(tmp_path)
    choose(made.stored, "1", Preference(), "page", MONDAY)
    live(made, MONDAY + timedelta(hours=2))
    monday = MONDAY + 7 * DAY
    opens = monday + timedelta(hours=2)
    assert codes(made, now=monday) == [{"code": "window", "kind": "tip", "when": opens}]
    assert (
        end(made, now=monday)[-1]
        == "Waits for the sending window, which opens 2026-12-07 09:00: letters with the week's prompts."
    )
    assert [line for line in plan_lines(made.plan(monday), "en") if "window" in line] == [
        "Waiting for the sending window, which opens 2026-12-07 09:00, letters with the week's prompts: 1 (Person 1)"
    ]
    assert codes(made, now=monday + timedelta(hours=3)) == []
    made.close()
    write_config(tmp_path, transport="smtp")
    made = make_engine(tmp_path)
    (held,) = codes(made, now=monday + timedelta(hours=3))
    found = made.plan(monday + timedelta(hours=3)).held
    assert held in [{"code": "held", "kind": one.kind, "digest": one.digest} for one in found]
    made.close()


def test_the_value_is_data_in_every_language(engine: Engine) -> None:
    choose(engine.stored, "1", Preference(time=time(8, 30), stopped=True), "administrator", MONDAY + DAY)
    choose(engine.stored, "1", Preference(stopped=True), "page", MONDAY + 2 * DAY)
    choose(engine.stored, "2", Preference(stopped=True), "page", MONDAY)
    choose(engine.stored, "2", Preference(), "page", MONDAY + DAY)
    found = engine.plan(MONDAY + 2 * DAY)
    value = history_value(engine, found, found.world.organisation.people["1"])
    first, *chosen = value["entries"]
    assert (first["entry"], first["kinds"], first["state"]) == ("letter", ["welcome"], "sent")
    assert first["says"] == ["welcome/first/1", "tip/2026-W49/1"]
    assert [(one["when"].isoformat(), one["by"], one["chosen"]) for one in chosen] == [
        ("2026-12-01T07:00:00+01:00", "administrator", {"time": "08:30", "stopped": True}),
        ("2026-12-02T07:00:00+01:00", "page", {"time": None}),
    ]
    assert (value["calendar"]["channel"], value["quiet"]) == ("feed", [{"code": "stopped"}])
    other = history_value(engine, found, found.world.organisation.people["2"])["entries"]
    assert [one["chosen"] for one in other if one["entry"] == "choice"] == [{"stopped": True}, {"stopped": False}]


def test_how_easy_somebody_wants_it_is_in_no_history_nor_that_they_chose(engine: Engine) -> None:
    choose(engine.stored, "1", Preference(level="gentle"), "page", MONDAY + DAY)
    choose(engine.stored, "1", Preference(level="bold", dose="one"), "page", MONDAY + 2 * DAY)
    found = engine.plan(MONDAY + 2 * DAY)
    entries = history_value(engine, found, found.world.organisation.people["1"])["entries"]
    assert [one["chosen"] for one in entries if one["entry"] == "choice"] == [{"dose": "one"}]
    assert [
        line["what"] for line in rows(engine, now=MONDAY + 2 * DAY) if line["why"] == "chosen on the personal page"
    ] == ["one prompt a week"]


def test_what_the_records_of_the_relay_hold_of_a_person_is_told_and_nothing_of_others(engine: Engine) -> None:
    made = turn(1, "plan", date(2026, 12, 3), "1")

    def deed(day: int, by: str, what: Did, **changes: Any) -> Deed:
        return Deed(at=MONDAY + day * DAY, by=by, what=what, **changes)

    passed = replace(
        made, deeds=(deed(0, SERVICE, Did.ASSIGNED, about="x"), deed(1, "1", Did.PASSED), deed(2, "3", Did.VOLUNTEERED))
    )
    taken = replace(made, id="plan-2", presenter="2", deeds=(deed(3, "2", Did.SWAP_ASKED), deed(4, "1", Did.SWAPPED)))
    named, nameless = learning(made, Outcome.WORKED, show_name=True), learning(taken, Outcome.WORKED, person="1")
    records = RelayRecords(turns={"a": passed, "b": taken}, learnings={"a": named, "b": nameless})
    world = engine.plan(MONDAY).world.having(records)
    who = world.organisation.people["1"]
    told = [(line["what"], line["why"]) for line in history_rows(engine, world, who, "en") if not line["state"]]
    assert told == [
        ('Person 1 gets the challenge "" (plan-1)', "happened by itself"),
        ("passed the turn on (plan-1)", "did that themselves"),
        ("said yes to a swap (plan-2)", "did that themselves"),
        ("wrote down what was learned (plan-1)", "did that themselves"),
    ]


def test_the_command_tells_of_a_stop_and_why_nothing_goes(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    make_engine(tmp_path).close()
    here = Command(tmp_path)
    here("run", "--once")
    assert here("people", "set", "1", "--stop", "--time", "08:30").status == 0
    said = here("history", "1").out
    assert "kl. 08:30; ingen breve" in said
    assert "valgt med aikultur people set" in said
    assert said.splitlines()[-1] == "Har stoppet ugebrevene: der sendes ingen, før de startes igen."
    value = json.loads(here("history", "1", "--json").out)
    assert [one["code"] for one in value["quiet"]] == ["stopped"]
    moments = [datetime.fromisoformat(one["when"]) for one in value["entries"]]
    assert {moment.utcoffset() is None for moment in moments} == {False}
    assert all("T" in one["when"] for one in value["entries"])
