"""What config.toml says of a people file: how columns are called, where departments go, which rows are nobody's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from culture.people import Department
from service.messages.faults import BadInput
from service.settings.headings import notes
from service.settings.people_file import People, people_headers, people_of, read_people
from service.settings.sections import PeopleSection
from tests.test_config import faults, with_value

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "stab": Department(key="stab", name="Staben"),
}
ROW = "1;Bo Olesen;bo@x.example;Plan og Byrum"


def read(folder: Path, text: str, **said: Any) -> People:
    (folder / "people.csv").write_text(text, "utf-8")
    return read_people(folder / "people.csv", DEPARTMENTS, PeopleSection(**said))


def test_a_column_is_read_by_the_heading_that_the_config_has_for_it(tmp_path: Path) -> None:
    columns = {"number": "Kode", "email": "Kontakt ", "department": "Team"}
    found = read(tmp_path, f"KODE.;Navn;kontakt;Team\n{ROW}\n", columns=columns)
    assert [(row.number, row.email, row.department) for row in found.rows] == [("1", "bo@x.example", "plan")]


def test_what_the_config_says_of_a_column_comes_before_what_we_know(tmp_path: Path) -> None:
    text = "Afdeling;Id;Navn;E-mail;Team\nBy;x;Bo Olesen;bo@x.example;plan\n"
    (row,) = read(tmp_path, text, columns={"department": "Team", "track": "Id"}).rows
    assert (row.department, row.number, row.track) == ("plan", None, "x")


def test_a_column_that_the_config_names_and_the_file_has_not_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as bad:
        read(tmp_path, f"Nr;Navn;Mail;Afdeling\n{ROW}\n", columns={"department": "Team", "track": "Spor"})
    assert [str(one) for one in bad.value.faults] == [
        'people.csv, 1: there is no column "Team", as [people.columns] has it for department.',
        'people.csv, 1: there is no column "Spor", as [people.columns] has it for track.',
    ]


def test_a_heading_is_looked_for_below_a_title_by_the_names_of_the_config(tmp_path: Path) -> None:
    columns = {"name": "Hvem", "email": "Kontakt", "department": "Team"}
    found = read(tmp_path, "Udtræk;;\n\nHvem;Kontakt;Team\nBo;bo@x.example;plan\n", columns=columns)
    assert [row.name for row in found.rows] == ["Bo"]


@pytest.mark.parametrize(
    ("heading", "cells", "key"),
    [
        ("Afdeling", "Kirkeskolen", "plan"),
        ("Afdeling;Org.enhed", "Ukendt;50001234", "plan"),
        ("Org.enhed", "50001234", "plan"),
        ("Sti", "By > Plan og Byrum > Vej", "plan"),
        ("Afdeling;Org Unit Path", "Vej;/By/Plan og Byrum/Vej", "plan"),
        ("Afdeling", "Kantinen", "stab"),
        ("Afdeling", "", "stab"),
    ],
)
def test_departments_go_where_the_config_says(tmp_path: Path, heading: str, cells: str, key: str) -> None:
    text = f"Nr.;Navn;E-mail;{heading}\n1;Bo;bo@x.example;{cells}\n"
    rules = {"*SKOLE*": "plan", "5000*": "plan", "*": "stab"}
    found = read(tmp_path, text, departments=rules)
    assert ([row.department for row in found.rows], found.faults) == ([key], ())


def test_a_department_of_a_path_is_missing_by_its_last_part_and_one_of_a_code_by_its_name(tmp_path: Path) -> None:
    text = "Nr;Navn;E-mail;Org.enhed;Sti\n1;Bo;bo@x.example;7;By > Vej\n2;Ib;ib@x.example;7;\n"
    assert [one.sentence.fields["value"] for one in read(tmp_path, text + ROW.replace(";Plan", ";;plan")).faults] == [
        "Vej",
        "7",
    ]


@pytest.mark.parametrize(
    "skip",
    [
        {"email": ("postkasse*",)},
        {"name": ("*POSTKASSE", "x")},
        {"Stilling": ("Timelønnet*",)},
        {"stilling.": ("timelønnet ?",)},
        {"number": ("",)},
    ],
)
def test_rows_that_the_config_calls_nobody_are_left_out_and_counted(
    tmp_path: Path, skip: Mapping[str, tuple[str, ...]]
) -> None:
    text = f"Medarbejdernr;Navn;E-mail;Afdeling;Stilling\n{ROW};Chef\n;Vores postkasse;postkasse@x.example;plan;Timelønnet 1\n"
    found = read(tmp_path, text, skip=skip)
    assert ([row.name for row in found.rows], found.faults, found.left_out) == (["Bo Olesen"], (), {"skipped": 1})
    assert found.unreadable == ()  # by the word of the administrator: whoever it was has left


def test_a_rule_for_a_column_that_is_not_there_leaves_nobody_out_and_is_said(tmp_path: Path) -> None:
    said = PeopleSection(skip={"Stillng": ("",), "track": ("*",)})
    heading = ["Medarbejdernr", "Navn", "E-mail", "Afdeling"]
    assert len(read(tmp_path, f"{';'.join(heading)}\n{ROW}\n", skip=said.skip).rows) == 1
    assert [str(one) for one in notes("people.csv", heading, people_headers(said), ruled=said.skip)] == [
        'people.csv, 1: [people.skip] has a rule for "Stillng", and there is no such column.',
        'people.csv, 1: [people.skip] has a rule for "track", and there is no such column.',
    ]


def test_of_a_group_departments_and_rows_are_told_by_the_same_rules() -> None:
    said = PeopleSection(group="alle@x.example", departments={"*": "stab"}, skip={"name": ("Test *",)})
    empty = dict.fromkeys(people_headers(said), "")
    rows = [
        (name, empty | {"account": name, "name": name, "email": f"{name[-1]}@x.example"}) for name in ("Bo", "Test 1")
    ]
    found = people_of("alle", rows, DEPARTMENTS, said, spoilt="", empty="")
    assert ([(row.name, row.department) for row in found.rows], found.left_out) == ([("Bo", "stab")], {"skipped": 1})


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("columns", {"emial": "x"}, 'config.toml, [people] columns: there is no column emial. The names of columns stand to the left, the headings of your file to the right: email = "...".'),
        ("columns", {"email": 1}, 'config.toml, [people.columns] email: 1 is of the wrong type. Write a text in quotes, for example "...".'),
        ("departments", {"Skole*": "plann"}, 'config.toml: [people.departments] sends "Skole*" to "plann", but there is no [departments.plann]. Write a key that there is: plan.'),
        ("skip", {"email": "x*"}, 'config.toml, [people.skip] email: "x*" is of the wrong type. Write a list, for example ["..."].'),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_sentence(key: str, value: Any, sentence: str) -> None:
    assert faults(with_value("people", key, value)) == [sentence]


def test_columns_of_a_file_do_not_go_with_a_group() -> None:
    data = with_value("people", "columns", {"email": "x"})
    data["people"] = {"group": "a@x.example", "columns": data["people"]["columns"]}
    assert [one.partition(": ")[2] for one in faults(data)][:1] == [
        "[people.columns] is about a file, but people come from a group. Leave it out; for a group there is [people.attributes]."
    ]
