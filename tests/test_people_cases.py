"""People files as real systems write them, each with what is right, by the numbers of the cases they come from."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from culture.people import Department, Row
from service.messages.faults import BadInput
from service.settings.people_file import read_absences, read_people

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


@pytest.mark.parametrize("cells", ["Plan og Byrum;5012", "5012;Plan og Byrum"])
def test_a_code_and_a_name_under_one_heading_are_both_looked_at(tmp_path: Path, cells: str) -> None:
    content = f"Navn;E-mail;Afdeling;Afdeling\nBo;bo@x.example;{cells}\n"
    found = read_people(written(tmp_path, content.encode()), DEPARTMENTS)
    assert ([row.department for row in found.rows], found.faults) == (["plan"], ())


def test_a_slash_in_a_number_is_a_hyphen(tmp_path: Path) -> None:
    found = read_people(written(tmp_path, f"{HEADING}4K/12;A;a@x.example;Plan og Byrum;;\n".encode()), DEPARTMENTS)
    assert [row.number for row in found.rows] == ["4K-12"]
    (tmp_path / "absences.csv").write_text("Medarbejdernr;Fra;Til\n4K/12;2026-12-01;2026-12-02\n", "utf-8")
    assert [one.who for one in read_absences(tmp_path / "absences.csv")[0]] == ["4K-12"]


def test_153_a_day_by_its_week_is_a_day(tmp_path: Path) -> None:
    found = read_people(
        written(tmp_path, (HEADING + "1;A;a@x.example;Plan og Byrum;2026-W53-1;\n").encode()), DEPARTMENTS
    )
    assert [row.started for row in found.rows] == [date(2026, 12, 28)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1;A;SMTP:a@x.example;Plan og Byrum;;", f'2:email: "SMTP:a@x.example" {NOT_AN_ADDRESS}'),
        ("1;A;mailto:a@x.example;Plan og Byrum;;", f'2:email: "mailto:a@x.example" {NOT_AN_ADDRESS}'),
        ("1;A;A B <a@x.example>;Plan og Byrum;;", f'2:email: "A B <a@x.example>" {NOT_AN_ADDRESS}'),
        ("1,00E+05;A;a@x.example;Plan og Byrum;;", f'2:number: "1,00E+05" {NOT_A_NUMBER}'),
        ('"=""0012""";A;a@x.example;Plan og Byrum;;', f'2:number: "="0012"" {NOT_A_NUMBER}'),
        ("'0013;A;a@x.example;Plan og Byrum;;", f"2:number: \"'0013\" {NOT_A_NUMBER}"),
    ],
    ids=["150a", "150b", "150c", "154", "156a", "156b"],
)  # fmt: skip
def test_what_cannot_is_one_row_and_said(tmp_path: Path, row: str, said: str) -> None:
    found = read_people(written(tmp_path, f"{HEADING}{row}\n{GOOD}".encode()), DEPARTMENTS)
    assert [str(fault).removeprefix("people.csv, ") for fault in found.faults] == [said]
    assert (found.rows[-1].number, found.rows[-1].name, found.rows[-1].email) == BO


@pytest.mark.parametrize(
    "content",
    [
        (HEADING + GOOD).encode("utf-16"),
        (HEADING.replace(";", "\t") + GOOD.replace(";", "\t")).encode("utf-16-le"),
        ("#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\n" + HEADING + GOOD).encode(),
        ("Udtræk pr. 29-11-2026\n\n" + HEADING + GOOD).encode(),
        ("Udtræk;fra;løn;navn\nGrøn By;;;\n" + HEADING + GOOD).encode(),
        (HEADING + GOOD).replace(";", "|").encode(),
        unicodedata.normalize("NFD", HEADING + GOOD).encode(),
        (HEADING + GOOD.replace("Plan og Byrum", "Plan og\u00a0 Byrum")).encode(),
        (HEADING + GOOD.replace("Bo ", "\u200bBo\u00a0")).encode(),
        (HEADING + GOOD.replace("Bo ", "Bo&nbsp;")).encode(),
        (HEADING + GOOD.replace("Plan og", "Plan&#32;og")).encode(),
    ],
    ids=["145", "145b", "#TYPE", "157", "157b", "pipe", "NFD", "NBSP", "ZWSP", "&nbsp;", "&#32;"],
)
def test_what_stands_around_the_table_and_how_it_is_encoded_does_not_matter(tmp_path: Path, content: bytes) -> None:
    if content.startswith(b"M\0"):
        content = b"\xff\xfe" + content
    found = read_people(written(tmp_path, content), DEPARTMENTS)
    assert [(row.number, row.name, row.email, row.department) for row in found.rows] == [(*BO, "plan")]
    assert (found.faults, found.left_out) == ((), {})


def test_a_fault_names_the_line_of_the_file_below_a_title(tmp_path: Path) -> None:
    content = "Udtræk\n\n" + HEADING + GOOD + "7;C;c;Plan og Byrum;;\n"
    (fault,) = read_people(written(tmp_path, content.encode()), DEPARTMENTS).faults
    assert fault.place == "5:email"
    with pytest.raises(BadInput) as bad:
        read_people(written(tmp_path, b"Liste\n\nNavn;E-mail;Sted\n"), DEPARTMENTS)
    assert [one.place for one in bad.value.faults] == ["3"]
    with pytest.raises(BadInput) as bad:
        read_people(written(tmp_path, b"#TYPE ADUser\nnavnet,adressen\n"), DEPARTMENTS)
    assert {one.place for one in bad.value.faults} == {"2"}


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("01-03-2019 00:00", date(2019, 3, 1)),
        ("2019-03-01T00:00:00", date(2019, 3, 1)),
        ("2019-03-01T00:00:00Z", date(2019, 3, 1)),
        ("2020-01-01 00:00:00", date(2020, 1, 1)),
        ("2020-01-01 00:00:00.000", date(2020, 1, 1)),
        ("2026/11/20 10:00:00", date(2026, 11, 20)),
        ("2019.03.01", date(2019, 3, 1)),
        ("20190301", date(2019, 3, 1)),
        ("01-03-19", date(2019, 3, 1)),
        ("1.3.71", date(1971, 3, 1)),
        ("3/31/2026 12:00:00 AM", date(2026, 3, 31)),
        ("31.12.9999", date.max),
        ("31-12-99", date.max),
        ("99991231", date.max),
        ("00.00.0000", None),
        ("00-00-0000 00:00", None),
        ("00000000", None),
        ("0000-00-00", None),
    ],
)
def test_a_day_is_read_in_every_form_that_spreadsheets_and_sap_write(
    tmp_path: Path, cell: str, day: date | None
) -> None:
    content = f"{HEADING}1;A;a@x.example;Plan og Byrum;;{cell}\n"
    found = read_people(written(tmp_path, content.encode()), DEPARTMENTS)
    assert ([row.left for row in found.rows], found.faults) == ([day], ())


@pytest.mark.parametrize("cell", ["1/2/26", "31-02-26", "13/31/2026 12:00:00 AM", "in May 10:00"])
def test_a_day_that_may_be_two_or_none_is_said(tmp_path: Path, cell: str) -> None:
    content = f"{HEADING}1;A;a@x.example;Plan og Byrum;;{cell}\n{GOOD}"
    assert [fault.place for fault in read_people(written(tmp_path, content.encode()), DEPARTMENTS).faults] == ["2:left"]


@pytest.mark.parametrize(
    ("heading", "row", "why"),
    [
        (HEADING, "I alt: 5 medarbejdere;;;;;", "nobody"),
        (HEADING, "I alt;5;;;;", "nobody"),
        (HEADING, "Total 5", "nobody"),
        (HEADING, ";Antal medarbejdere: 5;;;;", "nobody"),
        (HEADING, "Kørt af lønkontoret;;;;;", "nobody"),
        (HEADING, "9;Bo Olesen;BO@x.example;Jura og Tilladelser;;", "second"),
        (HEADING, "9;Bo Olesen;;Jura og Tilladelser;;", "second"),
        (HEADING, "10;Bo Olesen;bo@x.example;Jura og Tilladelser;;", "second"),
        (HEADING, ";Bo Olesen;bo@x.example;Jura og Tilladelser;;", "second"),
        ("EmployeeID,Name,mail,Department,Enabled\n", "8,C,c@x.example,Plan og Byrum,False", "disabled"),
        ("id,displayName,mail,department,accountEnabled\n", "8,C,c@x.example,Plan og Byrum,False", "disabled"),
        ("id,displayName,mail,department,userType\n", "8,C,c@x.example,Plan og Byrum,Guest", "guest"),
        ("Employee ID,Name,Email Address [Required],Department,Status [READ ONLY]\n", "8,C,c@x.example,Plan og Byrum,Suspended", "disabled"),
    ],
)  # fmt: skip
def test_a_row_that_is_no_person_is_counted_and_not_said(tmp_path: Path, heading: str, row: str, why: str) -> None:
    good = GOOD if heading == HEADING else "9,Bo Olesen,bo@x.example,Plan og Byrum,\n"
    found = read_people(written(tmp_path, f"{heading}{good}{row}\n".encode()), DEPARTMENTS)
    assert [(one.number, one.name, one.email) for one in found.rows] == [BO]
    assert (found.faults, found.unreadable, found.left_out) == ((), (), {why: 1})


@pytest.mark.parametrize(
    ("heading", "row", "why"),
    [
        (HEADING, ";Cai Dam;;;;", "unreachable"),
        (HEADING, ";;;Plan og Byrum;;", "unreachable"),
        (HEADING, ";Byens postkasse;post@x.example;;;", "mailbox"),
        ("EmployeeID,Name,mail,Department,RecipientTypeDetails\n", ",Post,post@x.example,Plan og Byrum,SharedMailbox", "mailbox"),
    ],
)  # fmt: skip
def test_who_cannot_be_reached_and_nobodys_mailbox_are_counted_and_nobody_vanishes(
    tmp_path: Path, heading: str, row: str, why: str
) -> None:
    good = GOOD if heading == HEADING else "9,Bo Olesen,bo@x.example,Plan og Byrum,\n"
    found = read_people(written(tmp_path, f"{heading}{good}{row}\n".encode()), DEPARTMENTS)
    assert (found.faults, len(found.rows), len(found.unreadable), found.left_out) == ((), 1, 1, {why: 1})


def test_without_numbers_a_row_without_a_department_may_be_a_person(tmp_path: Path) -> None:
    content = "Navn;E-mail;Afdeling\nBo;bo@x.example;plan\nPost;post@x.example;\n"
    assert [one.place for one in read_people(written(tmp_path, content.encode()), DEPARTMENTS).faults] == [
        "3:department"
    ]


def test_of_two_appointments_the_lower_number_counts_whatever_the_order(tmp_path: Path) -> None:
    rows = ["9;Bo Olesen;bo@x.example;Plan og Byrum;;", "10;Bo Olesen;bo@x.example;Jura og Tilladelser;;"]
    for order in (rows, rows[::-1]):
        found = read_people(written(tmp_path, (HEADING + "\n".join(order)).encode()), DEPARTMENTS)
        assert [(row.number, row.department) for row in found.rows] == [("9", "plan")]


def test_of_two_appointments_the_one_with_an_address_counts(tmp_path: Path) -> None:
    rows = ["9;Bo Olesen;;Plan og Byrum;;", "9;Bo Olesen;bo@x.example;Jura og Tilladelser;;"]
    for order in (rows, rows[::-1]):
        found = read_people(written(tmp_path, (HEADING + "\n".join(order)).encode()), DEPARTMENTS)
        assert [(row.email, row.department) for row in found.rows] == [("bo@x.example", "jura")]
        assert found.left_out == {"second": 1}


@pytest.mark.parametrize(
    "row", ["7;;;;;", "9;Cai Dam;cai@x.example;Plan og Byrum;;", "8;Cai Dam;bo@x.example;Plan og Byrum;;"]
)
def test_a_row_that_may_be_a_person_is_a_fault_and_nobody_vanishes(tmp_path: Path, row: str) -> None:
    found = read_people(written(tmp_path, f"{HEADING}{GOOD}{row}\n".encode()), DEPARTMENTS)
    assert (len(found.faults), len(found.unreadable), found.left_out) == (1, 1, {})


SYSTEMS = {
    "SD Løn": ("Tjenestenr;Navn;Afdelingsnavn;E-mail;Ansat;Fratrådt", "1;Bo Olesen;Plan og Byrum;bo@x.example;01.03.2019;31.12.9999"),
    "KMD OPUS": ("Personalenr.;Fornavn;Efternavn;Org.enhed;Org.enhedstekst;E-mail-adresse;Ansat fra;Ansat til", "1;Bo;Olesen;50001234;Plan og Byrum;bo@x.example;01.03.2019;31.12.9999"),
    "Silkeborg": ("Løbenr;Ansættelsesforhold;Navn;Arbejdssted;Mail;Ansat dato;Fratrådt dato", "1;1;Bo Olesen;Plan og Byrum;bo@x.example;20190301;99991231"),
    "Lessor": ("Medarb.nr.;Fornavn;Efternavn;Afd.nr;Afdelingsnavn;E-mail;Ansættelsesdato;Fratrædelsesdato", "1;Bo;Olesen;12;Plan og Byrum;bo@x.example;01-03-2019;31-12-9999"),
    "DataLøn": ("Medarbejdernummer;Medarbejdernavn;Afdelingsnavn;E-mailadresse;Ansat den;Fratrådt den", "1;Bo Olesen;Plan og Byrum;bo@x.example;01-03-19;31-12-99"),
    "Visma": ("Ansattnr;Fornavn;Efternavn;Afdeling navn;E-post;Startdato;Sluttdato;Slutdato", "1;Bo;Olesen;Plan og Byrum;bo@x.example;01.03.2019;;31.12.9999"),
    "Get-ADUser": ("GivenName,Surname,Name,EmailAddress,Department,EmployeeID,Enabled,employeeHireDate,AccountExpirationDate", "Bo,Olesen,Bo Olesen,bo@x.example,Plan og Byrum,1,True,2019-03-01T00:00:00Z,31-12-9999 00:00:00"),
    "Entra": ("userPrincipalName,displayName,department,accountEnabled,userType,employeeId,id,employeeHireDate,employeeLeaveDateTime", "bo@x.example,Bo Olesen,Plan og Byrum,True,Member,1,0f0f,2019-03-01,9999-12-31"),
    "Google": ("First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Employee ID,Department,Start date,End date", "Bo,Olesen,bo@x.example,Active,1,Plan og Byrum,2019/03/01,9999/12/31"),
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_system_exports_is_read_as_it_comes(tmp_path: Path, system: str) -> None:
    found = read_people(written(tmp_path, "\n".join(SYSTEMS[system]).encode("cp1252")), DEPARTMENTS)
    right = Row(
        number="1",
        email="bo@x.example",
        name="Bo Olesen",
        department="plan",
        started=date(2019, 3, 1),
        left=date.max,
    )
    assert (found.rows, found.faults) == ((right,), ())
