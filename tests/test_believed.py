"""A people file gone wrong: nobody becomes somebody else, and nobody is out of the house, until an administrator says so."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from culture.relay.schedule import advance
from culture.relay.turns import Turn
from culture.workdays import Closing
from service.acts.approvals import refuse
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.planning.believed import gone_on
from service.relay.records import relay_records
from tests.relay_values import PEOPLE, make_place
from tests.service_values import MONDAY, approve_all, held_keys, keys, live, make_engine, write_config

pytestmark = pytest.mark.slow

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = 7 * DAY

Row = list[str]
NUMBER, NAME, EMAIL, DEPARTMENT, LEFT = range(5)
GIVEN = ("Anna", "Bo", "Carl", "Dorte", "Eva", "Finn", "Gerd", "Hans", "Ida", "Jens")


def people(count: int, *, numbered: bool) -> list[Row]:
    """Rows whose names do not stand in the order of their addresses."""
    return [
        [
            str(number) if numbered else "",
            f"{GIVEN[number * 7 % 10]} Nr{number}",
            f"p{number:02}@x.example",
            "plan" if number % 2 else "jura",
            "",
        ]
        for number in range(1, count + 1)
    ]


def write(folder: Path, rows: Sequence[Row]) -> None:
    lines = ["number;name;email;department;left", *(";".join(row) for row in rows)]
    (folder / "people.csv").write_text("\n".join(lines) + "\n", "utf-8")


def with_column(rows: Sequence[Row], column: int, values: Sequence[str]) -> list[Row]:
    return [[*row[:column], value, *row[column + 1 :]] for row, value in zip(rows, values, strict=True)]


def emails_sorted(rows: list[Row]) -> list[Row]:
    return with_column(rows, EMAIL, sorted((row[EMAIL] for row in rows), reverse=True))


def names_sorted(rows: list[Row]) -> list[Row]:
    return with_column(rows, NAME, sorted(row[NAME] for row in rows))


def one_department(rows: list[Row]) -> list[Row]:
    return with_column(rows, DEPARTMENT, ["plan"] * len(rows))


def all_left_yesterday(rows: list[Row]) -> list[Row]:
    return with_column(rows, LEFT, ["2026-12-06"] * len(rows))


def cut_off(rows: list[Row]) -> list[Row]:
    return rows[: len(rows) // 2]


def other_people(rows: list[Row]) -> list[Row]:
    """Another organisation's file."""
    return [[f"9{row[NUMBER]}", f"Ny {row[NAME]}", f"ny-{row[EMAIL]}", row[DEPARTMENT], ""] for row in rows]


FEW = 12
"""Too many to change at once in a house of any size, and no more letters than need be."""

Place = Callable[..., Engine]


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, bool], Path]:
    """Folders in which the first week's letters were sent, by how many people there are and whether they are numbered.
    Nobody writes in them."""

    @cache
    def house(count: int, numbered: bool) -> Path:
        folder = tmp_path_factory.mktemp("house")
        write_config(folder, channel="invite")
        write(folder, people(count, numbered=numbered))
        engine = make_engine(folder)
        live(engine, MONDAY)
        engine.close()
        return folder

    return house


@pytest.fixture
def place(tmp_path: Path, houses: Callable[[int, bool], Path]) -> Iterator[Place]:
    """A house that has had its first week's letters."""
    engines = []

    def make(numbered: bool = True, *, count: int = FEW) -> Engine:
        shutil.copytree(houses(count, numbered), tmp_path, dirs_exist_ok=True)
        engines.append(make_engine(tmp_path))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("numbered", [True, False], ids=["numbered", "without numbers"])
@pytest.mark.parametrize(
    "spoil", [emails_sorted, names_sorted, one_department, all_left_yesterday, cut_off, other_people]
)
def test_a_spoilt_people_file_waits_as_a_whole_and_nobody_is_told_anything(
    tmp_path: Path, place: Place, spoil: Callable[[list[Row]], list[Row]], numbered: bool
) -> None:
    engine = place(numbered)
    before, rows = engine.stored.known(), people(FEW, numbered=numbered)
    joiner = ["77", "Ny Kollega", "ny@x.example", "plan", ""]
    write(tmp_path, [*spoil(rows), joiner])
    for moment in (MONDAY + WEEK, MONDAY + WEEK + DAY, MONDAY + WEEK + 2 * DAY):
        found = live(engine, moment)
        assert [held.kind for held in found.held] == ["people"]
        assert engine.stored.known() == before
        assert keys(found) - {f"tip/2026-W50/{person}" for person in before} == set()
    write(tmp_path, rows)  # mended
    assert (live(engine, MONDAY + WEEK + 2 * DAY + HOUR).held, engine.stored.known()) == ((), before)


def test_what_changed_is_said_with_counts_and_two_examples(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = emails_sorted(people(FEW, numbered=True))
    rows[0][DEPARTMENT] = "jura"
    write(tmp_path, rows)
    (held,) = live(engine, MONDAY + HOUR).held
    assert held.reason.said("en") == (
        "the people file changed 12 of 12 people, more than 10 % (address: 12, department: 1). For example "
        'Hans Nr1 ("p01@x.example" became "p12@x.example"), Eva Nr2 ("p02@x.example" became "p11@x.example")'
    )
    assert held.reason.said("da").startswith(
        "personfilen har ændret 12 af 12 personer, mere end 10 % (adresse: 12, afdel"
    )
    write(tmp_path, [*other_people(rows)[:6], *rows[6:]])
    (held,) = live(engine, MONDAY + 2 * HOUR).held
    assert held.reason.said("en").startswith(
        "the people file lost 6 of 12 people, more than 10 %, and has 6 new ones, the people file changed 6 of 12"
    )


@pytest.mark.parametrize(("changed", "held"), [(5, False), (6, True)])
def test_five_may_change_in_a_house_of_any_size(tmp_path: Path, place: Place, changed: int, held: bool) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    for row in rows[:changed]:
        row[EMAIL] = f"new-{row[EMAIL]}"
    write(tmp_path, rows)
    assert bool(live(engine, MONDAY + HOUR).held) == held


def test_the_share_that_may_change_stands_in_the_config(tmp_path: Path, place: Place) -> None:
    engine = place(True, count=40)
    config = (tmp_path / "config.toml").read_text("utf-8")
    (tmp_path / "config.toml").write_text(f"{config}\n[limits]\nchanged_people_percent = 15\n", "utf-8")
    rows = people(40, numbered=True)
    for row in rows[:6]:
        row[DEPARTMENT] = "plan" if row[DEPARTMENT] == "jura" else "jura"
    write(tmp_path, rows)
    assert live(engine, MONDAY + HOUR).held == ()
    for row in rows[6:13]:
        row[DEPARTMENT] = "plan" if row[DEPARTMENT] == "jura" else "jura"
    write(tmp_path, rows)
    assert [held.kind for held in live(engine, MONDAY + 2 * HOUR).held] == ["people"]


def test_a_new_surname_or_track_of_everybody_is_no_spoilt_file(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    write(tmp_path, with_column(rows, NAME, [f"{row[NAME].split()[0]} Ny" for row in rows]))
    assert live(engine, MONDAY + HOUR).held == ()


def test_what_is_approved_is_these_rows_and_no_others(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    write(tmp_path, one_department(rows))
    approve_all(engine, MONDAY + HOUR)
    write(tmp_path, emails_sorted(rows))
    assert [held.kind for held in live(engine, MONDAY + 2 * HOUR).held] == ["people"]
    write(tmp_path, one_department(rows))
    assert live(engine, MONDAY + 3 * HOUR).held == ()
    assert {person.row.department for person in engine.stored.known().values()} == {"plan"}
    write(tmp_path, emails_sorted(one_department(rows)))
    assert [held.kind for held in live(engine, MONDAY + 4 * HOUR).held] == ["people"]


def test_a_people_file_cannot_be_refused_but_mended(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    write(tmp_path, one_department(people(FEW, numbered=True)))
    found = live(engine, MONDAY + HOUR)
    with pytest.raises(Refused, match="mend the file"):
        refuse(engine, found.held[0], found, MONDAY + HOUR)


def test_a_file_that_is_cut_off_a_little_more_at_each_look_is_a_lost_one(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    write(tmp_path, rows[:-2])
    assert live(engine, MONDAY + HOUR).held == ()
    write(tmp_path, rows[:-4])
    assert held_keys(live(engine, MONDAY + 2 * HOUR)) == {"people": {f"leave/{number}" for number in range(9, 13)}}


# --- one row is missing


def gone(engine: Engine) -> dict[str, date | None]:
    return {key: one.gone for key, one in engine.stored.known().items() if one.gone}


def test_whose_row_is_missing_gets_nothing_and_loses_nothing_for_one_working_day(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    write(tmp_path, rows[1:])
    friday = MONDAY + 4 * DAY
    assert keys(live(engine, friday)) == set()
    assert gone(engine) == {"1": date(2026, 12, 8)}  # the Tuesday: Monday is the working day
    found = live(engine, MONDAY + WEEK)
    assert "tip/2026-W50/1" not in keys(found)
    assert "tip/2026-W50/2" in keys(found)
    assert keys(live(engine, MONDAY + WEEK + 15 * HOUR)) == set()
    assert keys(live(engine, MONDAY + WEEK + DAY)) == {"invite/1/1"}  # the series is cancelled


def test_whose_row_is_back_in_time_gets_what_is_not_too_late_and_has_lost_nothing(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    before = engine.stored.known()
    write(tmp_path, rows[1:])
    live(engine, MONDAY + WEEK)
    write(tmp_path, rows)
    assert keys(live(engine, MONDAY + WEEK + HOUR)) == {"tip/2026-W50/1"}
    assert engine.stored.known() == before


def test_a_row_with_a_leaving_date_in_the_past_leaves_at_once(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    rows[0][LEFT] = "2026-11-29"
    write(tmp_path, rows)
    assert keys(live(engine, MONDAY + HOUR)) == {"invite/1/1"}
    write(tmp_path, rows[1:])
    live(engine, MONDAY + 2 * HOUR)
    assert gone(engine) == {"1": date(2026, 11, 30)}


def test_rows_of_people_who_have_left_may_go_in_any_number(tmp_path: Path, place: Place) -> None:
    engine = place(True)
    rows = people(FEW, numbered=True)
    for start in range(0, 9, 3):
        for row in rows[start : start + 3]:
            row[LEFT] = "2026-11-29"
        write(tmp_path, rows)
        assert live(engine, MONDAY + HOUR).held == ()
    write(tmp_path, rows[9:])
    assert live(engine, MONDAY + 2 * HOUR).held == ()


def test_the_working_day_is_one_of_the_organisations(tmp_path: Path) -> None:
    christmas = Closing(country="DK", yearly=frozenset({(12, 24), (12, 31)}))
    assert gone_on(christmas, date(2026, 11, 30)) == date(2026, 12, 2)
    assert gone_on(christmas, date(2026, 12, 23)) == date(2026, 12, 29)
    assert gone_on(Closing(country=""), date(2026, 12, 24)) == date(2026, 12, 26)


def presenters(engine: Engine) -> list[tuple[str, str]]:
    turns = sorted(relay_records(engine.stored).turns.values(), key=lambda turn: turn.number)
    return [(turn.id, turn.presenter) for turn in turns if turn.open]


def without(people: str, person_id: str) -> str:
    return "".join(line for line in people.splitlines(keepends=True) if not line.startswith(f"{person_id};"))


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Engine]:
    """A department of five with a meeting each Thursday."""
    make_place(tmp_path)
    engine = make_engine(tmp_path)
    live(engine, MONDAY)
    yield engine
    engine.close()


def test_a_presenter_whose_row_is_missing_keeps_their_turn_until_they_have_left(tmp_path: Path, relay: Engine) -> None:
    before = presenters(relay)
    presenter = before[0][1]
    (tmp_path / "people.csv").write_text(without(PEOPLE, presenter), "utf-8")
    for hours in (1, 6, 24, 40):  # the Tuesday is the working day
        live(relay, MONDAY + hours * HOUR)
        assert presenters(relay)[: len(before)] == before
    live(relay, MONDAY + 2 * DAY)
    assert presenter not in {who for _, who in presenters(relay)}


def test_a_row_that_is_missing_for_one_look_costs_no_turn_and_no_place_in_the_list(
    tmp_path: Path, relay: Engine
) -> None:
    before, standings = presenters(relay), relay_records(relay.stored).standings
    (tmp_path / "people.csv").write_text(without(PEOPLE, before[0][1]), "utf-8")
    live(relay, MONDAY + HOUR)
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    live(relay, MONDAY + 2 * HOUR)
    assert (presenters(relay), relay_records(relay.stored).standings) == (before, standings)


def test_whose_row_is_missing_is_not_chosen_for_a_new_turn(tmp_path: Path, relay: Engine) -> None:
    turns = relay_records(relay.stored).turns.values()
    (chosen,) = {turn.presenter for turn in advanced(relay, MONDAY + WEEK)} - {turn.presenter for turn in turns}
    made = relay.plan(MONDAY + WEEK - 2 * DAY).world.organisation
    missing = replace(made, missing=frozenset({chosen}))
    found = advance(missing, relay_records(relay.stored), MONDAY + WEEK).turns.values()
    assert chosen not in {turn.presenter for turn in found}


def advanced(engine: Engine, now: datetime) -> list[Turn]:
    return list(advance(engine.plan(now).world.organisation, relay_records(engine.stored), now).turns.values())


# --- addresses that others inherit, in a file without numbers


def with_other_people(rows: list[Row], count: int) -> list[Row]:
    """The first `count` addresses are somebody else's by now."""
    return [
        [*row[:NAME], f"Zita {row[NAME].split()[1]}", *row[EMAIL:]] if at < count else row
        for at, row in enumerate(rows)
    ]


@pytest.mark.parametrize(("count", "held"), [(5, False), (6, True)])
def test_an_inherited_address_is_a_changed_row_too(tmp_path: Path, place: Place, count: int, held: bool) -> None:
    engine = place(False)
    config = (tmp_path / "config.toml").read_text("utf-8")
    (tmp_path / "config.toml").write_text(f"{config}\n[limits]\nlost_people_percent = 100\n", "utf-8")
    write(tmp_path, with_other_people(people(FEW, numbered=False), count))
    found = live(engine, MONDAY + HOUR)
    assert [one.kind for one in found.held] == ["people"] * held
    assert len(engine.stored.known()) == (FEW if held else FEW + 5)
    if held:
        said = found.held[0].reason.said("en")
        assert said.startswith(
            "the people file changed 6 of 12 people, more than 10 % (name: 6). For example Hans Nr1 ("
        )
        assert found.inherited == ()  # of what is not believed nobody says that it is so
        approve_all(engine, MONDAY + 2 * HOUR)
        assert live(engine, MONDAY + 2 * HOUR).held == ()
        assert len(engine.stored.known()) == FEW + 6


def test_who_had_an_inherited_address_counts_among_those_who_went(tmp_path: Path, place: Place) -> None:
    engine, rows = place(False), people(FEW, numbered=False)
    before = engine.stored.known()
    write(tmp_path, with_other_people(rows, 3))
    (held,) = live(engine, MONDAY + HOUR).held
    assert held.reason.said("en") == "the people file lost 3 of 12 people, more than 10 %, and has 3 new ones"
    assert {key.partition("/")[0] for key in held.keys} == {"leave", "row"}
    write(tmp_path, with_other_people(rows, 2))
    assert live(engine, MONDAY + 2 * HOUR).held == ()
    gone_now = gone(engine)
    assert set(gone_now.values()) == {date(2026, 12, 2)}  # their working day of grace, as for whoever has no row
    write(tmp_path, rows)  # mended: the first are back as they were
    assert live(engine, MONDAY + 3 * HOUR).held == ()
    assert {key: engine.stored.known()[key] for key in before} == before
    assert len(gone(engine)) == 2
