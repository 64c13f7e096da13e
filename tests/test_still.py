"""A file is acted on when it has stood still: what is half copied is nobody's leaving, and no cancelled calendar."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.daemon.once import once
from service.engine import still
from service.engine.engine import Engine
from service.engine.still import STILL
from service.engine.stillness import TRIES, refuse_unrest, wait_until_still
from service.messages.faults import Refused
from tests.service_values import MONDAY, keys, live, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
EVERYBODY = [row(number) for number in range(1, 9)]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    write_config(tmp_path, channel="invite")
    write_people(tmp_path, EVERYBODY)
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    yield engine
    engine.close()


def there(engine: Engine) -> set[str]:
    return {key for key, one in engine.stored.known().items() if not one.gone}


def test_a_changed_people_file_is_read_when_two_looks_ten_seconds_apart_find_the_same(
    engine: Engine, tmp_path: Path
) -> None:
    write_people(tmp_path, EVERYBODY[:4])
    looks = [engine.look(MONDAY + seconds * SECOND) for seconds in (0, 5, 9)]
    write_people(tmp_path, EVERYBODY[:7])  # the copy goes on
    looks += [engine.look(MONDAY + seconds * SECOND) for seconds in (10, 15, 19, 20, 25)]
    assert looks == [False] * 6 + [True, False]


def test_a_file_that_is_whole_again_before_it_stood_still_was_never_cut_off(engine: Engine, tmp_path: Path) -> None:
    before = engine.stored.known()
    write_people(tmp_path, EVERYBODY[:4])
    assert not engine.look(MONDAY + HOUR)
    engine.tick(MONDAY + HOUR)
    write_people(tmp_path, EVERYBODY)
    live(engine, MONDAY + 2 * HOUR)
    assert engine.stored.known() == before


def test_a_config_that_is_cut_off_for_a_moment_cancels_nothing(engine: Engine, tmp_path: Path) -> None:
    """Right before [calendar] it is a valid one, in which nobody is invited."""
    config = tmp_path / "config.toml"
    whole = config.read_text("utf-8")
    config.write_text(whole[: whole.index("[calendar]")], "utf-8")
    for seconds in (0, 5):
        assert not engine.look(MONDAY + HOUR + seconds * SECOND)
        assert keys(engine.tick(MONDAY + HOUR + seconds * SECOND)) == set()
    config.write_text(whole, "utf-8")
    assert keys(live(engine, MONDAY + 2 * HOUR)) == set()


def test_absences_are_waited_for_and_what_was_never_there_is_read_at_once(engine: Engine, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'{config.read_text("utf-8")}\n[people]\nabsences = "absences.csv"\n', "utf-8")
    (tmp_path / "absences.csv").write_text("person;first;last\n1;2026-12-07;2026-12-11\n", "utf-8")
    live(engine, MONDAY)
    assert [one.who for one in engine.inputs.absences] == ["1"]
    (tmp_path / "absences.csv").write_text("person;first;last\n", "utf-8")
    assert not engine.look(MONDAY + HOUR)
    assert engine.look(MONDAY + HOUR + STILL)
    assert not engine.inputs.absences


def test_a_file_that_goes_on_changing_is_told_until_it_stands_still(engine: Engine, tmp_path: Path) -> None:
    for seconds in range(0, 300, 5):
        refuse_unrest(engine, MONDAY + seconds * SECOND)
        write_people(tmp_path, EVERYBODY[: seconds % 7])
        assert not engine.look(MONDAY + seconds * SECOND)
    with pytest.raises(Refused, match=r"people\.csv has gone on changing for 5 minutes"):
        refuse_unrest(engine, MONDAY + 301 * SECOND)
    assert there(engine) == {str(number) for number in range(1, 9)}
    live(engine, MONDAY + HOUR)
    refuse_unrest(engine, MONDAY + HOUR)


def test_a_clock_that_goes_back_begins_the_ten_seconds_anew(engine: Engine, tmp_path: Path) -> None:
    write_people(tmp_path, EVERYBODY[:7])
    assert [engine.look(MONDAY + HOUR), engine.look(MONDAY), engine.look(MONDAY + STILL)] == [False, False, True]


# --- at a start, and once


def test_a_first_start_waits_for_nothing_and_the_next_for_what_has_changed_since(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, EVERYBODY)
    waits = list[float]()
    assert once(tmp_path / "config.toml", lambda: MONDAY, "en", waits.append) == 0
    assert once(tmp_path / "config.toml", lambda: MONDAY, "en", waits.append) == 0
    assert waits == []
    write_people(tmp_path, EVERYBODY[:7])
    assert once(tmp_path / "config.toml", lambda: MONDAY + HOUR, "en", waits.append) == 0
    assert once(tmp_path / "config.toml", lambda: MONDAY + HOUR, "en", waits.append) == 0
    assert waits == [STILL.total_seconds()]


def test_run_once_goes_by_what_stands_after_it_has_waited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(tmp_path)
    write_people(tmp_path, EVERYBODY)
    once(tmp_path / "config.toml", lambda: MONDAY, "en", lambda _: None)
    write_people(tmp_path, EVERYBODY[:4])
    capsys.readouterr()

    rest = [[*EVERYBODY, row(9)]]

    def copied(seconds: float) -> None:
        if rest:
            write_people(tmp_path, rest.pop())

    once(tmp_path / "config.toml", lambda: MONDAY + HOUR, "en", copied)
    engine = make_engine(tmp_path)
    assert there(engine) == {str(number) for number in range(1, 10)}
    engine.close()
    assert capsys.readouterr().err == "people.csv changed. In 10 seconds it is read, if that was all.\n" * 2


def test_a_copy_that_does_not_end_is_said_and_nothing_is_done(engine: Engine, tmp_path: Path) -> None:
    copied = list[float]()

    def copying(seconds: float) -> None:
        copied.append(seconds)
        write_people(tmp_path, EVERYBODY[: len(copied)])

    write_people(tmp_path, [])
    with pytest.raises(Refused, match="goes on changing"):
        wait_until_still(engine, copying)
    assert len(copied) == TRIES
    assert there(engine) == {str(number) for number in range(1, 9)}


def test_what_only_looks_reads_what_stands(engine: Engine, tmp_path: Path) -> None:
    write_people(tmp_path, EVERYBODY[:7])
    other = make_engine(tmp_path)
    assert [person.id for person in other.plan(MONDAY + HOUR).census.vanished] == ["8"]
    other.close()


def test_a_file_that_is_not_there_is_waited_for_by_nobody(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "people.csv").unlink()
    assert not engine.restless()
    assert list(still.stamps(engine.inputs.source)) == [str(tmp_path / "config.toml")]
