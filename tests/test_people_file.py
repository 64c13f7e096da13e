"""People and absences as HR exports them: what is read, what is parked, what is refused, each in a sentence."""

import random
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from culture.census import Known, census
from culture.people import Department, Row
from service.messages.faults import BadInput
from service.settings.inputs import organisation, read_inputs
from service.settings.people_file import FAULTS_SHOWN, MOST_FAULTS, read_absences, read_people

pytestmark = pytest.mark.slow

SHIPPED = Path(__file__).parent.parent / "config.toml"
DEPARTMENTS = {
    "plan": Department(key="plan", name="Plan og Byrum"),
    "oeko": Department(key="oeko", name="Økonomi"),
}
HEADING = "number;email;name;department\n"
ANNA = Row(number="1", email="anna@x.example", name="Anna Holm", department="plan")


def people(folder: Path, content: str | bytes) -> Any:
    path = folder / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_people(path, DEPARTMENTS)


def parked(folder: Path, content: str | bytes) -> list[str]:
    """The faults of rows, while one good row stands beside them."""
    return [str(fault).removeprefix("people.csv, ") for fault in people(folder, content).faults]


def refused(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(BadInput) as caught:
        people(folder, content)
    return [
        str(fault).removeprefix("people.csv").removeprefix(": ").removeprefix(", ") for fault in caught.value.faults
    ]


# --- what is read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "mac_roman"])
def test_any_usual_separator_line_end_and_encoding_reads_the_same(
    tmp_path: Path, separator: str, line_end: str, encoding: str
) -> None:
    lines = [["number", "email", "name", "department"], ["1", "aase@x.example", "Åse Bjørn", "Økonomi"]]
    text = line_end.join(separator.join(cells) for cells in lines) + line_end
    (row,) = people(tmp_path, text.encode(encoding)).rows
    assert row == Row(number="1", email="aase@x.example", name="Åse Bjørn", department="oeko")


@pytest.mark.parametrize(
    "text",
    [
        "Employee Number;E-mail;Full name;Unit\n1;Anna@X.example;Anna Holm;PLAN\n",
        "Medarbejdernr;Navn;Mail;Afdeling\n1;Anna Holm;anna@x.example;Plan og Byrum\n",
        "tjenestenr;fornavn;efternavn;arbejdsmail;kontor\n1;Anna;Holm;anna@x.example;plan og byrum\n",
        "First_Name;Last  Name;E-Mail;Department;ID;Shoe size\nAnna;Holm;anna@x.example;plan;1;38\n",
        "\n \nnumber;email;name;department\n\n1;anna@x.example;Anna Holm;plan\n;;;\n",  # empty lines here and there
        "sep=;\nnumber;email;name;department\n1;anna@x.example;Anna Holm;plan\n",  # as Excel likes it
        "number;email;name;department\n1;anna@x.example;Anna Holm;plan;;;\n",  # separators left over at the end
        'number,email,name,department\n1,anna@x.example,"Anna Holm",plan\n',
        '"number";"email";"name";"department"\n"1";" anna@x.example ";"Anna Holm";"plan"\n',
    ],
)
def test_headings_are_known_in_danish_and_english(tmp_path: Path, text: str) -> None:
    found = people(tmp_path, text)
    assert (found.rows, found.faults) == ((ANNA,), ())


def test_a_domain_in_danish_letters_is_written_as_mail_servers_write_it(tmp_path: Path) -> None:
    text = "Medarbejdernr;Navn;E-mail;Afdeling\n1;Åse Holm;Aase@Åse.example;plan\n"
    assert [row.email for row in people(tmp_path, text).rows] == ["aase@xn--se-xia.example"]


def test_every_column_is_read(tmp_path: Path) -> None:
    text = (
        "Medarbejdernr;Navn;E-mail;Afdeling;Sprog;Tidszone;Spor;Arbejdsdage;Tid;Roller;Ansat;Fratrådt\n"
        "1;Anna Holm;anna@x.example;plan;Engelsk;Europe/Berlin;Law;man-ons,fre;8.30;Leder/Ambassadør;01-02-2020;2027-03-31\n"
    )
    (row,) = people(tmp_path, text).rows
    assert row == Row(
        number="1",
        email="anna@x.example",
        name="Anna Holm",
        department="plan",
        language="en",
        zone="Europe/Berlin",
        track="law",
        working_days=frozenset({1, 2, 3, 5}),
        time=time(8, 30),
        roles=frozenset({"leder", "ambassadør"}),
        started=date(2020, 2, 1),
        left=date(2027, 3, 31),
    )


@pytest.mark.parametrize("cell", ["2026-12-01", "01-12-2026", "1.12.2026", "01/12/2026"])
def test_dates_are_read_in_both_forms(tmp_path: Path, cell: str) -> None:
    text = f"email;name;department;startdato\nanna@x.example;Anna;plan;{cell}\n"
    assert people(tmp_path, text).rows[0].started == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("cell", "days"),
    [("mon-thu", {1, 2, 3, 4}), ("man,ons", {1, 3}), ("1-3", {1, 2, 3}), ("fre-man", {5, 6, 7, 1}), ("lør", {6})],
)
def test_weekdays_are_read_as_hr_writes_them(tmp_path: Path, cell: str, days: set[int]) -> None:
    text = f"email;name;department;arbejdsdage\nanna@x.example;Anna;plan;{cell}\n"
    assert people(tmp_path, text).rows[0].working_days == days


def test_the_shipped_people_are_all_good() -> None:
    inputs = read_inputs(SHIPPED)
    assert inputs.people is not None
    assert (len(inputs.people.rows), inputs.faults) == (40, ())


# --- what is parked: the row, never its neighbours ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2;bo(at)x;Bo;plan", '3:email: "bo(at)x" is not an e-mail address. Write for example "anna.holm@styrelsen.dk".'),
        ("2;bå@x.example;Bo;plan", '3:email: mail servers do not all take the letters before the @ in "bå@x.example". Write an address with a to z.'),
        ("2;bå@x;Bo;plan", '3:email: "bå@x" is not an e-mail address. Write for example "anna.holm@styrelsen.dk".'),
        ("2;bo@å..example;Bo;plan", '3:email: "bo@å..example" is not an e-mail address. Write for example "anna.holm@styrelsen.dk".'),
        ("2;bo@x.example;;plan", "3:name: the name is missing or longer than 200 letters."),
        ("2;bo@x.example;Bo;Kantinen", '3:department: "Kantinen" is not a department of config.toml. Write one of plan, oeko, or add [departments.kantinen].'),
        ("2;bo@x.example;Bo;Køb & Salg", '3:department: "Køb & Salg" is not a department of config.toml. Write one of plan, oeko, or add [departments.koeb-salg].'),
        ("2;ANNA@x.example;Bo;plan", "3:email: anna@x.example stands in line 2 already. Keep one of the two."),
        ("1;bo@x.example;Bo;plan", "3:number: #1 stands in line 2 already. Keep one of the two."),
        ("2;bo@x.example;plan", "3:*: the row has 3/4 cells of those in the heading. Look for a stray separator."),
        ("2;bo@x.example;Bo;plan;!", "3:*: the row has 5/4 cells of those in the heading. Look for a stray separator."),
        ('2;bo@x.example;"Bo\r\nBcc: all@x.example";plan', "4:name: the cell holds a line break or a control character. Take it out."),
        ("2;bo@x.example;B\x07o;plan", "3:name: the cell holds a line break or a control character. Take it out."),
        ("2;bo@x.example;Bo\u2028Bang;plan", "3:name: the cell holds a line break or a control character. Take it out."),
        ("2;bo@x.example;Bo\u202egnaB;plan", "3:name: the cell holds a line break or a control character. Take it out."),
        ("two words;bo@x.example;Bo;plan", '3:number: "two words" is not an employee number. Write letters, digits, dot or hyphen.'),
    ],
)  # fmt: skip
def test_a_faulty_row_is_parked_with_a_sentence_and_the_others_stay(tmp_path: Path, row: str, sentence: str) -> None:
    text = f"{HEADING}1;anna@x.example;Anna Holm;plan\n{row}\n"
    assert parked(tmp_path, text) == [sentence]
    assert people(tmp_path, text).rows == (ANNA,)


@pytest.mark.parametrize("number", ["010203-1234", "0102031234", "010203 1234", "311299-0000"])
def test_a_cpr_number_is_refused_and_never_repeated(tmp_path: Path, number: str) -> None:
    (fault,) = parked(tmp_path, f"{HEADING}1;anna@x.example;Anna Holm;plan\n{number};bo@x.example;Bo;plan\n")
    assert fault.startswith("3:number: this looks like a CPR number.")
    assert "010203" not in fault
    assert "1234" not in fault


@pytest.mark.parametrize("number", ["1001", "990203-1234", "011399-1234", "01020312345", "A-010203-1234"])
def test_an_employee_number_is_not_taken_for_a_cpr_number(tmp_path: Path, number: str) -> None:
    assert people(tmp_path, f"{HEADING}{number};bo@x.example;Bo;plan\n").rows[0].number == number


@pytest.mark.parametrize(
    ("column", "cell", "part"),
    [
        ("sprog", "fransk", "is not a language we write"),
        ("tidszone", "Europe/Kopenhagen", "is not a time zone"),
        ("tid", "05:30", "is not a time between 06:00 and 22:00"),
        ("tid", "middag", "is not a time between 06:00 and 22:00"),
        ("arbejdsdage", "man-xyz", "are not weekdays"),
        ("ansat", "31-02-2026", "is not a date"),
        ("ansat", "1/2/26", "is not a date"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_column(tmp_path: Path, column: str, cell: str, part: str) -> None:
    rows = f"anna@x.example;Anna;plan;\nbo@x.example;Bo;plan;{cell}\n"
    (fault,) = parked(tmp_path, f"email;name;department;{column}\n{rows}")
    assert fault.startswith("3:")
    assert f'"{cell}" {part}' in fault


def test_whoever_stands_in_a_parked_row_has_not_vanished(tmp_path: Path) -> None:
    found = people(tmp_path, f"{HEADING}1;anna@x.example;Anna Holm;plan\n2;bo@x.example;Bo;Kantinen\n")
    assert [(row.number, row.email, row.name) for row in found.unreadable] == [("2", "bo@x.example", "Bo")]


def test_a_parked_row_does_not_stand_in_the_way_of_its_corrected_twin(tmp_path: Path) -> None:
    found = people(
        tmp_path, f"{HEADING}1;anna@x.example;Anna Holm;plan\n1;bo@x.example;Bo;plan\n2;bo@x.example;Bo;plan\n"
    )
    assert ([row.number for row in found.rows], len(found.faults)) == (["1", "2"], 1)


def test_faults_are_said_in_danish(tmp_path: Path) -> None:
    (fault,) = people(tmp_path, f"{HEADING}1;anna@x.example;Anna;plan\n2;bo;Bo;plan\n").faults
    assert (
        fault.said("da")
        == 'people.csv, 3:email: "bo" er ikke en mailadresse. Skriv for eksempel "anna.holm@styrelsen.dk".'
    )


# --- what is refused: the file -----------------------------------------------------------------------------------


def test_every_missing_column_is_said_at_once(tmp_path: Path) -> None:
    found = refused(tmp_path, "nummer;adresse\n1;Vej 2\n")
    assert [line.split(".")[0] for line in found] == [
        "1: there is no column email",
        "1: there is no column department",
        "1: there is no column name",
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert refused(tmp_path, content) == ["the file is empty. Export it again."]


def test_a_file_with_nobody_in_it_is_refused(tmp_path: Path) -> None:
    sentence = "there is nobody in this file. Export it again, or name another under [people] file."
    assert refused(tmp_path, HEADING) == [sentence]
    assert refused(tmp_path, f"{HEADING}1;x;Bo;plan\n")[-1] == sentence


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    sentence = "this is not a text file. Save it as CSV UTF-8, or as a workbook (.xlsx)."
    assert refused(tmp_path, b"%PDF\x00\x00") == [sentence]


def test_a_letter_in_no_known_encoding_is_found(tmp_path: Path) -> None:
    content = HEADING.encode() + b"1;a@x.example;A\x81;plan\n"
    assert refused(tmp_path, content) == [
        "2: a letter is written neither in UTF-8 nor in Windows-1252. Save it as CSV UTF-8."
    ]


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no such file at .*nowhere\.csv"):
        read_people(tmp_path / "nowhere.csv", DEPARTMENTS)
    with pytest.raises(BadInput, match="This is a folder"):
        read_people(tmp_path, DEPARTMENTS)


def junk(alphabet: str) -> str:
    """Ten megabytes: twenty thousand rows by chance, over and over."""
    return "".join(random.Random(1).choices(alphabet, k=100_000)) * 100


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: random.Random(1).randbytes(10_000_000), id="bytes"),
        pytest.param(lambda: b"x" * 10_000_000, id="one line"),
        pytest.param(lambda: (HEADING + "1;" + "x" * 10_000_000).encode(), id="one row"),
        pytest.param(lambda: junk('ab;,\n"').encode(), id="letters"),
        pytest.param(lambda: (HEADING + junk("ab;,\n")).encode(), id="rows"),
    ],
)
def test_ten_megabytes_of_junk_are_a_few_sentences(tmp_path: Path, content: Any) -> None:
    assert 1 <= len(refused(tmp_path, content())) <= FAULTS_SHOWN + 1


def test_many_faulty_rows_among_more_good_ones_are_parked_one_by_one(tmp_path: Path) -> None:
    good = "".join(f"{number};{number}@x.example;Person;plan\n" for number in range(MOST_FAULTS + 2))
    bad = "".join(f"b{number};b{number}@x.example;Person;elsewhere\n" for number in range(MOST_FAULTS + 1))
    assert len(parked(tmp_path, HEADING + good + bad)) == MOST_FAULTS + 1
    assert "more than 1000 rows are faulty" in refused(tmp_path, HEADING + bad + good)[-1]


# --- absences ----------------------------------------------------------------------------------------------------


def absences(folder: Path, text: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    path = folder / "absences.csv"
    path.write_text(text, "utf-8")
    found, faults = read_absences(path)
    spans = [(one.who, one.span.first.isoformat(), one.span.last.isoformat()) for one in found]
    return spans, [str(fault).removeprefix("absences.csv, ") for fault in faults]


def test_absences_are_read_in_both_forms(tmp_path: Path) -> None:
    spans, faults = absences(
        tmp_path, "Medarbejder;Fra;Til\n1;01-12-2026;2026-12-05\nbo@x.example;7.12.2026;7/12/2026\n"
    )
    assert spans == [("1", "2026-12-01", "2026-12-05"), ("bo@x.example", "2026-12-07", "2026-12-07")]
    assert faults == []


@pytest.mark.parametrize("end", ["", "31.12.9999", "99991231", "9999-12-31"])
def test_an_absence_until_further_notice_is_written_in_any_form_of_hr_systems(tmp_path: Path, end: str) -> None:
    assert absences(tmp_path, f"person;first;last\n1;01-11-2026;{end}\n") == ([("1", "2026-11-01", "9999-12-31")], [])


def test_an_absence_that_cannot_be_read_is_parked(tmp_path: Path) -> None:
    text = "person;first;last\n1;2026-12-05;2026-12-01\n2;soon;\n3;;2026-12-01\n4;2026-12-01;2026-12-02\n"
    spans, faults = absences(tmp_path, text)
    assert [span[0] for span in spans] == ["4"]
    assert [fault.split(" ")[0] for fault in faults] == ["2:last:", "3:first:", "4:last:"]


def test_an_absence_of_somebody_unknown_is_said_and_the_others_count(tmp_path: Path) -> None:
    for name in ("config.toml", "people.csv"):
        (tmp_path / name).write_bytes((SHIPPED.parent / name).read_bytes())
    (tmp_path / "absences.csv").write_text("person;first;last\n001001;2026-12-01;\n9999;2026-12-01;\n", "utf-8")
    inputs = read_inputs(tmp_path / "config.toml")
    assert inputs.people is not None
    known = _known(inputs.people.rows)
    made, faults = organisation(inputs, known, {}, date(2026, 12, 1))
    assert set(made.absences) == {"1001"}
    assert [str(fault) for fault in faults] == [
        'absences.csv, 3:person: "9999" is nobody in the people file. Write a number or an address that stands there.'
    ]


def _known(rows: tuple[Row, ...]) -> dict[str, Known]:
    now = datetime(2026, 11, 30, 6, tzinfo=UTC)
    joined = census(
        {}, rows, new_id=lambda row: row.number or row.email, now=now, today=now.date(), gone=now.date()
    ).joined
    return {person.id: person for person in joined}


def test_a_faulty_people_file_keeps_the_last_good_one(tmp_path: Path) -> None:
    for name in ("config.toml", "people.csv", "absences.csv"):
        (tmp_path / name).write_bytes((SHIPPED.parent / name).read_bytes())
    before = read_inputs(tmp_path / "config.toml")
    (tmp_path / "people.csv").write_bytes(b"x" * 200_000)
    after = read_inputs(tmp_path / "config.toml", before)
    assert after.people == before.people
    assert "this is not a table" in str(after.faults[0])
