"""What is kept of a group that people come from: the last good copy, and why there is no newer one. In the store's folder.

A tick reads it as it reads a people file, and never waits for a server.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from service.messages.translation import Sentence
from service.settings.config import Source
from service.settings.kept import keep as keep_file
from service.settings.kept import load, plain, sentence
from service.settings.sections import PeopleSection

Cells = Mapping[str, str]
"""A member as a row of a people file, by column; `account` is the directory's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCopy:
    """What was read of a group: `called` is its name in the directory, `left_out` how many of its members are nobody who
    works here, by why. `managers`: by account the account of whom they report to, empty for nobody, as it was
    `managers_read` (ISO 8601); nothing where that is not read. `away`: by account the days, first and last (ISO 8601, the
    last empty while it goes on), on which they were in the group of those who are away."""

    called: str
    members: tuple[Cells, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    away: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    managers: Mapping[str, str] = field(default_factory=dict)
    managers_read: str = ""


class NotRead(Exception):
    """The group cannot be read as the config has it: a sentence for the administrator."""

    def __init__(self, text: str, **fields: Any) -> None:
        super().__init__(text)
        self.sentence = Sentence(text, fields)


def copy_in(source: Source) -> Path:
    """Where the copy is kept."""
    return source.resolve(source.config.store.folder) / "people" / "group.json"


def fault_in(source: Source) -> Path:
    """Where it is kept why the last reading failed; no such file when it did not."""
    return copy_in(source).with_suffix(".fault")


def read_in(source: Source) -> Path:
    """Where it is kept when the group was last read."""
    return copy_in(source).with_suffix(".read")


def keep(source: Source, copy: GroupCopy, now: datetime) -> None:
    """Keep a copy that was read at `now` (aware). Raises OSError."""
    keep_file(copy_in(source), json.dumps({"asked": asked(source.config.people), **asdict(copy)}, sort_keys=True))
    keep_file(read_in(source), now.isoformat())
    fault_in(source).unlink(missing_ok=True)


def keep_fault(source: Source, fault: Sentence) -> None:
    """Keep why a reading failed; the copy stays. Raises OSError."""
    keep_file(fault_in(source), json.dumps(plain(fault)))


def kept(source: Source) -> GroupCopy | None:
    """The copy; None where there is none that was read as the config has it now."""
    return newest(source) if load(copy_in(source)).get("asked") == asked(source.config.people) else None


def newest(source: Source) -> GroupCopy | None:
    """The copy, whatever the config asked for when it was read; None where there is none."""
    found = load(copy_in(source))
    found.pop("asked", None)
    try:
        return GroupCopy(**{**found, "members": tuple(found["members"])})
    except (KeyError, TypeError):
        return None


def kept_fault(source: Source) -> Sentence | None:
    """Why the last reading failed; None when it did not."""
    return sentence(load(fault_in(source)))


def last_read(source: Source) -> datetime | None:
    """When the group was last read (aware); None before the first time."""
    try:
        return datetime.fromisoformat(read_in(source).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def asked(people: PeopleSection) -> dict[str, Any]:
    """What the config asks of the directory, as JSON has it."""
    return {
        "group": people.group,
        "attributes": asdict(people.attributes) if people.attributes else {},
        "groups": asdict(people.groups) if people.groups else {},
    }
