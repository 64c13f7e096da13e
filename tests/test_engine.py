"""The tick on a real store: what it does, what it leaves alone, and what the fuse makes it hold."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from culture.people import Preference
from culture.workdays import Week
from service.engine.engine import Engine
from service.planning import held_letters
from store import records
from tests.service_values import (
    MONDAY,
    approve_all,
    claim_all,
    held_keys,
    keys,
    live,
    look,
    make_engine,
    row,
    write_config,
    write_people,
)

pytestmark = pytest.mark.slow

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
Start = Callable[[], Engine]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the service on the files in the test's folder; what it started before has ended then."""
    with contextlib.ExitStack() as stack:

        def begin() -> Engine:
            stack.close()
            engine = make_engine(tmp_path)
            stack.callback(engine.close)
            return engine

        yield begin


def numbered(first: int, last: int) -> list[str]:
    return [row(number) for number in range(first, last + 1)]


def welcomes(first: int, last: int) -> set[str]:
    return {f"welcome/first/{number}" for number in range(first, last + 1)}


def tips(week: str, first: int, last: int) -> set[str]:
    return {f"tip/{week}/{number}" for number in range(first, last + 1)}


# --- the tick


def test_a_second_tick_does_nothing_and_leaves_the_bytes_of_the_store(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [*numbered(1, 4), row(5, department="jura")])
    engine = start()
    engine.stored.prefer("5", Preference(channel="invite"))
    assert not live(engine, MONDAY).does_nothing()
    before = contents(tmp_path / "var")
    again = [live(engine, moment) for moment in (MONDAY, MONDAY + HOUR)]
    after_a_start = live(start(), MONDAY + 2 * HOUR)
    assert [found.does_nothing() for found in (*again, after_a_start)] == [True] * 3
    assert contents(tmp_path / "var") == before


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_new_time_of_one_person_changes_their_feed_and_no_other(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 20))
    engine = start()
    assert set(live(engine, MONDAY).feeds) == {str(number) for number in range(1, 21)}
    write_people(tmp_path, [row(7, at="08:15") if text == row(7) else text for text in numbered(1, 20)])
    changed = live(engine, MONDAY + HOUR)
    engine.stored.prefer("9", Preference(days=frozenset({1, 2})))
    chosen = live(engine, MONDAY + 2 * HOUR)
    assert ([*changed.feeds], [*chosen.feeds]) == (["7"], ["9"])
    assert changed.letters == chosen.letters == ()


def test_a_broken_text_for_one_department_holds_only_its_letters_back(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [*numbered(1, 3), row(4, department="jura"), row(5, department="jura")])
    own = tmp_path / "own-templates" / "mail" / "da" / "vitamin" / "welcome.txt.j2"
    own.parent.mkdir(parents=True)
    broken = '{% set subject %}Hej{% endset %}{% if reader.person.department == "jura" %}{{ nobody }}{% endif %}Hej'
    own.write_text(broken, "utf-8")
    engine = start()
    live(engine, MONDAY)
    assert {letter.person for letter in engine.letters()} == {"1", "2", "3"}
    assert {(fault.file, "Person" in fault.sentence.fields["name"]) for fault in engine.aside.faults} == {
        ("mail/da/vitamin/welcome.txt.j2", True)
    }
    own.write_text(broken.replace("{{ nobody }}", "Hej jura"), "utf-8")
    mended = live(engine, MONDAY + HOUR)
    assert keys(mended) == welcomes(4, 5)
    assert {letter.person for letter in engine.letters() if letter.state == "sent"} == {"1", "2", "3", "4", "5"}


# --- when letters leave


def test_outside_the_window_nothing_is_claimed(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path, window="08:00-17:00")
    write_people(tmp_path, numbered(1, 3))
    engine = start()
    live(engine, MONDAY - WEEK + HOUR)
    write_people(tmp_path, numbered(1, 4))
    early = live(engine, MONDAY + HOUR - timedelta(seconds=1))
    due = tips("2026-W49", 1, 3) | welcomes(4, 4)
    assert (keys(early), {job.key for job in early.waiting}) == (set(), due)
    assert keys(live(engine, MONDAY + HOUR)) == due


def test_a_queue_that_outlasts_the_window_is_claimed_when_it_opens_again(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path, window="07:00-08:00")
    write_people(tmp_path, numbered(1, 3))
    engine = start()
    live(engine, MONDAY - WEEK)
    found = engine.tick(MONDAY + HOUR - timedelta(seconds=1))
    assert keys(found) == tips("2026-W49", 1, 3)
    first = engine.claim_some(MONDAY + HOUR - timedelta(seconds=1), room=1)
    rest = claim_all(engine, MONDAY + HOUR)
    assert (len(first), rest) == (1, [])
    assert len(engine.tick(MONDAY + HOUR).waiting) == 2


def test_a_tip_a_day_late_is_counted_as_too_late_and_never_sent(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path, window="06:00-17:00")
    write_people(tmp_path, numbered(1, 3))
    engine = start()
    live(engine, MONDAY - WEEK)
    in_time = engine.plan(MONDAY + DAY - timedelta(seconds=1))
    late = live(engine, MONDAY + DAY)
    assert (keys(in_time), in_time.too_late) == (tips("2026-W49", 1, 3), ())
    assert {notice.key for notice in late.too_late} == tips("2026-W49", 1, 3)
    assert (late.letters, late.waiting) == ((), ())
    assert keys(live(engine, MONDAY + WEEK)) == tips("2026-W50", 1, 3)


def test_nobody_gets_a_third_counted_letter_in_a_week(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 3))
    engine = start()
    live(engine, MONDAY - WEEK)
    for person_id, letters in (("1", 2), ("2", 1)):
        engine.database.table(records.WEEKS).put(f"2026-W49/{person_id}", {"files": letters})
    assert keys(live(engine, MONDAY)) == tips("2026-W49", 2, 3)
    counts = [engine.stored.letters_in(Week.of(MONDAY.date()), str(number), "file") for number in (1, 2, 3)]
    assert counts == [2, 2, 1]
    assert keys(live(engine, MONDAY + WEEK)) == tips("2026-W50", 1, 3)


# --- the fuse


def test_the_first_letters_by_smtp_are_held_and_exactly_those_approved_go(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, numbered(1, 3))
    engine = start()
    found = engine.tick(MONDAY)
    assert (keys(found), held_keys(found)) == (set(), {"welcome": welcomes(1, 3)})
    assert [engine.letter(key).kinds for key in claim_all(engine, MONDAY)] == [("held",)]
    approve_all(engine, MONDAY)
    write_people(tmp_path, numbered(1, 4))
    look(engine, MONDAY + HOUR)
    found = engine.tick(MONDAY + HOUR)
    assert (keys(found), held_keys(found)) == (welcomes(1, 3), {"welcome": welcomes(4, 4)})
    assert len(claim_all(engine, MONDAY + HOUR)) == 3
    # The kind is known on this transport from now on, so the next few need nobody's approval.
    assert keys(engine.tick(MONDAY + 2 * HOUR)) == welcomes(4, 4)


def test_a_people_file_that_lost_a_quarter_waits_as_a_whole_until_it_is_approved(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path, channel="invite")
    write_people(tmp_path, numbered(1, 20))
    engine = start()
    live(engine, MONDAY)
    write_people(tmp_path, numbered(6, 21))
    held = live(engine, MONDAY + HOUR)
    assert held_keys(held) == {"people": {f"leave/{number}" for number in range(1, 6)}}
    assert keys(held) == set()
    assert [person for person in engine.stored.known().values() if person.gone] == []
    approve_all(engine, MONDAY + 2 * HOUR)
    missing = live(engine, MONDAY + 2 * HOUR)
    assert ({person.id for person in missing.census.vanished}, missing.held) == ({"1", "2", "3", "4", "5"}, ())
    assert keys(missing) == {*welcomes(21, 21), "invite/0/21"}
    left = live(engine, MONDAY + 2 * DAY)
    assert keys(left) == {f"invite/1/{number}" for number in range(1, 6)}  # their series are cancelled


def test_two_may_leave_any_time(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 4))
    engine = start()
    live(engine, MONDAY)
    write_people(tmp_path, numbered(3, 4))
    found = live(engine, MONDAY + HOUR)
    assert ({person.id for person in found.census.vanished}, found.held) == ({"1", "2"}, ())


@pytest.mark.parametrize(("leavers", "held"), [(10, False), (11, True)])
def test_more_than_ten_cancellations_are_held(tmp_path: Path, start: Start, leavers: int, held: bool) -> None:
    write_config(tmp_path, channel="invite")
    write_people(tmp_path, numbered(1, 12))
    engine = start()
    live(engine, MONDAY)
    for number in range(1, leavers + 1):
        engine.stored.prefer(str(number), Preference(channel="feed"))
    cancels = {f"invite/1/{number}" for number in range(1, leavers + 1)}
    engine.stored.prefer("12", Preference(time=time(9, 0)))
    found = live(engine, MONDAY + HOUR)
    assert held_keys(found) == ({"cancel": cancels} if held else {})
    assert keys(found) == {"invite/1/12"} | (set() if held else cancels)
    approve_all(engine, MONDAY + 2 * HOUR)
    assert keys(live(engine, MONDAY + 2 * HOUR)) == (cancels if held else set())


@pytest.mark.parametrize(("welcomed", "held"), [(True, False), (False, True)])
def test_many_more_letters_than_in_the_weeks_before_are_held_but_for_those_who_were_let_in(
    tmp_path: Path, start: Start, welcomed: bool, held: bool
) -> None:
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, numbered(1, 20))
    engine = start()
    for moment in (MONDAY, MONDAY + WEEK):  # welcomes, then tips; both for the first time by smtp
        approve_all(engine, moment)
        engine.tick(moment)
        assert len(claim_all(engine, moment)) == 20
    write_people(tmp_path, numbered(1, 31))
    approve_all(engine, MONDAY + WEEK + DAY)
    engine.tick(MONDAY + WEEK + DAY)
    claim_all(engine, MONDAY + WEEK + DAY)
    if not welcomed:  # as if they had been here for long, and had come back to the letters all at once
        before = (replace(one, first_seen=MONDAY - 8 * WEEK) for one in engine.stored.known().values())
        engine.stored.write_all(records.PEOPLE, {one.id: records.from_known(one) for one in before})
    everybody = tips("2026-W51", 1, 31)
    found = engine.tick(MONDAY + 2 * WEEK)
    assert held_keys(found) == ({"tip": everybody} if held else {})
    assert keys(found) == (set() if held else everybody)
    approve_all(engine, MONDAY + 2 * WEEK + HOUR)
    assert keys(engine.tick(MONDAY + 2 * WEEK + HOUR)) == everybody


# --- a clock that cannot be right, and files that cannot be read


@pytest.mark.parametrize("moved", [timedelta(hours=-1, seconds=-1), timedelta(days=8, seconds=1), timedelta(days=9)])
def test_a_clock_that_jumped_holds_everything_until_it_is_approved(
    tmp_path: Path, start: Start, moved: timedelta
) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 2))
    engine = start()
    live(engine, MONDAY)
    write_people(tmp_path, numbered(1, 4))
    before = contents(tmp_path / "var")
    held = live(engine, MONDAY + moved)
    assert [one.kind for one in held.held] == ["clock"]
    assert (held.does_nothing(), contents(tmp_path / "var") == before, engine.last_tick) == (True, True, MONDAY)
    approve_all(engine, MONDAY + moved)
    found = live(engine, MONDAY + moved)
    joined = set() if moved < timedelta() else welcomes(3, 4)  # before seven nobody is welcomed
    assert (keys(found), found.held, engine.last_tick) == (joined, (), MONDAY + moved)


@pytest.mark.parametrize("moved", [timedelta(hours=-1), timedelta(days=8)])
def test_a_clock_within_bounds_holds_nothing(tmp_path: Path, start: Start, moved: timedelta) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 2))
    engine = start()
    live(engine, MONDAY)
    assert live(engine, MONDAY + moved).held == ()


@pytest.mark.parametrize("broken", [b"", b"this is no table\n", b"number;name\n1;Person 1\n", None])
def test_a_faulty_people_file_keeps_the_last_good_people(tmp_path: Path, start: Start, broken: bytes | None) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 5))
    engine = start()
    live(engine, MONDAY - WEEK)
    file = tmp_path / "people.csv"
    file.unlink()
    if broken is not None:
        file.write_bytes(broken)
    running = live(engine, MONDAY)
    started_again = start()
    found = started_again.plan(MONDAY)
    for one in (running, found):
        assert (bool(one.census), one.held, {fault.file for fault in one.faults}) == (False, (), {"people.csv"})
    assert keys(running) == tips("2026-W49", 1, 5)
    assert [person for person in started_again.stored.known().values() if person.gone] == []
    write_people(tmp_path, numbered(1, 5))
    assert (live(started_again, MONDAY + HOUR).faults, started_again.inputs.faults) == ((), ())


def test_a_faulty_row_is_said_and_whoever_it_is_about_has_not_left(tmp_path: Path, start: Start) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 5))
    engine = start()
    live(engine, MONDAY - WEEK)
    write_people(tmp_path, [row(1, at="half past"), *numbered(2, 6)])
    found = live(engine, MONDAY)
    assert ([fault.place for fault in found.faults], found.census.vanished) == (["2:time"], ())
    assert keys(found) == tips("2026-W49", 1, 5) | welcomes(6, 6)


def test_a_look_at_files_that_nobody_touched_reads_nothing_also_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path)
    write_people(tmp_path, numbered(1, 2))
    monkeypatch.chdir(tmp_path)
    engine = make_engine(Path())
    before = engine.look(MONDAY)
    write_people(tmp_path, numbered(1, 3))
    assert (before, engine.look(MONDAY), engine.look(MONDAY)) == (False, True, False)
    engine.close()


def test_what_stood_in_a_letter_with_something_that_became_too_late_is_said_in_the_next(tmp_path: Path) -> None:
    write_config(tmp_path, transport="smtp")  # to a server that is not there
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as config:
        config.write("[leaders]\nenabled = true\n")
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    live(engine, MONDAY + DAY)  # the contact is asked on the day after the first letter
    letter = next(one for one in engine.letters() if one.state == "claimed")
    assert [key.partition("/")[0] for key in letter.notices] == ["held", "open-questions"]
    later = MONDAY + DAY + held_letters.LATENESS
    live(engine, later)
    assert any(key in job.keys for job in engine.plan(later).letters for key in letter.notices[1:])
    engine.close()
