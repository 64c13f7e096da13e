"""What HR systems and directories export is read as it comes; what is no such file is a sentence."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from culture.census import Known, census, differs
from culture.people import Department
from service.messages.faults import BadInput
from service.settings.config import parse_config
from service.settings.headings import HEADERS, columns_of, unused
from service.settings.people_file import read_people
from service.settings.sections import PeopleSection
from tests.hr_exports import OTHERS, PEOPLE, TRIED, Export
from tests.test_config import SHIPPED
from tests.workbook_values import workbook

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "jura": Department(key="jura", name="Jura og Tilladelser"),
}
EXPORTS = {**TRIED, **OTHERS}


def test_there_are_31_that_were_tried_and_more_of_other_systems() -> None:
    assert (len(TRIED), len(OTHERS) >= 10, len(EXPORTS)) == (31, True, len(TRIED) + len(OTHERS))


@pytest.mark.parametrize("name", [name for name, one in EXPORTS.items() if not one.refused])
def test_it_is_read_as_it_comes(tmp_path: Path, name: str) -> None:
    export = EXPORTS[name]
    path = tmp_path / export.file
    path.write_bytes(export.content)
    found = read_people(path, DEPARTMENTS, PeopleSection(**export.config))
    assert [row.number for row in found.rows] == list(export.numbers)
    assert ([fault.place for fault in found.faults], found.left_out) == (list(export.faults), export.left_out)
    if len(found.rows) == len(PEOPLE):
        assert [row.email for row in found.rows] == [one["mail"] for one in PEOPLE]
        assert {row.department for row in found.rows} <= set(DEPARTMENTS)


@pytest.mark.parametrize("name", [name for name, one in EXPORTS.items() if one.refused])
def test_what_is_no_people_file_is_a_sentence(tmp_path: Path, name: str) -> None:
    export: Export = EXPORTS[name]
    path = tmp_path / export.file
    path.write_bytes(export.content)
    with pytest.raises(BadInput) as bad:
        read_people(path, DEPARTMENTS)
    assert str(bad.value.faults[-1].sentence).startswith(export.refused)


NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_the_same_people_in_another_form_are_the_same_people(tmp_path: Path) -> None:
    csv_text = "Medarbejdernr;Navn;E-mail;Afdeling;Tid\n" + "".join(
        f"000{one['number']};{one['first']} {one['last']};{one['mail']};{one['place']};12:30\n" for one in PEOPLE
    )
    heading = ("Medarbejdernr", "Navn", "E-mail", "Team", "Tid")
    rows = [
        (int(one["number"]), f"{one['first']} {one['last']}", one["mail"], f"{one['place']} 7", time(12, 30))
        for one in PEOPLE
    ]
    (tmp_path / "people.csv").write_text(csv_text, "utf-8")
    (tmp_path / "people.xlsx").write_bytes(workbook([heading, *rows]))
    told = PeopleSection(columns={"department": "Team"}, departments={"Plan*": "plan", "*": "jura"})
    first = read_people(tmp_path / "people.csv", DEPARTMENTS).rows
    then = read_people(tmp_path / "people.xlsx", DEPARTMENTS, told).rows
    known = {str(row.number): Known(id=str(row.number), row=row, first_seen=NOW) for row in first}
    for before, now in ((first, then), (then, first)):
        known = {one.id: replace(one, row=row) for one, row in zip(known.values(), before, strict=True)}
        found = census(known, now, new_id=lambda row: row.email, now=NOW, today=NOW.date(), gone=NOW.date())
        assert (found.joined, found.vanished) == ((), ())
        assert [differs(known[one.id].row, one.row) for one in found.changed] == [()] * len(PEOPLE)


PAGE, DANISH = (
    (Path(__file__).parent.parent / "docs" / name).read_text("utf-8") for name in ("people.md", "personer.md")
)
SHOWN = re.compile(r"```(?:toml|powershell)\n.*?```", re.DOTALL)


def test_the_danish_page_shows_the_same() -> None:
    both = ([re.sub("#.*", "", one) for one in SHOWN.findall(page)] for page in (PAGE, DANISH))
    assert next(both) == next(both)


@pytest.mark.parametrize("toml", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_what_the_page_shows_of_config_toml_is_good(toml: str) -> None:
    parse_config(tomllib.loads(SHIPPED.read_text("utf-8") + toml), "config.toml")


def test_the_recipe_of_the_page_gives_a_file_that_is_read_as_it_comes(tmp_path: Path) -> None:
    chosen = re.search(r"Select-Object (.*?) \|\n", PAGE, re.DOTALL)
    assert chosen
    names = re.findall(r"@\{n='(\w+)'|(?:^|,)\s*(\w+)(?=,|$)", re.sub(r"e=\{.*\}\}", "", chosen[1]))
    heading = [one or other for one, other in names]
    assert heading[-1] == "Left"
    values = {"mail": "bo@x.example", "Name": "Bo Olesen", "Department": "plan", "EmployeeID": "7", "Enabled": "True"}
    row = [values.get(name, "2027-03-31" if name == "Left" else "") for name in heading]
    (tmp_path / "people.csv").write_text("\n".join(";".join(f'"{one}"' for one in line) for line in (heading, row)))
    found = read_people(tmp_path / "people.csv", DEPARTMENTS)
    assert [(one.number, one.left, one.department) for one in found.rows] == [("7", date(2027, 3, 31), "plan")]


def test_the_columns_that_the_page_names_for_a_system_are_known() -> None:
    rows = re.findall(
        r"^\| (?:SD|KMD|Silk|Lessor|Data|Visma|SAP|Work|Oracle)\w*[^|]* \| ([^;`\n]*?)(?:;.*|\. .*)? \|$", PAGE, re.M
    )
    assert len(rows) == 9
    for row in rows:
        heading = row.split(", ")
        assert list(unused(heading, columns_of(heading, HEADERS))) == []
