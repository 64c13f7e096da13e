"""The headings of HR's files: which column is taken, and what is said of those that are not."""

import unicodedata

import pytest

from service.settings.headings import ABSENCE_HEADERS, HEADERS, columns_of, notes

NUMBERS = "there is no column with employee numbers: people are known by their address, and by their name when the address is new."


def said(*heading: str, absences: bool = False) -> list[str]:
    return [str(one) for one in notes("people.csv", heading, ABSENCE_HEADERS if absences else HEADERS)]


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("EmployeeID", "number"),
        ("EmployeeNumber", "number"),
        ("Personalenr.", "number"),
        ("Lønnummer", "number"),
        ("Medarb.nr.", "number"),
        ("MEDARBEJDERNR", "number"),
        ("Ansat til", "left"),
        ("Fratrådt dato", "left"),
        ("Fratrådt d.", "left"),
        ("Tiltrådt:", "started"),
        ("First_Name", "first_name"),
        ("E-mail\u00a0address", "email"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_heading_is_known_in_any_case_and_either_form_of_its_letters(cell: str, key: str, form: str) -> None:
    columns = columns_of(["x", unicodedata.normalize(form, cell)], HEADERS)  # type: ignore[arg-type]
    assert {name for name, at in columns.items() if at == 1} == {key}


def test_every_known_heading_is_written_as_headings_are_compared() -> None:
    for headers in (HEADERS, ABSENCE_HEADERS):
        for key, known in headers.items():
            assert [columns_of([name], headers)[key] for name in known] == [0] * len(known)


def test_a_heading_that_says_all_is_not_talked_about() -> None:
    assert said("Medarbejdernr", "Navn", "E-mail", "Afdeling", "", " ") == []
    assert said("person", "first", "last", absences=True) == []


def test_an_absence_is_of_whom_a_people_file_would_name_by_that_column() -> None:
    for name in (*HEADERS["number"], *HEADERS["email"]):
        assert columns_of(["fra", name], ABSENCE_HEADERS)["person"] == 1
    assert columns_of(["id", "tjenestenr", "mail", "fra"], ABSENCE_HEADERS)["person"] == 2
    assert columns_of(["id", "e-mail", "fra"], ABSENCE_HEADERS)["person"] == 1  # an id is the absence's own there


def test_a_heading_nearly_right_is_named_with_the_nearest_one_that_is_free() -> None:
    assert said("Nr", "id", "navn", "mail", "enhed", "Fratrædelse", "Title", "Shoe size") == [
        'people.csv, 1: the column "Fratrædelse" is not used. Did you mean "fratrædelsesdato"?',
        'people.csv, 1: columns that are not used: "Nr", "Title", "Shoe size".',
    ]
    assert said("person", "first", "last daay", absences=True) == [
        'people.csv, 1: the column "last daay" is not used. Did you mean "last day"?'
    ]


def test_a_second_column_of_the_same_meaning_is_told_which_one_is_taken() -> None:
    assert said("id", "navn", "mail", "Afdeling", "Enhed", "mail") == [
        'people.csv, 1: the column "Enhed" is not used; "Afdeling" is.',
        'people.csv, 1: the column "mail" is not used; "mail" is.',
    ]


def test_without_numbers_it_is_said_how_people_are_known() -> None:
    assert said("navn", "mail", "enhed") == [f"people.csv, 1: {NUMBERS}"]
