"""`aikultur people look`: how a people file is read, before it counts. Pure.

Which column was taken as what, how many people there are, which departments the config lacks (with the TOML to paste),
and what cannot be read, a line for a kind.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from culture.people import Department, Language
from service.messages.faults import Fault
from service.messages.grouped import lines, values
from service.messages.names import some
from service.messages.translation import Sentence, say
from service.settings.headings import HEADERS, columns_of, notes, unused
from service.settings.people_file import NO_DEPARTMENT, People, as_key

SHOWN = 20
"""Departments that are listed with how many people each; the TOML has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A people file as it is read. `refused`: why it cannot be used at all; `faults` are its rows'; `missing` the
    departments that the config lacks, as the file writes them, with how many people each."""

    file: str
    columns: Mapping[str, str]  # the heading that is taken, by our name of the column
    unused: tuple[str, ...]
    people: int
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
    file: str,
    heading: Sequence[str],
    people: People | None,
    departments: Mapping[str, Department],
    refused: Sequence[Fault] = (),
    *,
    line: int = 1,
) -> Look:
    """What there is to say of a people file with this heading, and of the `people` in it; `refused` says why there are
    none."""
    taken = columns_of(heading, HEADERS)
    found = people.faults if people else ()
    absent = missing(found)
    return Look(
        file=file,
        columns={key: heading[at] for key, at in taken.items() if at is not None},
        unused=tuple(unused(heading, taken)),
        people=len(people.rows) if people else 0,
        departments=Counter(row.department for row in people.rows) if people else {},
        left_out=people.left_out if people else {},
        missing=absent,
        toml=toml(absent, departments),
        refused=tuple(refused),
        faults=tuple(fault for fault in found if not _of_department(fault)),
        notes=tuple(notes(file, heading, HEADERS, line)),
    )


LEFT_OUT = {
    "nobody": "lines that are about nobody, such as a total: {count}",
    "disabled": "disabled accounts: {count}",
    "guest": "guests: {count}",
    "second": "further rows of somebody whose first one counts: {count}",
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


def toml(names: Iterable[str], departments: Iterable[str]) -> str:
    """The tables to paste into config.toml for departments of these names, beside those of these keys."""
    keys = set(departments)
    tables = []
    for name in sorted(names, key=str.casefold):
        key = next(one for one in _keys(as_key(name)) if one not in keys)
        keys.add(key)
        # a text of JSON is a text of TOML too
        tables.append(f"[departments.{key}]\nname = {json.dumps(name, ensure_ascii=False)}\n")
    return "\n".join(tables)


def _keys(key: str) -> Iterator[str]:
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1


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
    if not found.missing:
        return
    names = [f"{name} ({count})" for name, count in found.missing.items()]
    fields = {"count": len(names), "people": _people(sum(found.missing.values()))}
    yield ""
    yield say(language, "{count} departments are not in config.toml, with {people} in all:", **fields)
    yield f"  {some(names, language, None if each else SHOWN)}"
    yield ""
    yield say(language, "Paste this into config.toml; the name within [ ] can be any that you like:")
    yield ""
    yield from found.toml.splitlines()


def look_value(found: Look) -> dict[str, Any]:
    """The look for a program to read."""
    return {
        "file": found.file,
        "columns": found.columns,
        "unused": found.unused,
        "people": found.people,
        "departments": found.departments,
        "left_out": found.left_out,
        "missing": found.missing,
        "toml": found.toml,
        "faults": values((*found.refused, *found.faults)),
        "notes": values(found.notes),
    }
