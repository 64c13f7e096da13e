"""Faults of one kind as one line: how many there are, three of them, and what to write instead. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from culture.people import Language
from service.messages.faults import Fault
from service.messages.translation import say

EXAMPLES = 3
"""So many are said one by one, or stand for the rest."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is said of several rows: the same sentence about the same column of one file."""

    faults: tuple[Fault, ...]

    @property
    def column(self) -> str:
        """The column, or the place where it is no row's."""
        return _at(self.faults[0])[1]

    @property
    def rows(self) -> list[str]:
        """Their lines, or whose they are."""
        return [_at(fault)[0] for fault in self.faults]

    def said(self, language: Language) -> str:
        """One line for all of them."""
        first = self.faults[0]
        fields = {"file": first.file, "column": self.column, "said": first.sentence, "count": len(self.faults)}
        text = "{file}, {count} rows, {column}: {said} For example in {examples}."
        return say(language, text, **fields, examples=", ".join(self.examples()))

    def examples(self) -> list[str]:
        """Where a few of them are, with what stands there; as different ones as there are."""
        different: dict[object, str] = {}
        for fault, row in zip(self.faults, self.rows, strict=True):
            value = fault.sentence.fields.get("value")
            different.setdefault(row if value is None else value, row if value is None else f'{row} ("{value}")')
        return list(different.values())[:EXAMPLES]


def grouped(faults: Iterable[Fault]) -> list[Group]:
    """The faults by kind, in the order in which the first of each came."""
    kinds: dict[tuple[str, str, bool, str], list[Fault]] = {}
    for fault in faults:
        row, column = _at(fault)
        kinds.setdefault((fault.file, column, bool(row), fault.sentence.text), []).append(fault)
    return [Group(tuple(found)) for found in kinds.values()]


def lines(faults: Iterable[Fault], language: Language, *, each: bool = False) -> Iterator[str]:
    """What is said of the faults: a line for a kind where there are more than a few, a line for `each` on demand."""
    for group in grouped(faults):
        if each or len(group.faults) <= EXAMPLES or not group.rows[0]:
            yield from (fault.said(language) for fault in group.faults)
        else:
            yield group.said(language)


def values(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """The same for a program to read, an entry for a kind: in English, whose words before anything was filled in are its
    `kind`; `rows` are lines of the file, or whose they are."""
    return [
        {
            "file": group.faults[0].file,
            "place": group.column,
            "count": len(group.faults),
            "rows": [row for row in group.rows if row],
            "kind": group.faults[0].sentence.text,
            "said": str(group.faults[0].sentence),
        }
        for group in grouped(faults)
    ]


def _at(fault: Fault) -> tuple[str, str]:
    """The row and the column of a fault; no row for what stands elsewhere."""
    row, _, column = fault.place.rpartition(":")
    return row, column
