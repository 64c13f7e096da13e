"""`aikultur people look`: how a people file is read, before it counts. Pure.

Which column was taken as what, how many people there are, which departments the config lacks (with the TOML to paste),
what its columns probably are that are not known, and what cannot be read, a line for a kind.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from culture.people import Department, Language
from service.answers.proposal import guessed, homes, toml
from service.messages.faults import BadInput, Fault
from service.messages.grouped import lines, values
from service.messages.names import some
from service.messages.translation import Sentence, say
from service.settings.headings import columns_of, notes, unused
from service.settings.people_file import NO_DEPARTMENT, USUAL, People, people_headers
from service.settings.sections import PeopleSection
from service.settings.table_file import Table

SHOWN = 20
"""Departments that are listed with how many people each; the TOML has all of them."""

SAMPLES = 200
"""Rows by which it is guessed what is in a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A people file as it is read. `refused`: why it cannot be used at all; `faults` are its rows'; `missing` the
    departments that the config lacks, as the file writes them, with how many people each."""

    file: str
    columns: Mapping[str, str]  # the heading that is taken, by our name of the column
    unused: tuple[str, ...]
    people: int
    without_address: int
    departments: Mapping[str, int]
    left_out: Mapping[str, int]
    missing: Mapping[str, int]
    toml: str
    refused: tuple[Fault, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether everybody in it can be read."""
        return not (self.refused or self.faults or self.missing)


def look(
    table: Table,
    read: Callable[[PeopleSection], People],
    departments: Mapping[str, Department],
    section: PeopleSection = USUAL,
) -> Look:
    """What there is to say of a people file. `read` reads it as a section [people] says, and raises BadInput."""
    samples = [cells for _, cells in islice(table.rows, SAMPLES)]
    headers = people_headers(section)
    guess = guessed(table.heading, samples, headers, section.columns)
    people, refused = _read(read, section)
    # What is missing is looked for as if the columns were pasted already: once is enough.
    as_pasted = guess.columns(section.columns)
    mended = people if as_pasted == section.columns else _read(read, replace(section, columns=as_pasted))[0]
    absent = missing(mended.faults)
    taken = columns_of(table.heading, headers)
    before = {"columns": section.columns, "departments": section.departments}
    return Look(
        file=table.name,
        columns={key: table.heading[at] for key, at in taken.items() if at is not None},
        unused=tuple(unused(table.heading, taken)),
        people=len(people.rows),
        without_address=sum(not row.email for row in people.rows),
        departments=Counter(row.department for row in people.rows),
        left_out=people.left_out,
        missing=absent,
        toml=toml(guess, homes(absent, departments), departments, before),
        refused=refused,
        faults=tuple(fault for fault in people.faults if not _of_department(fault)),
        notes=tuple(notes(table.name, table.heading, headers, table.line, ruled=section.skip)),
    )


def _read(read: Callable[[PeopleSection], People], section: PeopleSection) -> tuple[People, tuple[Fault, ...]]:
    """The people; nobody where the file is refused, and why."""
    try:
        return read(section), ()
    except BadInput as bad:
        return People(rows=()), tuple(bad.faults)


LEFT_OUT = {
    "nobody": "lines that are about nobody, such as a total: {count}",
    "disabled": "disabled accounts: {count}",
    "guest": "guests: {count}",
    "mailbox": "mailboxes that are nobody's own: {count}",
    "unreachable": "with neither an address nor a number: {count}",
    "second": "further rows of somebody whose first one counts: {count}",
    "skipped": "by [people.skip]: {count}",
}


def left_out(counts: Mapping[str, int]) -> Sentence:
    """How many rows are not people, and why."""
    parts = tuple(Sentence(LEFT_OUT[why], {"count": counts[why]}) for why in LEFT_OUT if counts.get(why))
    return Sentence("Left out: {parts}.", {"parts": parts})


def missing(faults: Iterable[Fault]) -> dict[str, int]:
    """The departments that the config lacks, by what the faults of rows say: the largest first."""
    named: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for fault in filter(_of_department, faults):
        name = str(fault.sentence.fields["value"])
        counts[named.setdefault(name.casefold(), name)] += 1  # as it is written first
    return dict(counts.most_common())


def _of_department(fault: Fault) -> bool:
    return fault.sentence.text == NO_DEPARTMENT


def look_lines(found: Look, language: Language, *, each: bool = False) -> Iterator[str]:
    """The look for a person to read; `each` fault and department for itself."""
    tell = partial(say, language)
    counted = {
        "people": _people(found.people),
        "departments": Sentence("{count} departments", {"count": len(found.departments)}),
    }
    yield tell("{file}: {people} in {departments}.", file=found.file, **counted)
    yield ""
    yield tell("Columns that are used:")
    width = max(map(len, found.columns), default=0)
    yield from (f"  {key:<{width}}  {heading}" for key, heading in found.columns.items())
    if found.without_address:
        yield tell("{count} have no address, and get no letters.", count=found.without_address)
    if found.left_out:
        yield left_out(found.left_out).said(language)
    for note in found.notes:
        yield tell("Note: {text}", text=note.sentence)
    if found.refused:
        yield ""
        yield from (fault.said(language) for fault in found.refused)
    if found.faults:
        yield ""
        yield tell("What cannot be read. Who stands in such a row stays as they were:")
        yield from (f"  {line}" for line in lines(found.faults, language, each=each))
    yield from _missing_lines(found, language, each=each)


def _people(count: int) -> Sentence:
    return Sentence("{count} people", {"count": count})


def _missing_lines(found: Look, language: Language, *, each: bool) -> Iterator[str]:
    if found.missing:
        names = [f"{name} ({count})" for name, count in found.missing.items()]
        fields = {"count": len(names), "people": _people(sum(found.missing.values()))}
        yield ""
        yield say(language, "{count} departments are not in config.toml, with {people} in all:", **fields)
        yield f"  {some(names, language, None if each else SHOWN)}"
    if found.toml:
        yield ""
        yield say(
            language,
            "Paste this into config.toml, in place of tables of the same name. The name within [ ] of a new department can be any that you like; a line behind # is yours to decide:",
        )
        yield ""
        yield from found.toml.splitlines()


def look_value(found: Look) -> dict[str, Any]:
    """The look for a program to read."""
    return {
        "file": found.file,
        "columns": found.columns,
        "unused": found.unused,
        "people": found.people,
        "without_address": found.without_address,
        "departments": found.departments,
        "left_out": found.left_out,
        "missing": found.missing,
        "toml": found.toml,
        "faults": values((*found.refused, *found.faults)),
        "notes": values(found.notes),
    }
