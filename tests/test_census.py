from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from culture.census import Census, Known, census, differs
from culture.people import Row

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TODAY, GONE = NOW.date(), date(2026, 12, 3)
ANNA = Row(email="anna@x.example", name="Anna Holm", department="plan", number="7")
BO = Row(email="bo@x.example", name="Bo Lind", department="plan")


def known(*rows: Row) -> dict[str, Known]:
    return {f"id-{row.email}": Known(id=f"id-{row.email}", row=row, first_seen=NOW) for row in rows}


def take(before: dict[str, Known], *rows: Row, unreadable: tuple[Row, ...] = ()) -> Census:
    return census(
        before, rows, unreadable=unreadable, new_id=lambda row: f"id-{row.email}", now=NOW, today=TODAY, gone=GONE
    )


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


def test_whose_row_is_missing_is_gone_later_and_not_when_the_row_is_back_before() -> None:
    (missing,) = take(known(ANNA, BO), BO).vanished
    assert (missing.id, missing.gone, missing.missing(TODAY), missing.missing(GONE)) == (
        "id-anna@x.example",
        GONE,
        True,
        False,
    )
    back = take({missing.id: missing}, ANNA).changed
    assert [(person.id, person.gone) for person in back] == [("id-anna@x.example", None)]


def test_whoever_has_left_by_their_own_leaving_date_is_gone_at_once() -> None:
    left = replace(ANNA, left=date(2026, 11, 30))
    assert [person.gone for person in take(known(left, BO), BO).vanished] == [TODAY]
    assert [person.gone for person in take(known(replace(left, left=TODAY), BO), BO).vanished] == [GONE]


def test_whose_row_is_missing_does_not_vanish_again() -> None:
    gone = {person.id: person for person in take(known(ANNA, BO), BO).vanished}
    assert not take({**known(BO), **gone}, BO)


def test_a_row_with_a_fault_has_not_vanished_and_ends_a_missing_one() -> None:
    broken = Row(email="", name="", department="", number="7")
    assert not take(known(ANNA, BO), BO, unreadable=(broken,))
    missing = {person.id: person for person in take(known(ANNA, BO), BO).vanished}
    back = take({**known(BO), **missing}, BO, unreadable=(broken,)).changed
    assert [(person.row, person.gone) for person in back] == [(ANNA, None)]


@pytest.mark.parametrize(
    ("after", "what"),
    [
        (replace(ANNA, email="anna@y.example"), ("address",)),
        (replace(ANNA, name="Åse Holm", department="jura"), ("name", "department")),
        (replace(ANNA, name="ANNA Krogh"), ()),  # a new surname
        (replace(ANNA, left=TODAY), ("leaving date",)),
        (replace(ANNA, track="legal", number="8"), ()),
    ],
)
def test_what_may_make_somebody_else_of_a_person_is_told(after: Row, what: tuple[str, ...]) -> None:
    assert differs(ANNA, after) == what
