"""Whose row is of nobody any more: the marks of whoever was erased, against the rows of HR's file."""

from datetime import date, timedelta

import pytest

from culture.erased import FORGOTTEN_AFTER, Former, Marks, left_out, seen
from culture.people import Row

TODAY = date(2026, 11, 30)


def marking(row: Row) -> Marks:
    """What a mark is made from, itself: only whether two are the same counts."""
    given, name = row.name.split()[0], row.name
    return Marks(account=row.account or "", number=row.number or "", address=row.email, given=given, name=name)


def row(name: str = "Anna Holm", email: str = "anna@x", number: str | None = "7", account: str | None = None) -> Row:
    return Row(email=email, name=name, department="plan", number=number, account=account)


def out(before: Row, *rows: Row) -> list[int]:
    return sorted(left_out(rows, {"m": Former(erased=TODAY, marks=marking(before))}, marking))


@pytest.mark.parametrize(
    "now",
    [
        row(),
        row(email="anna.lund@x", name="Anna Lund"),  # married
        row(number=None),  # HR's export has lost the column
        row(number=None, name="Anna Lund"),
        row(number=None, email="new@x"),
        row(email="", number="7"),
    ],
)
def test_whoever_was_erased_is_known_again_by_what_is_left_of_their_row(now: Row) -> None:
    assert out(row(), row("Bo Lind", "bo@x", "8"), now) == [1]


@pytest.mark.parametrize(
    "other",
    [
        row(number="8"),  # two numbers are two people
        row("Andreas Holm", number=None),  # who inherited the address
        row("Anna Lund", "lund@x", number=None),
        row("Bo Lind", "bo@x", None),
    ],
)
def test_nobody_else_is_left_out(other: Row) -> None:
    assert out(row(), other) == []


def test_a_namesake_is_met_where_the_row_of_whoever_was_erased_is_there() -> None:
    before = row(number=None)
    assert out(before, row(number=None, email="other@x"), before) == [1]
    assert out(before, row(number=None, email="other@x")) == [0]  # then nobody can tell them apart


def test_an_account_goes_before_all() -> None:
    before = row(account="a")
    assert out(before, row(account="b")) == []
    assert out(before, row("Ann Holm", "ann@x", "9", account="a")) == [0]


def test_nothing_is_asked_where_nobody_was_erased() -> None:
    def never(_: Row) -> Marks:
        raise AssertionError

    assert left_out([row()], {"m": Former(erased=TODAY)}, never) == {}


def test_the_marks_are_kept_while_hr_names_them_and_five_weeks_longer() -> None:
    one = Former(erased=TODAY, marks=marking(row()))
    assert list(seen({"m": one}, ["m"], TODAY)) == []
    ((_, missing),) = seen({"m": one}, [], TODAY)
    assert (missing.missing, missing.marks) == (TODAY, one.marks)
    last = TODAY + FORGOTTEN_AFTER
    assert list(seen({"m": missing}, [], last)) == []
    assert list(seen({"m": missing}, ["m"], last)) == [("m", one)]
    ((_, gone),) = seen({"m": missing}, [], last + timedelta(days=1))
    assert gone == Former(erased=TODAY)
    assert list(seen({"m": gone}, [], last + timedelta(days=400))) == []
