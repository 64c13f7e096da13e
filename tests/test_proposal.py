"""What `aikultur people look` prints to paste into config.toml makes the file whole, and nothing else of it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from culture.people import Department
from service.answers.look import Look, look, look_lines
from service.answers.proposal import FAMILY, homes
from service.settings.config import Config, parse_config
from service.settings.people_file import people_headers, read_everybody
from service.settings.table_file import open_table
from tests.cli_values import example
from tests.test_config import SHIPPED

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "jura": Department(key="jura", name="Jura og Tilladelser"),
}
PEOPLE = [
    ("Anna Holm", "anna@x.example", "Plan og Byrum", "1001"),
    ("Bo Ærø", "bo@x.example", "Plan og Byrum", "1002"),
    ("Cai Dam-Lind", "cai@x.example", "Kantinen", "1003"),
    ("Else O'Brien", "else@x.example", "Kantinen", "1004"),
]


def config(pasted: str = "") -> Config:
    return parse_config(tomllib.loads(SHIPPED.read_text("utf-8") + "\n" + pasted), "config.toml")


def looked(path: Path, found: Config) -> Look:
    table = open_table(path, people_headers(found.people))
    return look(
        table, lambda section: read_everybody(path, found.departments, section), found.departments, found.people
    )


def written(folder: Path, heading: str, rows: list[str]) -> Path:
    path = folder / "people.csv"
    path.write_text("\n".join((heading, *rows)), "utf-8")
    return path


@pytest.mark.parametrize(
    ("heading", "order", "columns"),
    [
        ("Navn;E-mail;Afdelling;Medarbejdernummer", (0, 1, 2, 3), {"department": "Afdelling"}),
        ("Hvem;Kontakt;Team;Id", (0, 1, 2, 3), {"name": "Hvem", "email": "Kontakt", "department": "Team"}),
        ("Team;Hvem;E-mail;Nr.", (2, 0, 1, 3), {"name": "Hvem", "department": "Team"}),
        ("Navn;Mailadr.;Sted;Id", (0, 1, 2, 3), {"email": "Mailadr.", "department": "Sted"}),
    ],
)
def test_columns_that_are_not_known_are_guessed_by_their_heading_and_by_what_is_in_them(
    tmp_path: Path, heading: str, order: tuple[int, ...], columns: dict[str, str]
) -> None:
    path = written(tmp_path, heading, [";".join(row[at] for at in order) for row in PEOPLE])
    found = looked(path, config())
    assert found.refused
    pasted = tomllib.loads(found.toml)
    assert pasted["people"]["columns"] == columns
    assert pasted["departments"] == {"kantinen": {"name": "Kantinen"}}
    after = looked(path, config(found.toml))
    assert (after.whole, after.people, after.toml) == (True, 4, "")


def test_a_column_that_the_config_has_otherwise_is_taken_by_the_heading_that_is_known(tmp_path: Path) -> None:
    rows = [f"{name};{email};{team}" for name, email, team, _ in PEOPLE[:2]]
    path = written(tmp_path, "Navn;E-mail;Afdeling", rows)
    before = config('[people.columns]\nname = "Hvem"\nemail = "Kontakt"\nnumber = "Nr"')
    found = looked(path, before)
    assert tomllib.loads(found.toml) == {"people": {"columns": {"name": "Navn", "email": "E-mail"}}}
    assert looked(path, config(found.toml)).whole


def test_a_heading_that_is_only_like_another_is_a_choice(tmp_path: Path) -> None:
    rows = [f"{name};{email};{team};{number};Danmark" for name, email, team, number in PEOPLE]
    found = looked(written(tmp_path, "Navn;E-mail;Team;Id;State", rows), config())
    assert '# started = "State"' in found.toml.splitlines()


def test_what_may_be_one_of_several_is_left_to_who_knows_the_file(tmp_path: Path) -> None:
    rows = [f"{name};{email};{team};Konsulent;{number}" for name, email, team, number in PEOPLE]
    found = looked(written(tmp_path, "Navn;E-mail;Team;Stilling;Nummerplade", rows), config())
    assert found.toml == '[people.columns]\n# number = "Nummerplade"\n# department = "Team" # "Stilling"\n'
    assert looked(tmp_path / "people.csv", config(found.toml)).refused  # a comment changes nothing


def test_what_stands_in_the_config_already_stands_in_what_is_pasted(tmp_path: Path) -> None:
    before = config('[people.columns]\nname = "Hvem"\n[people.departments]\n"Kant*" = "plan"\n"*" = "drift"')
    rows = [f"{name};{email};{team}" for name, email, team, _ in PEOPLE]
    found = looked(written(tmp_path, "Hvem;Kontakt;Team", rows), before)
    assert tomllib.loads(found.toml) == {
        "people": {"columns": {"name": "Hvem", "email": "Kontakt", "department": "Team"}}
    }
    assert looked(tmp_path / "people.csv", replace(before, people=config(found.toml).people)).people == 2


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Plan & Byrum", "plan"),
        ("Afd. Plan, Byrum", "plan"),
        ("PLAN-BYRUM", "plan"),
        ("5012 Plan og Byrum", "plan"),
        ("Plan og Byrum (5012)", "plan"),
        ("Plan og Byrum, Jura og Tilladelser", "plan"),
        ("By > Jura og Tilladelser > Vej", "jura"),
        ("Plan og Byrum 2", None),
        ("Plan og Byer", None),
        ("Jura", None),
    ],
)
def test_a_department_written_otherwise_is_the_one_that_is_there_and_a_like_one_is_new(
    name: str, key: str | None
) -> None:
    found = homes([name], {**DEPARTMENTS, "jura-": Department(key="jura-", name="Juristerne")})
    assert (found.known.get(name), found.new) == (key if key else None, () if key else (name,)) or name == "Jura"


def test_many_departments_of_one_first_word_could_be_one(tmp_path: Path) -> None:
    rows = [f"N;{at}@x.example;Skole {at}" for at in range(FAMILY)] + ["N;x@x.example;Sted 1"]
    path = written(tmp_path, "Navn;E-mail;Afdeling", rows)
    before = config('[people.departments]\n"Sted*" = "plan"')
    lines = looked(path, before).toml.splitlines()
    assert lines[:3] == ["[people.departments]", '"Sted*" = "plan"', f'# "Skole *" = "skole"  # {FAMILY}']
    pasted = '[people.departments]\n"Skole *" = "skole"\n"Sted*" = "plan"\n[departments.skole]\nname = "Skoler"'
    assert (looked(path, config(pasted)).whole, looked(path, config(pasted)).toml) == (True, "")


def test_a_name_with_the_signs_of_a_pattern_stands_for_itself(tmp_path: Path) -> None:
    path = written(
        tmp_path, "Navn;E-mail;Afdeling", ["Bo;bo@x.example;12 Plan og Byrum (*)", "A;a@x.example;[x] Plan og Byrum"]
    )
    found = looked(path, config())
    assert '"12 Plan og Byrum ([*])" = "plan"' in found.toml
    assert looked(path, config(found.toml)).whole


def test_after_pasting_check_says_nothing_of_the_file(tmp_path: Path) -> None:
    folder, aikultur = tmp_path, example(tmp_path)
    rows = [f"{number};{name};{email};{team}" for name, email, team, number in PEOPLE]
    path = written(folder, "Medarbejdernr;Hvem;Kontakt;Team", [*rows, "1005;Ib Bo;ib@x.example;Drift & Anlæg"])
    (folder / "absences.csv").write_text("person;first;last\n", "utf-8")
    before = aikultur("people", "look", path.name)
    assert (before.status, aikultur("check").status) == (2, 2)
    pasted = aikultur("people", "look", path.name, "--json").json["toml"]
    assert pasted in before.out
    assert {key: list(value) for key, value in tomllib.loads(pasted)["people"].items()} == {
        "columns": ["email", "name", "department"],
        "departments": ["Drift & Anlæg"],
    }
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + pasted)
    after = aikultur("people", "look")
    assert (after.status, "Paste" in after.out) == (0, False)
    check = aikultur("check")
    assert (check.status, [line for line in check.lines if "people.csv" in line and "not used" not in line]) == (0, [])


def test_it_is_said_in_danish_too(tmp_path: Path) -> None:
    path = written(tmp_path, "Navn;E-mail;Id;Afdeling", ["Bo;;7;Kantinen", "Ib;;8;Plan og Byrum"])
    said = list(look_lines(looked(path, config()), "da"))
    assert "1 har ingen adresse og får ingen breve." in said
    assert said[-4].startswith("Sæt det her ind i config.toml")
