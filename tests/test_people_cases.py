"""People files as real systems write them, each with what is right, by the numbers of the cases they come from. Those whose
right value is another reading (151, 152, 157) are read by nobody yet, and said."""

from datetime import date
from pathlib import Path

import pytest

from culture.people import Department
from service.messages.faults import BadInput
from service.settings.people_file import read_people

DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "jura": Department(key="jura", name="Jura og Tilladelser"),
    "stab": Department(key="stab", name="Økonomi"),
}
HEADING = "Medarbejdernr;Navn;E-mail;Afdeling;Ansat;Fratrådt\n"
GOOD = "9;Bo Olesen;bo@x.example;Plan og Byrum;;\n"
BO = ("9", "Bo Olesen", "bo@x.example")
NOT_A_NUMBER = "is not an employee number. Write letters, digits, dot or hyphen."
NOT_AN_ADDRESS = 'is not an e-mail address. Write for example "anna.holm@styrelsen.dk".'


def written(folder: Path, content: bytes) -> Path:
    path = folder / "people.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "right"),
    [
        (
            b'\xef\xbb\xbf"Medarbejdernr";"Navn";"E-mail";"Afdeling"\n"1001";"Anna Holm";"a@x.example";"Plan og Byrum"\n',
            [("1001", "Anna Holm", "a@x.example")],
        ),
        (
            "\ufeffsep=;\n" + HEADING + "1001;Anna Holm;a@x.example;Plan og Byrum;01-01-2020;\n",
            [("1001", "Anna Holm", "a@x.example")],
        ),
        ((HEADING + "1001;Søren Ærø;s@x.example;Økonomi;;\n").encode("cp1252"), [("1001", "Søren Ærø", "s@x.example")]),
        ((HEADING + "1001;Søren Ærø;s@x.example;Økonomi;;\n").encode("cp850"), [("1001", "Søren Ærø", "s@x.example")]),
        (
            (HEADING + "1001;Søren Ærø;s@x.example;Økonomi;;\n").encode("mac_roman"),
            [("1001", "Søren Ærø", "s@x.example")],
        ),
        (HEADING + "1001;A;a@x.example\u00a0 ;Plan og Byrum;;\n", [("1001", "A", "a@x.example")]),
        (
            HEADING + "1;Anna O'Brien;a.o'b@x.example;Plan og Byrum;;\n2;B;b+ai@x.example;Plan og Byrum;;\n",
            [("1", "Anna O'Brien", "a.o'b@x.example"), ("2", "B", "b+ai@x.example")],
        ),
        (HEADING + "1;A;a@åse.example;Plan og Byrum;;\n", [("1", "A", "a@xn--se-xia.example")]),
        (HEADING + "0012;A;a@x.example;Plan og Byrum;;\n", [("0012", "A", "a@x.example")]),
        ('Navn,E-mail,Afdeling\n"Holm, Anna",a@x.example,"Plan og Byrum"\n', [(None, "Holm, Anna", "a@x.example")]),
        (HEADING + "1;A;a@x.example;Plan og Byrum;;31.12.9999\n", [("1", "A", "a@x.example")]),
        (HEADING + "1;A;a@x.example;Plan og Byrum;0001-01-01;0001-01-01\n", [("1", "A", "a@x.example")]),
    ],
    ids=["140", "141", "142", "143", "144", "146", "148", "149", "155", "161", "136", "137"],
)
def test_what_can_be_read_is_read(
    tmp_path: Path, content: bytes | str, right: list[tuple[str | None, str, str]]
) -> None:
    found = read_people(written(tmp_path, content.encode() if isinstance(content, str) else content), DEPARTMENTS)
    assert ([(row.number, row.name, row.email) for row in found.rows], found.faults) == (right, ())


def test_153_a_day_by_its_week_is_a_day(tmp_path: Path) -> None:
    found = read_people(
        written(tmp_path, (HEADING + "1;A;a@x.example;Plan og Byrum;2026-W53-1;\n").encode()), DEPARTMENTS
    )
    assert [row.started for row in found.rows] == [date(2026, 12, 28)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1;A;a@x.example;Plan og Byrum;;\n1;A;A@X.example;Jura og Tilladelser;;", "3:email: a@x.example stands in line 2 already. Keep one of the two."),
        ("1;A;SMTP:a@x.example;Plan og Byrum;;", f'2:email: "SMTP:a@x.example" {NOT_AN_ADDRESS}'),
        ("1;A;mailto:a@x.example;Plan og Byrum;;", f'2:email: "mailto:a@x.example" {NOT_AN_ADDRESS}'),
        ("1;A;A B <a@x.example>;Plan og Byrum;;", f'2:email: "A B <a@x.example>" {NOT_AN_ADDRESS}'),
        ("1;A;a@x.example;Plan og Byrum;;00.00.0000", '2:left: "00.00.0000" is not a date. Write 2026-12-01 or 01-12-2026.'),
        ("1;A;a@x.example;Plan og Byrum;2020-01-01 00:00:00;", '2:started: "2020-01-01 00:00:00" is not a date. Write 2026-12-01 or 01-12-2026.'),
        ("1,00E+05;A;a@x.example;Plan og Byrum;;", f'2:number: "1,00E+05" {NOT_A_NUMBER}'),
        ('"=""0012""";A;a@x.example;Plan og Byrum;;', f'2:number: "="0012"" {NOT_A_NUMBER}'),
        ("'0013;A;a@x.example;Plan og Byrum;;", f"2:number: \"'0013\" {NOT_A_NUMBER}"),
    ],
    ids=["159", "150a", "150b", "150c", "151", "152", "154", "156a", "156b"],
)  # fmt: skip
def test_what_cannot_is_one_row_and_said(tmp_path: Path, row: str, said: str) -> None:
    found = read_people(written(tmp_path, f"{HEADING}{row}\n{GOOD}".encode()), DEPARTMENTS)
    assert [str(fault).removeprefix("people.csv, ") for fault in found.faults] == [said]
    assert (found.rows[-1].number, found.rows[-1].name, found.rows[-1].email) == BO


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((HEADING + GOOD).encode("utf-16"), "people.csv: this is not a text file. Save it as CSV UTF-8, not as a workbook."),
        (("Udtræk\n\n" + HEADING + GOOD).encode(), "people.csv, 1: there is no column email."),
    ],
    ids=["145", "157"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as bad:
        read_people(written(tmp_path, content), DEPARTMENTS)
    assert str(bad.value.faults[0]).startswith(said)
