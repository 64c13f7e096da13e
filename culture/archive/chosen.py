"""Choosing in the archive: by kind, department, tool, outcome, period, sector. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from culture.archive.entries import Entry, Value

FACETS = ("kind", "department", "tool", "outcome", "period", "sector")
"""The ways to choose: fields of an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to choose, and each value that is in use with the entries it chooses."""

    name: str
    values: tuple[tuple[Value, tuple[Entry, ...]], ...]


def facets(entries: Iterable[Entry]) -> tuple[Facet, ...]:
    """The ways in which there is something to choose, since not all entries are alike: periods by time, the newest
    first, the rest by name."""
    every = tuple(entries)
    found = (Facet(name=name, values=_values(name, every)) for name in FACETS)
    return tuple(facet for facet in found if facet.values and len(facet.values[0][1]) < len(every))


def of(entry: Entry, facet: str) -> Value:
    """What the entry has of a facet."""
    value: Value = getattr(entry, facet)
    return value


def fits(entry: Entry, chosen: Mapping[str, str]) -> bool:
    """Whether the entry has all that was chosen, by the ids of the values; an empty one is no choice."""
    return all(not chosen.get(name) or of(entry, name).id == chosen[name] for name in FACETS)


def _values(name: str, entries: Iterable[Entry]) -> tuple[tuple[Value, tuple[Entry, ...]], ...]:
    chosen: dict[str, list[Entry]] = {}
    said: dict[str, str] = {}
    for one in entries:
        value = of(one, name)
        if value.id:
            chosen.setdefault(value.id, []).append(one)
            said[value.id] = value.said
    by_name = sorted(chosen, key=lambda id_: (said[id_].casefold(), id_))
    ids = sorted(chosen, reverse=True) if name == "period" else by_name
    return tuple((Value(id_, said[id_]), tuple(chosen[id_])) for id_ in ids)
