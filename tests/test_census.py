from dataclasses import replace
from datetime import UTC, datetime

from culture.census import Census, Known, census
from culture.people import Row

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
ANNA = Row(email="anna@x.example", name="Anna Holm", department="plan", number="7")
BO = Row(email="bo@x.example", name="Bo Lind", department="plan")


def known(*rows: Row) -> dict[str, Known]:
    return {f"id-{row.email}": Known(id=f"id-{row.email}", row=row, first_seen=NOW) for row in rows}


def take(before: dict[str, Known], *rows: Row, unreadable: tuple[Row, ...] = ()) -> Census:
    return census(before, rows, unreadable=unreadable, new_id=lambda row: f"id-{row.email}", now=NOW, today=TODAY)


def test_a_new_row_joins_and_an_unchanged_one_changes_nothing() -> None:
    found = take(known(ANNA), ANNA, BO)
    assert [person.id for person in found.joined] == ["id-bo@x.example"]
    assert found.changed == found.vanished == ()


def test_the_number_is_the_person_whatever_name_and_address() -> None:
    married = replace(ANNA, name="Anna Krogh", email="anna.krogh@x.example")
    found = take(known(ANNA), married)
    assert [(person.id, person.row) for person in found.changed] == [("id-anna@x.example", married)]
    assert not found.joined
    assert not found.vanished


def test_without_a_number_the_address_is_the_person() -> None:
    renamed = replace(BO, name="Bo Krogh")
    assert [person.id for person in take(known(BO), renamed).changed] == ["id-bo@x.example"]


def test_without_a_number_a_namesake_without_a_row_is_the_person() -> None:
    moved = replace(BO, email="bo.lind@x.example")
    found = take(known(BO), moved)
    assert [person.id for person in found.changed] == ["id-bo@x.example"]
    assert not found.joined


def test_two_namesakes_are_never_guessed() -> None:
    other = replace(BO, email="bo2@x.example")
    found = take(known(BO, other), replace(BO, email="bo3@x.example"))
    assert len(found.joined) == 1
    assert len(found.vanished) == 2


def test_an_inherited_address_with_another_number_is_another_person() -> None:
    successor = Row(email=ANNA.email, name="Åse Bro", department="plan", number="8")
    found = take(known(ANNA), successor)
    assert [person.id for person in found.joined] == ["id-anna@x.example-2"]
    assert [person.id for person in found.vanished] == ["id-anna@x.example"]


def test_a_row_that_vanished_has_left_today_and_may_come_back() -> None:
    gone = take(known(ANNA, BO), BO).vanished
    assert [(person.id, person.gone) for person in gone] == [("id-anna@x.example", TODAY)]
    back = take({person.id: person for person in gone}, ANNA).changed
    assert [(person.id, person.gone) for person in back] == [("id-anna@x.example", None)]


def test_whoever_left_before_does_not_vanish_again() -> None:
    gone = {person.id: person for person in take(known(ANNA, BO), BO).vanished}
    assert not take({**known(BO), **gone}, BO)


def test_a_row_with_a_fault_has_not_vanished() -> None:
    broken = Row(email="", name="", department="", number="7")
    assert not take(known(ANNA, BO), BO, unreadable=(broken,))
