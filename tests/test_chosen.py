"""What people chose is kept with the choice itself, for as long as their letters are."""

import ast
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from culture.choice import Choice, difference
from culture.people import NO_PREFERENCE, Preference
from service.acts.page_acts import carry_out
from service.acts.requests import PageChoice
from service.engine.choices_log import choices_of, choose
from service.engine.engine import Engine
from service.engine.retention import archive_of, forget_people, let_go
from service.engine.table_row import KEEP
from store import records
from tests.service_values import MONDAY, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
MINUTE = timedelta(minutes=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    made = make_engine(tmp_path)
    live(made, MONDAY)
    yield made
    made.close()


def of(engine: Engine, person_id: str = "1") -> list[tuple[datetime, Choice]]:
    return choices_of(engine.database, person_id)


def test_a_choice_is_kept_with_its_new_values_its_moment_and_its_way(engine: Engine) -> None:
    carry_out(engine, PageChoice(person_id="1", changes={"time": time(8, 30), "track": None}), MONDAY)
    carry_out(engine, PageChoice(person_id="2", changes={"language": "en"}), MONDAY)
    carry_out(engine, PageChoice(person_id="1", changes={"time": None, "stopped": True}, by="stop"), MONDAY + MINUTE)
    assert of(engine) == [
        (MONDAY, Choice(by="page", fields=("time",), chosen=Preference(time=time(8, 30)))),
        (MONDAY + MINUTE, Choice(by="stop", fields=("time", "stopped"), chosen=Preference(stopped=True))),
    ]


def test_what_changes_nothing_is_no_choice(engine: Engine) -> None:
    for minute in range(3):
        carry_out(engine, PageChoice(person_id="1", changes={"stopped": True}, by="stop"), MONDAY + minute * MINUTE)
    assert [moment for moment, _ in of(engine)] == [MONDAY]
    choose(engine.stored, "2", NO_PREFERENCE, "page", MONDAY)
    assert of(engine, "2") == []


def test_two_choices_at_one_moment_are_both_kept(engine: Engine) -> None:
    for track in ("law", "it", None):
        choose(engine.stored, "1", Preference(track=track), "administrator", MONDAY)
    assert [choice.chosen.track for _, choice in of(engine)] == ["law", "it", None]


def test_the_choice_and_its_record_are_one_line_of_the_journal(engine: Engine) -> None:
    before = journal(engine)
    choose(engine.stored, "1", Preference(stopped=True), "page", MONDAY)
    (line,) = journal(engine)[len(before) :]
    assert records.PREFERENCES in line
    assert records.CHOICES in line


def journal(engine: Engine) -> list[str]:
    files = sorted((engine.folder / "store").glob("journal*"))
    return [line for file in files for line in file.read_text("utf-8").splitlines() if records.PREFERENCES in line]


def test_choices_go_after_400_days_and_with_their_person(engine: Engine) -> None:
    choose(engine.stored, "1", Preference(stopped=True), "page", MONDAY - KEEP - MINUTE)
    choose(engine.stored, "1", Preference(stopped=False), "page", MONDAY - KEEP)
    choose(engine.stored, "left", Preference(stopped=True), "page", MONDAY)
    let_go(engine, MONDAY)
    assert [moment for moment, _ in of(engine)] == [MONDAY - KEEP]
    engine.database.table(records.PEOPLE).put("left", {"gone": "2020-01-06"})
    assert forget_people(engine.database, archive_of(engine), MONDAY, engine.links.mark) == 1
    assert (len(of(engine)), of(engine, "left")) == (1, [])


def test_a_record_that_cannot_be_read_hides_no_other(engine: Engine) -> None:
    choose(engine.stored, "1", Preference(stopped=True), "page", MONDAY)
    for key, document in (("x", {}), ("2026-11-30T07:00:00+00:00/1", {"by": "page"})):
        engine.database.table(records.CHOICES).put(key, document)
    assert [moment for moment, _ in of(engine)] == [MONDAY]


def test_a_choice_taken_back_differs_with_nothing_in_it() -> None:
    found = difference(Preference(track="law", stopped=True), Preference(stopped=True), "page")
    assert found == Choice(by="page", fields=("track",), chosen=NO_PREFERENCE)


def test_nothing_in_the_service_writes_a_choice_past_its_record() -> None:
    """`Stored.prefer` alone would leave a choice of which nobody can say when it was made."""
    files = [file for file in (ROOT / "service").rglob("*.py") if file.name not in ("state.py", "choices_log.py")]
    texts = [(file.name, file.read_text("utf-8")) for file in files]
    calls = [
        name
        for name, text in texts
        if "prefer" in text  # whoever calls it writes its name: the others need not be parsed
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "prefer"
    ]
    assert (len(files) > 50, calls) == (True, [])
