"""What to paste into config.toml so that a people file is read whole: its columns, where its departments belong, and
those that are new. Pure."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from glob import escape

from culture.people import Department
from service.settings.config_types import is_email
from service.settings.department_names import called, parts
from service.settings.headings import HEADERS, Columns, Headers, columns_of, nearest, unused
from service.settings.people_file import as_key

MOST = 0.8
"""So large a share of the cells has to look like something for the column to be taken as that."""

FAMILY = 5
"""So many departments of one first word could be one."""

SMALL_WORDS = frozenset({"og", "and", "i", "for", "the", "afdeling", "afdelingen", "afd"})
"""What may be there or not in the name of one department."""

NEEDED = frozenset({"email", "name", "first_name", "last_name", "department"})
"""Columns that are guessed because there is no file without them."""

Samples = Sequence[Sequence[str]]
"""Some rows of the file, as it has them."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Which column is what, by our names. `sure`: to be pasted; `perhaps`: to be chosen from by who knows the file;
    `gone`: in [people.columns] and not in the file."""

    sure: Mapping[str, str]
    perhaps: Mapping[str, tuple[str, ...]]
    gone: frozenset[str]

    def columns(self, before: Mapping[str, str]) -> dict[str, str]:
        """What should stand in [people.columns], where `before` does."""
        return {key: name for key, name in {**before, **self.sure}.items() if key not in self.gone}


def guessed(heading: Sequence[str], samples: Samples, headers: Headers, said: Mapping[str, str]) -> Guess:
    """What the columns that are not known probably are: by a heading that is known where the one that [people.columns]
    has `said` is not there, by one that is nearly known, else by what is in them."""
    columns, usual = columns_of(heading, headers), columns_of(heading, HEADERS)
    sure = {key: heading[at] for key in said if columns[key] is None and (at := usual[key]) is not None}
    alike = _alike(heading, headers, columns, sure)
    sure |= {key: cell for key, cell in alike.items() if key in NEEDED}
    perhaps: dict[str, tuple[str, ...]] = {key: (cell,) for key, cell in alike.items() if key not in NEEDED}
    inside = _inside(heading, samples, set(unused(heading, columns)) - set(sure.values()))
    found, choices = _by_what_is_inside(_wanted({**columns, **dict.fromkeys(sure, 0)}), inside)
    gone = frozenset(key for key in said if columns[key] is None)
    sure |= found
    return Guess(sure, perhaps | choices, gone - sure.keys())


def _alike(heading: Sequence[str], headers: Headers, columns: Columns, sure: Mapping[str, str]) -> dict[str, str]:
    """By our names, the headings that are nearly known, beside those that are `sure`."""
    near = [(nearest(cell, headers, columns), cell) for cell in unused(heading, columns) if cell not in sure.values()]
    return {key: cell for key, cell in near if key and key not in sure}


def _inside(heading: Sequence[str], samples: Samples, free: Collection[str]) -> dict[str, list[str]]:
    """What is in the cells of the columns that are `free`, by their headings; empty cells are left out."""
    places = [(at, cell) for at, cell in enumerate(heading) if cell in free]
    return {cell: [row[at].strip() for row in samples if at < len(row) and row[at].strip()] for at, cell in places}


def _by_what_is_inside(
    wanted: Iterable[str], inside: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The columns that are needed and that only one can be, which is then no other; and for the rest those to choose
    from."""
    found, choices = dict[str, str](), dict[str, tuple[str, ...]]()
    left = dict(inside)
    for key in wanted:
        names = tuple(name for name, cells in left.items() if cells and LOOKS[key](cells))
        if len(names) == 1 and key in NEEDED:
            found[key] = names[0]
            del left[names[0]]
        elif choice := names or (_with_words(left) if key == "department" else ()):
            choices[key] = choice
    return found, choices


def _with_words(inside: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(name for name, cells in inside.items() if _worded(cells))


def _wanted(columns: Columns) -> Iterator[str]:
    """The columns that are looked for by what is in them, those first whose cells look like nothing else."""
    if columns["email"] is None:
        yield "email"
    if columns["name"] is None and columns["first_name"] is None:
        yield "name"
    if columns["number"] is None:
        yield "number"
    if all(columns[key] is None for key in ("department", "code", "path")):
        yield "department"


def _share(cells: Sequence[str], pattern: str) -> float:
    return sum(bool(re.fullmatch(pattern, cell)) for cell in cells) / len(cells)


def _addresses(cells: Sequence[str]) -> bool:
    return sum(map(is_email, cells)) >= MOST * len(cells)


def _people(cells: Sequence[str]) -> bool:
    return len(set(cells)) >= MOST * len(cells) and _share(cells, r"[^\W\d]+([ ,.'\-]+[^\W\d]+)+") >= MOST


def _numbers(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and _share(cells, r"\w{0,3}\d{2,7}") >= MOST


def _worded(cells: Sequence[str]) -> bool:
    return any(re.search(r"[^\W\d]{3}", cell) for cell in cells)


def _departments(cells: Sequence[str]) -> bool:
    return len(set(cells)) < MOST * len(cells) and _share(cells, r".*[^\W\d]{3}.*") >= MOST


LOOKS = {"email": _addresses, "name": _people, "number": _numbers, "department": _departments}
"""Whether the cells of a column look like those of a column of ours."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Where departments belong that the config lacks: in one that it has, by the key of that; or in one to be added."""

    known: Mapping[str, str]
    new: tuple[str, ...]


def homes(names: Iterable[str], departments: Mapping[str, Department]) -> Homes:
    """For each department that the config lacks where its people probably belong."""
    keys = {_core(name): key for name, key in called(departments).items()}
    known, new = dict[str, str](), list[str]()
    for name in sorted(names, key=str.casefold):
        found = next((keys[core] for one in _readings(name) if (core := _core(one)) in keys), None)
        if found:
            known[name] = found
        else:
            new.append(name)
    return Homes(known, tuple(new))


def _readings(name: str) -> Iterator[str]:
    """What a name may stand for: it itself, without a number before or behind it, the first of several."""
    yield name
    yield re.sub(r"^[\d.\-: ]+|\s*\([^)]*\)$", "", name)
    yield from reversed(tuple(parts(name)))
    yield from re.split(r"[,;+/]", name)


def _core(name: str) -> str:
    """A name without what may be there or not."""
    words = as_key(name.replace("&", " og ")).split("-")
    return "-".join(word for word in words if word not in SMALL_WORDS)


def toml(guess: Guess, found: Homes, taken: Iterable[str], before: Mapping[str, Mapping[str, str]]) -> str:
    """The tables to paste, beside departments with the keys `taken`. `before`: what stands in [people.columns] and
    [people.departments] already, for a table may stand only once."""
    tables = [*_columns(guess, before["columns"]), *_departments_table(found, before["departments"])]
    keys = set(taken)
    for name in found.new:
        key = next(one for one in _keys(as_key(name)) if one not in keys)
        keys.add(key)
        tables.append(f"[departments.{key}]\nname = {_text(name)}\n")
    return "\n".join(tables)


def _columns(guess: Guess, before: Mapping[str, str]) -> Iterator[str]:
    lines = [f"{key} = {_text(name)}" for key, name in guess.columns(before).items()]
    choices = [f"# {key} = {' # '.join(map(_text, names))}" for key, names in guess.perhaps.items()]
    # Who has looked at the columns once has decided about what may be one or not.
    if guess.sure or guess.gone or (guess.perhaps and not before) or "department" in guess.perhaps:
        yield "\n".join(("[people.columns]", *lines, *choices)) + "\n"


def _departments_table(found: Homes, before: Mapping[str, str]) -> Iterator[str]:
    families = [
        f"# {_text(escape(word) + ' *')} = {_text(as_key(word))}  # {count}" for word, count in _families(found.new)
    ]
    if found.known or families:
        patterns = {**{escape(name): key for name, key in found.known.items()}, **before}
        lines = [f"{_text(one)} = {_text(key)}" for one, key in patterns.items()]
        yield "\n".join(("[people.departments]", *lines, *families)) + "\n"


def _families(names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The words by which many names begin, with how many: schools, for example, may be one department."""
    begun = Counter(name.split()[0] for name in names if len(name.split()) > 1)
    return ((word, count) for word, count in begun.most_common() if count >= FAMILY)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a text of JSON is a text of TOML too


def _keys(key: str) -> Iterator[str]:
    yield key
    number = 2
    while True:
        yield f"{key}-{number}"
        number += 1
