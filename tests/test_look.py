"""`aikultur people look`: what is said of a people file before it counts; and faults of one kind as one line."""

import json
import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from culture.people import Department
from service.answers.look import SHOWN, Look, look, look_lines, look_value, missing
from service.messages.faults import BadInput, Fault
from service.messages.grouped import lines
from service.messages.translation import Sentence
from service.settings.people_file import (
    MOST_FAULTS,
    NAMES_SHOWN,
    USUAL,
    people_headers,
    read_everybody,
    read_people,
)
from service.settings.sections import PeopleSection
from service.settings.table_file import open_table

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "jura": Department(key="jura", name="Jura og Tilladelser"),
}
HEADING = "Medarbejdernr;Navn;E-mail;Afdeling;Stilling\n"


def written(folder: Path, content: str) -> Path:
    path = folder / "people.csv"
    path.write_text(content, "utf-8")
    return path


def looked(folder: Path, rows: str, departments: dict[str, Department] = DEPARTMENTS) -> Look:
    return of_file(written(folder, HEADING + rows), departments)


def of_file(path: Path, departments: Mapping[str, Department] = DEPARTMENTS, section: PeopleSection = USUAL) -> Look:
    return look(
        open_table(path, people_headers(section)), partial(read_everybody, path, departments), departments, section
    )


def test_it_says_who_is_in_it_by_which_columns_and_that_all_is_well(tmp_path: Path) -> None:
    found = looked(tmp_path, "1;Anna Holm;a@x.example;Plan og Byrum;Konsulent\n")
    assert list(look_lines(found, "en")) == [
        "people.csv: 1 person in 1 department.",
        "",
        "Columns that are used:",
        "  number      Medarbejdernr",
        "  email       E-mail",
        "  name        Navn",
        "  department  Afdeling",
        'Note: columns that are not used: "Stilling".',
    ]
    assert found.whole


def test_departments_that_the_config_lacks_stand_once_with_how_many_people_and_the_lines_to_paste(
    tmp_path: Path,
) -> None:
    rows = (
        "1;A;a@x.example;Kantinen;\n2;B;b@x.example;Køb & Salg;\n3;C;c@x.example;køb  & salg;\n4;D;d@x.example;jura;\n"
    )
    found = looked(tmp_path, rows)
    assert (found.people, found.missing, found.faults, found.whole) == (1, {"Køb & Salg": 2, "Kantinen": 1}, (), False)
    assert tomllib.loads(found.toml) == {
        "departments": {"kantinen": {"name": "Kantinen"}, "koeb-salg": {"name": "Køb & Salg"}}
    }
    assert list(look_lines(found, "da"))[8:11] == [
        "",
        "2 afdelinger står ikke i config.toml, med 3 personer i alt:",
        "  Køb & Salg (2), Kantinen (1)",
    ]


def test_what_is_pasted_makes_the_file_whole(tmp_path: Path) -> None:
    rows = '1;A;a@x.example;"Drift ""nord""; Vej";\n2;B;b@x.example;C:\\Drift;\n3;C;c@x.example;***;\n'
    pasted = tomllib.loads(looked(tmp_path, rows).toml)["departments"]
    more = {key: Department(key=key, name=table["name"]) for key, table in pasted.items()}
    assert looked(tmp_path, rows, DEPARTMENTS | more).whole


def test_two_departments_whose_keys_are_alike_have_one_each(tmp_path: Path) -> None:
    rows = "".join(f"{at};A;{at}@x.example;{name};\n" for at, name in enumerate(["Køb & Salg", "Køb, salg"]))
    assert tomllib.loads(looked(tmp_path, rows).toml)["departments"] == {
        "koeb-salg": {"name": "Køb & Salg"},
        "koeb-salg-2": {"name": "Køb, salg"},
    }


def test_of_many_departments_the_largest_are_listed_and_all_of_them_on_demand(tmp_path: Path) -> None:
    rows = "".join(f"{number};N;{number}@x.example;Sted {number};\n" for number in range(SHOWN + 5))
    found = looked(tmp_path, rows)
    short, whole = "\n".join(look_lines(found, "en")), "\n".join(look_lines(found, "en", each=True))
    assert (short.count("Sted 24 (1)"), short.count("and 5 more"), short.count("[departments.sted-24]")) == (0, 1, 1)
    assert whole.count("Sted 24 (1)") == 1


def test_a_file_of_which_nothing_fits_is_looked_at_whole(tmp_path: Path) -> None:
    rows = "".join(f"{number};N;{number}@x.example;Sted {number % 3};\n" for number in range(MOST_FAULTS + 50))
    found = looked(tmp_path, rows)
    assert sum(found.missing.values()) == MOST_FAULTS + 50
    with pytest.raises(BadInput):
        read_people(tmp_path / "people.csv", DEPARTMENTS)


def test_a_file_without_a_column_that_is_needed_still_shows_what_was_taken_as_what(tmp_path: Path) -> None:
    path = written(tmp_path, "Nr;Navn;E-mail\n1;A;a@x.example\n")
    found = of_file(path)
    assert found.columns == {"name": "Navn", "email": "E-mail"}
    assert list(look_lines(found, "en"))[-1].startswith("people.csv, 1: there is no column department.")
    assert not found.whole


def test_a_program_reads_the_same(tmp_path: Path) -> None:
    found = looked(tmp_path, "1;A;a@x.example;Kantinen;\n2;B;b;plan;\n3;C;c;plan;\n4;D;d@x.example;plan;\n")
    value = json.loads(json.dumps(look_value(found, "en")))
    assert value["columns"]["number"] == "Medarbejdernr"
    assert value["unused"] == ["Stilling"]
    assert (value["people"], value["departments"], value["missing"]) == (1, {"plan": 1}, {"Kantinen": 1})
    (fault,) = value["faults"]
    assert (fault["column"], fault["count"], fault["rows"]) == ("email", 2, ["3", "4"])


# --- faults in groups --------------------------------------------------------------------------------------------


def bad_addresses(count: int) -> list[Fault]:
    text = '"{value}" is not an e-mail address. Write for example "anna.holm@styrelsen.dk".'
    return [Fault("people.csv", f"{at + 2}:email", Sentence(text, {"value": f"x{at}"})) for at in range(count)]


def test_many_of_one_kind_are_one_line_with_three_of_them_and_what_to_write() -> None:
    assert list(lines(bad_addresses(858), "en")) == [
        (
            'people.csv, 858 rows, email: "x0" is not an e-mail address. Write for example "anna.holm@styrelsen.dk". '
            'For example in 2 ("x0"), 3 ("x1"), 4 ("x2").'
        )
    ]


def test_a_few_and_whoever_asks_for_each_get_a_line_each() -> None:
    assert list(lines(bad_addresses(3), "en")) == [str(fault) for fault in bad_addresses(3)]
    assert list(lines(bad_addresses(9), "en", each=True)) == [str(fault) for fault in bad_addresses(9)]


def test_the_examples_are_different_ones() -> None:
    text = '"{value}" is not a department of config.toml.'
    values = ["Kantinen", "Kantinen", "Kantinen", "Køb", "Salg"]
    faults = [Fault("people.csv", f"{at}:department", Sentence(text, {"value": one})) for at, one in enumerate(values)]
    (line,) = lines(faults, "da")
    assert line.endswith('For eksempel i 0 ("Kantinen"), 3 ("Køb"), 4 ("Salg").')


def test_other_files_columns_sentences_and_what_is_in_no_row_stand_apart() -> None:
    said = Sentence("the day is missing.")
    places = [("a.csv", "2:first"), ("b.csv", "2:first"), ("a.csv", "3:last")]
    config = [Fault("config.toml", f"[departments.{key}]", said) for key in "abcd"]
    faults = [*(Fault(file, place, said) for file, place in places), *config]
    assert list(lines(faults, "en")) == [str(fault) for fault in faults]


def test_a_department_of_a_large_municipality_is_answered_with_the_nearest_names(tmp_path: Path) -> None:
    many = {f"skole-{at}": Department(key=f"skole-{at}", name=f"Skole {at}") for at in range(NAMES_SHOWN)}
    many["boernehave"] = Department(key="boernehave", name="Børnehave")
    (fault,) = read_everybody(written(tmp_path, HEADING + "1;A;a@x.example;Børnehaven;\n"), many).faults
    assert fault.sentence.fields["names"].startswith("boernehave, ")
    assert fault.sentence.fields["names"].endswith(", ...")
    assert missing([fault]) == {"Børnehaven": 1}
