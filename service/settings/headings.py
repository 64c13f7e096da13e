"""The headings of what HR exports: which column is which, and what is said of those that nobody uses. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from service.messages.faults import Fault
from service.messages.translation import Sentence

Headers = Mapping[str, tuple[str, ...]]
"""By column the headings it is known by, as `plain` writes them."""

Columns = Mapping[str, int | None]
"""By column where it stands in a heading; None where it does not."""

NEAR = 0.75
"""How alike a heading must be to a known one to be asked about. Below it stand title and time, arbejdssted and
arbejdsdage."""

HEADERS: Headers = {
    "number": (
        "number",
        "employee number",
        "employee id",
        "medarbejdernr",
        "medarbejdernummer",
        "tjenestenr",
        "tjenestenummer",
        "employeeid",
        "employeenumber",
        "personalenr",
        "personalenummer",
        "lønnummer",
        "lønnr",
        "medarb.nr",
        "medarbejder nr",
        "medarbejder-nr",
        "medarbejder id",
        "medarbejderid",
        "medarb nr",
        "løbenr",
        "løbenummer",
        "lønmodtagernr",
        "ansættelsesnr",
        "ansættelsesnummer",
        "ansattnr",
        "ressursnr",
        "employee no",
        "staff number",
        "employee #",
        "empid",
        "person number",
        "userid",
        "id",
        "uuid",
    ),
    "email": (
        "email",
        "e-mail",
        "mail",
        "e-mail address",
        "mailadresse",
        "e-mailadresse",
        "arbejdsmail",
        "email address",
        "emailaddress",
        "e-mail-adresse",
        "emailadresse",
        "mail adresse",
        "arbejds e-mail",
        "arbejdsemail",
        "e-mail arbejde",
        "e-mail (arbejde)",
        "e-post",
        "work email",
        "primary email",
        "primarysmtpaddress",
        "windowsemailaddress",
        "email - primary work",
        "primary work email",
        "email - work",
        "ad-email",
        "userprincipalname",
        "user principal name",
    ),
    "name": (
        "displayname",
        "display name",
        "name",
        "full name",
        "navn",
        "fulde navn",
        "medarbejdernavn",
        "fuldt navn",
        "personnavn",
        "medarbejder",
        "navn på person",
        "preferred name",
        "worker",
    ),
    "first_name": (
        "first name",
        "given name",
        "fornavn",
        "givenname",
        "fornavne",
        "for-navn",
        "firstname",
        "preferred first name",
        "legal name - first name",
    ),
    "last_name": (
        "last name",
        "surname",
        "efternavn",
        "sn",
        "efternavne",
        "lastname",
        "preferred last name",
        "legal name - last name",
    ),
    "department": (  # the names before what may be their numbers
        "department name",
        "afdelingsnavn",
        "afdelingstekst",
        "afdeling navn",
        "afd.navn",
        "afd. navn",
        "enhedsnavn",
        "org.enhedstekst",
        "org.enhed tekst",
        "orgenhedsnavn",
        "arbejdssted navn",
        "department",
        "unit",
        "afdeling",
        "enhed",
        "kontor",
        "organisationsenhed",
        "arbejdssted",
        "tjenestested",
        "afdelinger",
        "supervisory organization",
    ),
    "code": (
        "code",
        "department code",
        "org.enhed",
        "org enhed",
        "organisationsenhed nr",
        "afd.nr",
        "afd nr",
        "afdeling nr",
        "afdelingsnr",
        "afdelingsnummer",
        "afdelingskode",
        "enhedsnr",
        "enhedskode",
        "institutionsnr",
        "department number",
        "departmentnumber",
        "cost center",
        "cost centre",
        "omkostningssted",
    ),
    "path": (
        "path",
        "org unit path",
        "organisationssti",
        "organisationsvej",
        "org.sti",
        "sti",
        "enhedssti",
        "hierarki",
        "organisation path",
    ),
    "language": ("language", "sprog"),
    "zone": ("time zone", "timezone", "zone", "tidszone"),
    "track": ("track", "spor"),
    "working_days": ("working days", "workdays", "arbejdsdage"),
    "time": ("time", "preferred time", "tid", "tidspunkt"),
    "roles": ("roles", "role", "roller", "rolle"),
    "started": (
        "started",
        "start",
        "start date",
        "hired",
        "startdato",
        "ansat",
        "ansat fra",
        "ansættelsesdato",
        "tiltrådt",
        "ansat dato",
        "ansat d",
        "ansat den",
        "ansat pr",
        "ansættelsesstart",
        "tiltrædelsesdato",
        "tiltrædelse",
        "startdate",
        "hire date",
        "hiredate",
        "employeehiredate",
        "hired date",
    ),
    "left": (
        "left",
        "end",
        "end date",
        "slutdato",
        "fratrådt",
        "fratrædelsesdato",
        "fratrådt dato",
        "fratrådt d",
        "ansat til",
        "fratrådt pr",
        "fratrådt den",
        "fratræder",
        "slut",
        "ophørsdato",
        "ansættelsesslut",
        "enddate",
        "termination date",
        "employeeleavedatetime",
        "accountexpirationdate",
    ),
    "enabled": ("enabled", "accountenabled", "account enabled", "status"),
    "user_type": ("usertype", "user type", "recipienttypedetails", "recipient type details"),
}
_OF_A_ROW = ("id", "uuid", "løbenr", "løbenummer")
"""What may be an absence's own number: whose it is, is read from another column where there is one."""

ABSENCE_HEADERS: Headers = {
    "person": (
        "person",
        "medarbejdernr",
        "mail",
        "medarbejder",
        *(name for name in HEADERS["number"] if name not in (*_OF_A_ROW, "medarbejdernr")),
        *(name for name in HEADERS["email"] if name != "mail"),
        *_OF_A_ROW,
    ),
    "first": (
        "first",
        "fra",
        "from",
        "first day",
        "første dag",
        "startdato",
        "fra dato",
        "fradato",
        "start",
        "start date",
        "startdate",
        "første fraværsdag",
    ),
    "last": (
        "last",
        "til",
        "to",
        "until",
        "last day",
        "sidste dag",
        "slutdato",
        "til dato",
        "tildato",
        "slut",
        "end",
        "end date",
        "enddate",
        "sidste fraværsdag",
    ),
}


def plain(heading: str) -> str:
    """A heading as headings are compared: NFC (a Mac writes ø and å in two characters), small letters, single blanks,
    no dot or colon at the end, no [Required] as Google has it."""
    bare = re.sub(r"\[[^]]*\]", "", unicodedata.normalize("NFC", heading).lower())
    return re.sub(r"[\s_]+", " ", bare).strip(" .:*")


def with_columns(headers: Headers, columns: Mapping[str, str]) -> Headers:
    """The headings by which columns are known, where an administrator says how some are called: those by that alone, and
    no other column by it."""
    said = {key: plain(heading) for key, heading in columns.items()}
    taken = set(said.values())
    rest = {key: tuple(name for name in known if name not in taken) for key, known in headers.items()}
    return {**rest, **{key: (name,) for key, name in said.items()}}


def columns_of(heading: Sequence[str], headers: Headers) -> dict[str, int | None]:
    """Where each known column stands in a heading; None for one that is not there."""
    names = [plain(cell) for cell in heading]
    places = {name: at for at, name in reversed([*enumerate(names)])}  # the first of a name
    found = {key: next((places[name] for name in known if name in places), None) for key, known in headers.items()}
    at = found.get("department")
    if at is not None and found.get("code", at) is None and names[at] in names[at + 1 :]:
        found["code"] = names.index(names[at], at + 1)  # HR has the number and the name under one heading
    return found


def notes(
    file: str, heading: Sequence[str], headers: Headers, line: int = 1, *, ruled: Iterable[str] = ()
) -> Iterator[Fault]:
    """What an administrator should know of a heading: the columns not used, with what was probably meant; and those of
    [people.skip], `ruled`, that are not there."""
    columns = columns_of(heading, headers)
    for key in ruled:
        if columns[key] is None:
            text = '[people.skip] has a rule for "{name}", and there is no such column.'
            yield Fault(file, str(line), Sentence(text, {"name": key}))
    unknown = []
    for cell in unused(heading, columns):
        if meant := _meant(cell, heading, headers, columns):
            yield Fault(file, str(line), meant)
        else:
            unknown.append(cell)
    if unknown:
        names = ", ".join(f'"{cell}"' for cell in unknown)
        yield Fault(file, str(line), Sentence("columns that are not used: {names}.", {"names": names}))
    if "number" in headers and columns["number"] is None:
        text = "there is no column with employee numbers: people are known by their address, and by their name when the address is new."
        yield Fault(file, str(line), Sentence(text))


def unused(heading: Sequence[str], columns: Columns) -> Iterator[str]:
    """The cells of a heading that are taken as nothing."""
    taken = {at for at in columns.values() if at is not None}
    return (cell for at, cell in enumerate(heading) if at not in taken and cell.strip())


def _meant(cell: str, heading: Sequence[str], headers: Headers, columns: Columns) -> Sentence | None:
    """What was probably meant by a column that is not used; None where nothing known is like it."""
    twin = next((columns[key] for key, known in headers.items() if plain(cell) in known), None)
    if twin is not None:
        return Sentence('the column "{name}" is not used; "{other}" is.', {"name": cell, "other": heading[twin]})
    key = nearest(cell, headers, columns)
    if key:
        near = get_close_matches(plain(cell), headers[key], 1, NEAR)[0]
        return Sentence('the column "{name}" is not used. Did you mean "{near}"?', {"name": cell, "near": near})
    return None


def nearest(cell: str, headers: Headers, columns: Columns) -> str | None:
    """The column that is not there and is nearly called as this cell of a heading; None where none is."""
    free = {name: key for key, known in headers.items() if columns[key] is None for name in known}
    near = get_close_matches(plain(cell), free, 1, NEAR)
    return free[near[0]] if near else None
