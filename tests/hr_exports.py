"""Exports as HR systems and directories write them, made from public descriptions, with invented people.

The first 31 are those that an administrator tried; the others are systems beside them.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.workbook_values import workbook

PEOPLE: Sequence[Mapping[str, str]] = [
    {
        "number": number,
        "first": first,
        "last": last,
        "mail": f"{mail}@by.example",
        "place": place,
        "dn": f"CN={first},OU=Brugere,OU={place},DC=by",
    }
    for number, first, last, mail, place in (
        ("10231", "Anna", "Holm", "anna.holm", "Plan og Byrum"),
        ("10232", "Bjørn", "Sørensen", "bjorn", "Plan og Byrum"),
        ("10233", "Åse", "Ærø-Kjær", "aase", "Jura og Tilladelser"),
        ("10234", "Lukas", "O'Brien", "lukas", "Jura og Tilladelser"),
    )
]
NUMBERS = [one["number"] for one in PEOPLE]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file, what the config says of it, and who is read of it by their numbers; or what is said instead."""

    content: bytes
    file: str = "people.csv"
    config: Mapping[str, Any] = field(default_factory=dict)
    numbers: Sequence[str | None] = tuple(NUMBERS)
    left_out: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[str] = ()
    refused: str = ""


def table(heading: str, row: str | Callable[[Mapping[str, str]], str], separator: str = ";") -> str:
    """A CSV with these headings. `row` names what stands in each column of a person's row, with braces."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(heading.split(","))
    for one in PEOPLE:
        text = row(one) if callable(row) else row
        writer.writerow([cell.format_map(one) for cell in text.split(",")])
    return out.getvalue()


def quoted(text: str) -> str:
    """The same table with commas, and every cell in quotes, as PowerShell writes it."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(csv.reader(io.StringIO(text), delimiter=";"))
    return out.getvalue()


USUAL = table("Medarbejdernr,Navn,E-mail,Afdeling", "{number},{first} {last},{mail},{place}")
AD = quoted(
    table(
        "DistinguishedName,Enabled,GivenName,Name,ObjectClass,SamAccountName,Surname,UserPrincipalName,mail,Department,EmployeeID",
        "{dn},True,{first},{first} {last},user,{number},{last},{mail},{mail},{place},{number}",
    )
)
TYPE = "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\r\n"
FIRST_TWO = "".join(USUAL.splitlines(keepends=True)[:3])
TWICE = table("Medarbejdernr,Navn,E-mail,Afdeling,Afdeling", "{number},{first} {last},{mail},5012,{place}")

TRIED: Mapping[str, Export] = {
    "Excel, Windows-1252": Export(content=USUAL.encode("cp1252")),
    "Excel, sep=;": Export(content=("\ufeffsep=;\r\n" + USUAL).encode()),
    "Excel, other order": Export(
        content=table("Afdeling,Stilling,E-mail,Navn,Medarbejdernr", "{place},x,{mail},{first} {last},{number}").encode("cp1252")
    ),
    "Excel, MS-DOS": Export(content=USUAL.encode("cp850")),
    "Excel, Macintosh": Export(content=USUAL.encode("mac_roman")),
    "Excel, Unicode text": Export(content=USUAL.replace(";", "\t").encode("utf-16")),
    "Excel, workbook": Export(
        file="people.xlsx",
        content=workbook(
            [("Medarbejdernr", "Navn", "E-mail", "Afdeling", "Ansat")]
            + [(int(one["number"]), f"{one['first']} {one['last']}", one["mail"], one["place"], date(2019, 3, 1)) for one in PEOPLE]
        ),
    ),
    "SD Løn": Export(
        content=table("Tjenestenr,Navn,Afdelingsnavn,E-mail,Ansat,Fratrådt", "{number},{first} {last},{place},{mail},01.03.2019,31.12.9999").encode("cp1252")
    ),
    "KMD OPUS": Export(
        content=table(
            "Personalenr.,Fornavn,Efternavn,Org.enhed,Org.enhedstekst,E-mail-adresse,Ansat fra,Ansat til",
            "{number},{first},{last},50001234,{place},{mail},01.03.2019,00.00.0000",
        ).encode("cp1252")
    ),
    "Silkeborg Løn": Export(
        content=table(
            "Løbenr,Ansættelsesforhold,Navn,Arbejdssted,Mail,Ansat dato,Fratrådt dato", "{number},1,{first} {last},{place},{mail},20190301,99991231"
        ).encode("cp1252")
    ),
    "Lessor": Export(
        content=table(
            "Medarb.nr.,Fornavn,Efternavn,Afdeling,Afdelingsnavn,E-mail,Ansættelsesdato", "{number},{first},{last},12,{place},{mail},01-03-2019"
        ).encode("cp1252")
    ),
    "DataLøn": Export(
        content=table("Medarbejdernummer,Medarbejdernavn,Afdelingsnavn,E-mailadresse,Ansat den", "{number},{first} {last},{place},{mail},01-03-19").encode()
    ),
    "AD, -NoTypeInformation": Export(content=("\ufeff" + AD).encode()),
    "AD, PowerShell 5.1": Export(content=(TYPE + AD).encode("ascii", "replace")),
    "AD, -Encoding Unicode": Export(content=(TYPE + AD).encode("utf-16")),
    "AD, -Properties EmailAddress": Export(
        content=quoted(table("Name,GivenName,Surname,EmailAddress,Department,EmployeeNumber,Enabled", "{first} {last},{first},{last},{mail},{place},{number},True")).encode()
    ),
    "Entra": Export(
        content=table(
            "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled",
            "{mail},{first} {last},{last},{mail},{first},{number},Member,Konsulent,{place},TRUE",
            ",",
        ).encode("utf-8-sig")
    ),
    "Google": Export(
        content=table(
            "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Status [READ ONLY],Employee ID",
            "{first},{last},{mail},/By/{place},Active,{number}",
            ",",
        ).encode()
    ),
    "a title on top": Export(content=("Medarbejderoversigt pr. 29-11-2026\r\n\r\n" + USUAL).encode("cp1252")),
    "titles on top": Export(content=("Grøn By;;;\r\nUdtræk;fra;løn;\r\n\r\n" + USUAL).encode()),
    "a total at the end": Export(content=(USUAL + "I alt: 4 medarbejdere;;;\r\n").encode(), left_out={"nobody": 1}),
    "pipes": Export(content=USUAL.replace(";", "|").encode()),
    "letters of a Mac": Export(content=unicodedata.normalize("NFD", USUAL).encode()),
    "blanks of Word": Export(content=USUAL.replace("Plan og", "Plan og\u00a0 ").replace(".example", ".example\u00a0").encode()),
    "a code and a name under one heading": Export(content=TWICE.encode()),
    "dates of all kinds": Export(
        content=(
            "Nr.;Navn;E-mail;Afdeling;Medarbejdernr;Ansat;Fratrådt\r\n"
            + "".join(
                f";N N;{at}@by.example;plan;{at};{day};\r\n"
                for at, day in enumerate(("01-03-2019 00:00", "2019-03-01T00:00:00", "00-00-0000", "01-03-19", "2019/03/01", "20190301"), 1)
            )
        ).encode(),
        numbers=("1", "2", "3", "4", "5", "6"),
    ),
    "two of everything": Export(
        content=(
            FIRST_TWO
            + "10232;Bjørn Sørensen;bjorn@by.example;Jura og Tilladelser\r\n"
            + "4K/12;C;c@by.example, d@by.example;plan\r\n1002123456;D;d@by.example;plan\r\n13;;e@by.example;plan\r\n"
            + "14;F;f@by.example;Plan & Byrum\r\n15;G;g@by.example;Plan og Byrum, Jura og Tilladelser\r\n16;H;;plan\r\n17;I;søren@by.example;plan\r\n"
        ).encode(),
        numbers=("10231", "10232", "16"),
        left_out={"second": 1},
        faults=("5:email", "6:number", "7:name", "8:department", "9:department", "11:email"),
    ),
    "a page to log in": Export(content=b"<!DOCTYPE html>\n<html><body>Log ind</body></html>", refused="this is a web page or XML"),
    "JSON": Export(content=json.dumps([dict(one) for one in PEOPLE]).encode(), refused="this is JSON."),
    "empty": Export(content=b"\r\n", refused="the file is empty."),
    "nothing but the heading": Export(content=USUAL.splitlines()[0].encode(), refused="there is nobody in this file."),
}  # fmt: skip
"""What became of them is in the table of tests/test_hr_exports.py."""

OTHERS: Mapping[str, Export] = {
    "SAP SuccessFactors": Export(  # two headings: the keys of the system, and as they are shown
        content=(
            "STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,EMAIL,DEPARTMENT,HIREDATE\r\n"
            "STATUS,USERID,Username,First Name,Last Name,Email,Department,Hire Date\r\n"
            + "".join(
                f"active,{one['number']},{one['mail']},{one['first']},{one['last']},{one['mail']},{one['place']},2019-03-01\r\n"
                for one in PEOPLE
            )
            + "inactive,9,x,X,X,x@by.example,Plan og Byrum,2010-01-01\r\n"
        ).encode(),
        left_out={"nobody": 1, "disabled": 1},
    ),
    "Workday": Export(
        content=(
            "All Active Workers\r\n\r\n"
            + table("Employee ID,Worker,Email - Primary Work,Supervisory Organization,Hire Date", "{number},{first} {last},{mail},{place} (Mette Lund),2019-03-01", ",")
        ).encode("utf-8-sig"),
        config={"departments": {"plan og byrum (*)": "plan", "jura*": "jura"}},
    ),
    "BambooHR": Export(
        content=table(
            "Employee #,First Name,Last Name,Work Email,Department,Division,Hire Date,Status", "{number},{first},{last},{mail},{place},By,2019-03-01,Active", ","
        ).encode()
    ),
    "Personio, workbook": Export(
        file="people.xlsx",
        content=workbook(
            [("ID", "First name", "Last name", "Email", "Status", "Department", "Hire date", "Termination date")]
            + [(float(one["number"]), one["first"], one["last"], one["mail"], "Active", one["place"], date(2019, 3, 1), None) for one in PEOPLE]
        ),
    ),
    "OS2MO, all employees": Export(  # CPR numbers stand in it, and are not read
        content=table(
            "UUID,Navn på person,Stilling,CPR-Nummer,AD-email,AD-telefonnummer,Enhed", "{number},{first} {last},x,0101700000,{mail},,{place}"
        ).encode()
    ),
    "Oracle HCM": Export(
        content=table("Person Number,Display Name,Work Email,Department Name,Hire Date", "{number},{first} {last},{mail},{place},2019/03/01", ",").encode()
    ),
    "Exchange, Get-User": Export(
        content=(
            quoted(table("Name,DisplayName,WindowsEmailAddress,Department,RecipientTypeDetails", "{number},{first} {last},{mail},{place},UserMailbox"))
            + '"9","Borgerservice","post@by.example","","SharedMailbox"\r\n"8","Lokale 2","rum@by.example","","RoomMailbox"\r\n'
        ).encode(),
        numbers=(None,) * 4,
        left_out={"mailbox": 2},
    ),
    "AD by its OUs": Export(
        content=quoted(table("DistinguishedName,mail,Name,EmployeeID", "{dn},{mail},{first} {last},{number}")).encode(),
        config={"columns": {"path": "DistinguishedName"}},
    ),
    "AD with accounts of nobody": Export(
        content=(AD + ',"True",,"svc-backup","user","svc",,"svc@by","","",\r\n"x","True",,"Scanner","user","scan",,"scan@by","scan@by.example","",\r\n').encode(),
        left_out={"unreachable": 1, "mailbox": 1},
    ),
    "Zenegy": Export(
        content=table("Medarbejdernummer,Fornavn,Efternavn,Email,Afdeling,Startdato,Slutdato", "{number},{first},{last},{mail},{place},2019-03-01T00:00:00Z,", ",").encode()
    ),
    "Planday": Export(
        content=table("Employee number,First name,Last name,Email,Department,Hired date", "{number},{first},{last},{mail},{place},2019-03-01").encode("utf-8-sig")
    ),
    "Visma": Export(
        content=table("Ansattnr,Fornavn,Efternavn,Afdeling navn,E-post,Startdato,Slutdato", "{number},{first},{last},{place},{mail},01.03.2019,31.12.9999").encode("cp1252")
    ),
    "two appointments, by code": Export(
        content=(
            table("Tjenestenummer,Navn,Institutionsnr,E-mail", "{number},{first} {last},5012,{mail}")
            + "10999;Anna Holm;7777;anna.holm@by.example\r\n10998;Vikar Vikarsen;9999;v@by.example\r\n"
        ).encode(),
        config={"departments": {"5012": "plan", "*": "jura"}, "skip": {"code": ("9999",)}},
        left_out={"second": 1, "skipped": 1},
    ),
    "a path of the organisation": Export(
        content=table("Medarbejdernr,Navn,E-mail,Organisationssti", "{number},{first} {last},{mail},By > {place} > Team 1").encode()
    ),
}  # fmt: skip
