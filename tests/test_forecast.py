"""The forecast is the service itself on a copy in memory: what it says is what `run --once` then writes."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.answers.forecast import coming_lines, coming_value, forecast
from service.engine.engine import Engine
from store.database import open_database
from store.imagined import ImaginedSpool, imagined
from store.spool import Spool
from tests.forecast_values import play
from tests.service_values import MONDAY, approve_all, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.year

WEEK = timedelta(weeks=1)
SUNDAY = MONDAY - timedelta(hours=15)


@pytest.mark.parametrize("seed", [0, 22, 27])
def test_what_is_foreseen_is_what_is_written(tmp_path: Path, seed: int) -> None:
    """Over a week and the day after: so each weekly letter and each meeting comes once."""
    played = play(seed, tmp_path, days=8)
    assert played.written
    assert played.foreseen == played.written


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, [row(1), row(2, department="jura")])
    return make_engine(tmp_path)


def test_on_the_sunday_before_no_letter_is_foreseen_that_the_welcome_carries(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    coming = [one for one in forecast(engine, SUNDAY, SUNDAY + WEEK) if one.letters]
    assert [(one.at, [letter.kinds[0] for letter in one.letters]) for one in coming] == [(MONDAY, ["welcome"] * 2)]
    live(engine, MONDAY)
    assert [one for one in forecast(engine, SUNDAY, SUNDAY + WEEK) if one.letters] == []
    engine.close()


def test_nothing_is_written_by_looking_ahead(engine: Engine, tmp_path: Path) -> None:
    live(engine, MONDAY)
    before = engine.database.storage.read()
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(list(forecast(engine, MONDAY, MONDAY + WEEK))) > 7
    assert engine.database.storage.read() == before
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
    engine.close()


def test_what_will_be_held_is_said_once_on_the_day_on_which_it_begins(engine: Engine) -> None:
    welcomes = "30 November 2026, HELD, welcome letters: 2, because: the first of this kind by smtp"
    told = [
        f"{day}, letters about what is held: 1 (mette@x.example)" for day in ("30 November 2026", "1 December 2026")
    ]
    lines = list(coming_lines(forecast(engine, SUNDAY, MONDAY + WEEK), engine.zone, "en"))
    subject = '    "Venter på dig: velkomstbreve" 1'
    assert lines[:5] == [told[0], subject, welcomes, told[1], subject]
    assert {line.partition(", ")[2] for line in lines[5::2]} == {told[0].partition(", ")[2]}  # and so each working day
    approve_all(engine, MONDAY)
    tips = "7 December 2026, HELD, letters with the week's prompts: 2, because: the first of this kind by smtp"
    welcomed = "30 November 2026, welcome letters: 2 (Person 1, Person 2)"
    assert list(coming_lines(forecast(engine, MONDAY, MONDAY + WEEK), engine.zone, "en")) == [
        welcomed,
        '    "Velkommen til AI-tid" 2',
        "7 December 2026, letters about what is held: 1 (mette@x.example)",
        '    "Venter på dig: breve med ugens prompter" 1',
        tips,
    ]
    engine.close()


def test_a_program_gets_each_letter_with_whom_it_is_for(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    coming = [coming_value(one) for one in forecast(engine, MONDAY, MONDAY + WEEK) if one.letters]
    (letter,) = coming[0]["letters"]
    assert coming[0]["at"] == "2026-12-07T06:00:00+00:00"
    assert (letter["kinds"], letter["person"], letter["to"]) == (["tip"], "1", "p1@x.example")
    engine.close()


def test_a_copy_in_memory_is_changed_without_what_it_was_made_of(tmp_path: Path) -> None:
    with open_database(tmp_path) as database:
        database.table("one").put("a", {"n": 1})
        copy = imagined(database)
        with copy.batch():
            copy.table("one").merge("a", {"n": 2})
            copy.table("one").put("b", {"n": 3})
        database.table("one").put("c", {"n": 4})
        assert copy.storage.read() == {"one": {"a": {"n": 2}, "b": {"n": 3}}}
        assert database.storage.read() == {"one": {"a": {"n": 1}, "c": {"n": 4}}}


def test_letters_in_memory_lie_beside_those_on_the_disk(tmp_path: Path) -> None:
    disk = Spool(tmp_path)
    (there,) = disk.append("2026-W49", [b"on the disk"])
    spool = ImaginedSpool(disk)
    (here,) = spool.append("2026-W49", [b"in memory"])
    assert (spool.read(there), spool.read(here)) == (b"on the disk", b"in memory")
    assert disk.segments() == ["2026-W49"]
