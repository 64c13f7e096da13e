from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from culture.census import Census, Known, census, differs, inherited
from culture.people import Row
from culture.same import Same

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TODAY, GONE = NOW.date(), date(2026, 12, 3)
DAY = timedelta(days=1)
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


def test_zeros_that_a_spreadsheet_drops_or_shows_make_nobody_new() -> None:
    zeros, without = replace(ANNA, number="0007"), replace(ANNA, number="7", email="other@x.example", name="A H")
    for before, now in ((zeros, without), (without, zeros)):
        found = take(known(before), now)
        assert ([one.row for one in found.changed], found.joined, found.vanished) == ([now], (), ())


def test_numbers_that_are_the_same_but_for_zeros_are_two_people_where_both_are_there() -> None:
    other = replace(ANNA, number="0007", email="other@x.example", name="Ib Bo")
    assert not take(known(ANNA, other), other, ANNA)
    assert len(take(known(ANNA), ANNA, other).joined) == 1


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
        (replace(ANNA, left=TODAY), ("leaving-date",)),
        (replace(ANNA, track="legal", number="8"), ()),
    ],
)
def test_what_may_make_somebody_else_of_a_person_is_told(after: Row, what: tuple[str, ...]) -> None:
    assert differs(ANNA, after) == what


# --- an address without a number


ANDREAS = replace(BO, name="Andreas Lind")
BO_ID = "id-bo@x.example"


def after(before: dict[str, Known], found: Census) -> dict[str, Known]:
    return {**before, **{one.id: one for one in (*found.joined, *found.changed, *found.vanished)}}


def ids(people: tuple[Known, ...]) -> list[str]:
    return [one.id for one in people]


def test_an_address_whose_given_name_became_another_is_another_person() -> None:
    found = take(known(BO), ANDREAS)
    assert (ids(found.joined), ids(found.changed), ids(found.vanished)) == ([f"{BO_ID}-2"], [], [BO_ID])
    assert found.vanished[0].gone == GONE
    again = after(known(BO), found)
    assert not take(again, ANDREAS)


@pytest.mark.parametrize("name", ["Bo Krogh", "BO LIND", "B. Lind", "Lind, Bo", "Dr. Bo Lind", "Bo-Erik Lind"])
def test_a_name_written_otherwise_is_the_same_person(name: str) -> None:
    assert ids(take(known(BO), replace(BO, name=name)).changed) == [BO_ID]


def test_a_number_says_who_it_is_whatever_became_of_the_given_name() -> None:
    assert ids(take(known(ANNA), replace(ANNA, name="Andreas Holm")).changed) == ["id-anna@x.example"]
    with_number = replace(ANDREAS, number="8")  # of him there was none: it says nothing of who had the address
    assert ids(take(known(BO), with_number).joined) == [f"{BO_ID}-2"]
    assert ids(take(known(BO), replace(BO, number="8")).changed) == [BO_ID]


def test_whoever_comes_back_is_the_first_person_again() -> None:
    before = known(BO)
    changed = after(before, take(before, ANDREAS))
    back = take(changed, BO)
    assert (ids(back.joined), ids(back.changed), ids(back.vanished)) == ([], [BO_ID], [f"{BO_ID}-2"])
    assert back.changed[0] == before[BO_ID]
    assert ids(take(after(changed, back), ANDREAS).changed) == [f"{BO_ID}-2"]


def test_of_two_who_had_an_address_it_is_who_has_it_still() -> None:
    former = Known(id="old", row=replace(BO, name="Bo Krogh"), first_seen=NOW, gone=date(2026, 6, 1))
    for people in ({**known(BO), "old": former}, {"old": former, **known(BO)}):
        assert ids(take(people, replace(BO, name="Bo Krogh")).changed) == [BO_ID]
    gone = {"old": former, BO_ID: replace(known(BO)[BO_ID], gone=date(2026, 7, 1))}
    assert ids(take(gone, replace(BO, name="Bo Skov")).changed) == [BO_ID]  # left last
    assert ids(take(gone, replace(BO, name="Bo Krogh")).changed) == ["old"]  # called just so


def test_a_present_namesake_is_meant_before_a_former_one() -> None:
    former = Known(id="old", row=replace(BO, email="bo@y.example"), first_seen=NOW, gone=date(2026, 6, 1))
    found = take({"old": former, **known(BO)}, replace(BO, email="bo.lind@x.example"))
    assert (ids(found.changed), ids(found.joined)) == ([BO_ID], [])


def test_nobody_vanishes_by_a_row_whose_name_may_be_what_is_wrong() -> None:
    assert not take(known(ANNA, BO), ANNA, unreadable=(replace(ANDREAS, name=""), replace(ANDREAS, name="\x07")))
    assert not take(known(ANNA, BO), ANNA, unreadable=(ANDREAS,))
    changed = after(known(ANNA, BO), take(known(ANNA, BO), ANNA, ANDREAS))
    assert not take(changed, ANNA, unreadable=(ANDREAS,))  # he has not vanished, and she is not back


def test_two_new_people_never_get_one_id() -> None:
    found = census({}, [BO, ANNA], new_id=lambda _: "p", now=NOW, today=TODAY, gone=GONE)
    assert ids(found.joined) == ["p", "p-2"]


def test_what_was_decided_comes_before_the_name() -> None:
    before = known(BO)
    people = after(before, take(before, ANDREAS))
    same = {f"{BO_ID}-2": Same(person=BO_ID, names=("Bo Lind", "Andreas Lind"))}
    found = census(people, [ANDREAS], same=same, new_id=lambda _: BO_ID, now=NOW, today=TODAY, gone=GONE)
    assert [(one.id, one.row.name, one.gone) for one in found.changed] == [(BO_ID, "Andreas Lind", None)]
    assert [(one.id, one.gone) for one in found.vanished] == [(f"{BO_ID}-2", TODAY)]
    people = after(people, found)
    for row in (ANDREAS, BO, replace(BO, email="other@x.example"), replace(ANDREAS, email="other@x.example")):
        looked = census(people, [row], same=same, new_id=lambda _: BO_ID, now=NOW, today=TODAY, gone=GONE)
        assert (looked.joined, looked.vanished) == ((), ())
    third = census(
        people, [replace(BO, name="Carl Lind")], same=same, new_id=lambda _: BO_ID, now=NOW, today=TODAY, gone=GONE
    )
    assert ids(third.joined) == [f"{BO_ID}-3"]


def test_who_inherited_an_address_is_told_for_two_weeks_and_not_of_who_comes_back() -> None:
    before = known(BO)
    people = after(before, take(before, ANDREAS))

    def told(day: date, same: dict[str, Same] | None = None) -> list[tuple[str, str]]:
        return [(one.id, other.id) for one, other in inherited(people.values(), day, same or {})]

    pair = [(BO_ID, f"{BO_ID}-2")]
    assert (told(TODAY), told(GONE + 13 * DAY), told(GONE + 14 * DAY)) == (pair, pair, [])
    assert told(TODAY, {f"{BO_ID}-2": Same(person=BO_ID, names=("Bo Lind", "Andreas Lind"))}) == []
    later = {key: replace(one, first_seen=NOW if key == BO_ID else NOW + DAY) for key, one in people.items()}
    people = after(later, take(later, BO))
    assert told(TODAY) == []
    people = after(known(ANNA), take(known(ANNA), replace(ANDREAS, email=ANNA.email, number="9")))
    assert told(TODAY) == []  # their numbers say that they are two


def test_the_account_is_the_person_whatever_number_name_and_address() -> None:
    before, other = replace(ANNA, account="a"), replace(BO, number="8", account="b")
    swapped = [replace(other, account="a"), replace(before, account="b")]
    found = take(known(before, other), *swapped)
    assert [(one.id, one.row) for one in found.changed] == [("id-anna@x.example", swapped[0]), (BO_ID, swapped[1])]
    assert (found.joined, found.vanished) == ((), ())


def test_a_new_account_is_the_same_person_by_number_or_address_and_another_by_the_name_alone() -> None:
    for again in (replace(ANNA, account="new", email="holm@x.example"), replace(BO, account="new")):
        before = known(replace(ANNA, account="a"), replace(BO, account="b"))
        found = take(before, again)
        assert (len(found.changed), found.joined) == (1, ())
    found = take(known(replace(BO, account="b")), replace(BO, account="new", email="bo.lind@x.example"))
    assert (len(found.joined), len(found.vanished)) == (1, 1)


def test_who_inherited_an_address_is_not_told_where_the_accounts_say_that_they_are_two() -> None:
    before = known(replace(BO, account="b"))
    people = after(before, take(before, replace(ANDREAS, account="other")))
    assert len(people) == 2
    assert list(inherited(people.values(), TODAY)) == []


def test_nobody_becomes_somebody_who_is_forgotten() -> None:
    found = census(
        {}, [BO, ANNA], former=lambda key: key in ("p", "p-3"), new_id=lambda _: "p", now=NOW, today=TODAY, gone=GONE
    )
    assert ids(found.joined) == ["p-2", "p-4"]
