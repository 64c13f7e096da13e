"""Which department HR means by what a row says: a key or a name of config.toml, a pattern of [people.departments], or a
part of a path. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from itertools import chain

from culture.people import Department

REST = "*"
"""The pattern of whoever is in none of the others."""

STEPS = (">", "|", "\\", "/")
"""What stands between the parts of a path, the surest first: "Drift/Vej > Nord" has two parts."""


@dataclass(frozen=True, slots=True)
class DepartmentNames:
    """How departments are found by what HR writes. `called`: their keys by all their names, as `plain_name` writes
    these; `patterns` in the order in which config.toml has them; `rest` is the key for whoever is nowhere else."""

    called: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    rest: str | None = None

    def find(self, department: str, code: str = "", path: str = "") -> str | None:
        """The key of a row's department, by its name, else its code, else its path; None where it is none of ours."""
        texts = chain((department, code, path), parts(path))
        found = (self._one(text) for text in map(plain_name, texts) if text)
        return next(filter(None, found), self.rest)

    def _one(self, text: str) -> str | None:
        """The key of the department of this name, or of the first pattern that fits it."""
        return self.called.get(text) or next((key for pattern, key in self.patterns if pattern.match(text)), None)


def department_names(departments: Mapping[str, Department], patterns: Mapping[str, str]) -> DepartmentNames:
    """How the departments are found. `patterns`: their keys by patterns as `fnmatch` knows them."""
    made = tuple((re.compile(translate(plain_name(one))), key) for one, key in patterns.items() if one.strip() != REST)
    return DepartmentNames(called(departments), made, patterns.get(REST))


def called(departments: Mapping[str, Department]) -> dict[str, str]:
    """The keys of the departments by all that they are called, as `plain_name` writes it."""
    found: dict[str, str] = {}
    for name, key in _names(departments):
        found.setdefault(plain_name(name), key)
    return found


def _names(departments: Mapping[str, Department]) -> Iterator[tuple[str, str]]:
    """All that departments are called, with their keys; what they were called comes after what any is called now."""
    for key, department in departments.items():
        yield from ((key, key), (department.name, key))
    for key, department in departments.items():
        yield from ((name, key) for name in department.formerly)


def plain_name(text: str) -> str:
    """A name as names are compared: small letters, and one blank between words, for two look like one."""
    return one_blank(text).casefold()


def one_blank(text: str) -> str:
    """The text with one blank between words."""
    return " ".join(text.split())


def parts(path: str) -> Iterator[str]:
    """The parts of a path, the most specific first; none of what is no path. Of a distinguished name its OUs, which
    stand that way already."""
    if re.match(r"(CN|OU)=", path, re.IGNORECASE):
        for one in re.findall(r"(?:^|,)OU=((?:\\.|[^,\\])*)", path, re.IGNORECASE):
            yield re.sub(r"\\(.)", r"\1", one)
        return
    step = next((one for one in STEPS if one in path), None)
    if step:
        yield from (part for one in reversed(path.split(step)) if (part := one.strip()))
