"""Whether two names have the same first given name: HR writes one person in many ways."""

import unicodedata

import pytest

from culture.names import same_given


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Holm", "Anna Holm"),
        ("Anna Holm", "ANNA  KROGH"),  # married
        ("Anna Holm", "Anna Holm Krogh"),
        ("Anna-Marie Holm", "Anna Marie Holm"),
        ("Anna\u2011Marie Holm", "Anna-Marie Krogh"),  # a hyphen of Word's
        ("Annamarie Holm", "Anna-Marie Krogh"),
        ("Anna Marie Holm", "Anna Holm"),
        ("Anna Holm", "A. Holm"),
        ("Anna Holm", "A Holm"),
        ("Hans Peter Holm", "H.P. Holm"),
        ("A. Holm", "A. Krogh"),
        ("Hans Peter Holm", "Peter Holm"),
        ("Hans-Peter Holm", "Peter Holm"),
        ("Dr. Anna Holm", "Anna Krogh"),
        ("Prof. Dr. Anna Holm", "Anna Holm, ph.d."),
        ("Anna Holm, cand.jur.", "Anna Krogh"),
        ("Dr. Holm", "Anna Holm"),
        ("Anna Holm", "Holm, Anna"),
        ("Holm, Anna", "Krogh, Anna Marie"),
        ("HOLM ANNA", "Anna Holm"),
        ("Anna", "Anna Holm"),
        ("Holm", "Anna Holm"),
        ("Anna Holm (Plan)", "Anna Krogh"),
        ("(Plan) Anna Holm", "Anna Krogh"),
        ("André Lind", "Andre Krogh"),
        ("Åse Lind", unicodedata.normalize("NFD", "Åse Krogh")),
        ("Åse Lind", "Aase Krogh"),
        ("Åse Lind", "Ase Krogh"),
        ("Søren Lind", "Soeren Krogh"),
        ("Søren Lind", "Soren Krogh"),
        ("Ægir Lind", "Aegir Krogh"),
        ("Jürgen Lind", "Juergen Krogh"),
        ("D’Arcy Lind", "D'Arcy Krogh"),
        ("(Plan)", "Anna Holm"),  # no name at all says nothing
    ],
)
def test_these_are_one_given_name_in_two_ways(one: str, other: str) -> None:
    assert same_given(one, other)
    assert same_given(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Holm", "Andreas Holm"),
        ("Anna Holm", "Anne Holm"),  # a slip of the pen, or two sisters: nobody can tell
        ("Anna Holm", "Bo Lind"),
        ("Anna Holm", "A. Lind"),  # an initial and another last name
        ("Anna Holm", "Bo A. Holm"),  # their second name begins with it
        ("Bo A. Lind", "Anna Lind"),
        ("Anna Marie Holm", "Marie Lind"),
        ("Anna Holm", "Holm, Bo"),
        ("Dr. Anna Holm", "Dr. Bo Holm"),
        ("Anna Holm, ph.d.", "Bo Holm, ph.d."),
        ("Anna Holm (Plan)", "Bo Holm (Plan)"),
        ("Anna", "Bo"),
        ("Anna Bo", "Bo Lind"),
        ("王芳", "李娜"),
    ],
)
def test_these_are_two_given_names(one: str, other: str) -> None:
    assert not same_given(one, other)
    assert not same_given(other, one)
