"""Changes to config.toml that an administrator has said yes to: worked out on its text, shown, and written.

Comments and order stay. A key that the file shows behind a "#" is written in that place. What comes out is read again and
is the old config with these changes and no other, or nothing is written. Only `aikultur golive` does this.
"""

import os
import re
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from service.messages.faults import BadInput, Fault, Refused
from service.messages.translation import Sentence
from service.settings.config import parse_config
from service.settings.text_file import decoded, parse_toml
from service.settings.written import in_toml

COLUMN = 38
"""Where the comment behind a value begins, as in the example."""

HEAD = re.compile(r"^(#\s*)?\[([\w.\"-]+)\]\s*(#.*)?$")
"""The line that begins a table, also one that is shown behind a "#"."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One key of a table, by its path, and the value that it gets: None takes it out. Without a key the whole table is
    taken out."""

    table: str
    key: str = ""
    value: Any = None


class Changed(Refused):
    """The file is another than the one that was read."""


def shown(edits: Sequence[Edit]) -> list[str]:
    """The lines as they will stand there, by tables; what goes has a minus before it."""
    lines: list[str] = []
    for table in dict.fromkeys(edit.table for edit in edits):
        inside = [edit for edit in edits if edit.table == table]
        gone = any(not edit.key for edit in inside)
        lines.append(f"- [{table}]" if gone else f"[{table}]")
        lines += [
            f"- {edit.key}" if edit.value is None else f"{edit.key} = {in_toml(edit.value)}"
            for edit in inside
            if edit.key
        ]
    return lines


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with these changes. Raises Refused where they cannot be made without touching anything else."""
    wanted = _expected(tomllib.loads(text), edits)
    for found in (_in_place(text, edits), text):
        with suppress(tomllib.TOMLDecodeError, KeyError, TypeError, ValueError):
            done = _by_tomlkit(found, edits)
            if tomllib.loads(done) == wanted:
                return done
    raise Refused(Sentence("The file is written in a way that these lines cannot be put into. Paste them in yourself."))


def _expected(data: dict[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    for edit in edits:
        *parents, last = (*edit.table.split("."), edit.key) if edit.key else edit.table.split(".")
        inside = data
        for part in parents:
            inside = inside.setdefault(part, {})
        if edit.value is None:
            inside.pop(last, None)
        else:
            inside[last] = edit.value
    return data


# --- in the place where the example shows it ------------------------------------------------------------


def _in_place(text: str, edits: Iterable[Edit]) -> str:
    """The text where keys that stand on one line, or are shown behind a "#", have their values; others wait for tomlkit."""
    lines = text.split("\n")
    for edit in edits:
        if edit.key and edit.value is not None:
            first, last = _table(lines, edit.table)
            if first is None:
                lines = _with_table(lines, edit.table)
                first, last = _table(lines, edit.table)
            lines[first] = lines[first].removeprefix("#").lstrip()  # type: ignore[index]  # it is there now
            _set(lines, range(first + 1, last), edit)  # type: ignore[operator]
    return "\n".join(lines)


def _table(lines: Sequence[str], table: str) -> tuple[int | None, int]:
    """Where a table begins and ends; a real one before one that is shown behind a "#"."""
    heads = _heads(lines)
    begins = [at for at, hidden, name in heads if name == table and not hidden]
    begins += [at for at, hidden, name in heads if name == table and hidden]
    if not begins:
        return None, len(lines)
    return begins[0], next((at for at, _, _ in heads if at > begins[0]), len(lines))


def _heads(lines: Sequence[str]) -> list[tuple[int, bool, str]]:
    """Where each table begins, whether it is shown behind a "#", and its name."""
    return [(at, bool(found[1]), found[2]) for at, line in enumerate(lines) if (found := HEAD.match(line))]


def _set(lines: list[str], inside: range, edit: Edit) -> None:
    """Write the value into its line, if there is one; else behind the last line of the table that is no comment."""
    value = f"{edit.key} = {in_toml(edit.value)}"
    at = _line_of(lines, inside, edit.key)
    if at is not None:
        comment = re.search(r"\s#\s(.*)$", lines[at].removeprefix("#"))
        lines[at] = f"{value:<{COLUMN}}  # {comment[1]}" if comment else value
        return
    filled = [at for at in inside if lines[at].strip() and not lines[at].startswith("#")]
    lines.insert((filled[-1] if filled else inside.start - 1) + 1, value)


def _line_of(lines: Sequence[str], inside: range, key: str) -> int | None:
    """The line that gives a key its value; a real one before one that is shown behind a "#"."""
    line = re.compile(rf"^(?:#\s*)?{re.escape(key)} = (.*)$")
    found = [at for at in inside if line.match(lines[at])]
    real = [at for at in found if not lines[at].startswith("#")]
    return next(iter(real or found), None)


def _with_table(lines: list[str], table: str) -> list[str]:
    """The lines with the head of a new table behind those of its kind, or at the end."""
    heads = [(at, name) for at, hidden, name in _heads(lines) if not hidden]
    alike = [at for at, name in heads if name.partition(".")[0] == table.partition(".")[0]]
    next_head = next((at for at, _ in heads if alike and at > alike[-1]), len(lines))
    end = _before_comments(lines, next_head)  # what is told of the next table stays above it
    return [*lines[:end], "", f"[{table}]", *lines[end:]]


def _before_comments(lines: Sequence[str], end: int) -> int:
    """Where the blank lines and comments begin that stand right before line `end`."""
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return end


# --- all else -------------------------------------------------------------------------------------------


def _by_tomlkit(text: str, edits: Iterable[Edit]) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    for edit in edits:
        *parents, last = (*edit.table.split("."), edit.key) if edit.key else edit.table.split(".")
        inside: Any = document
        for part in parents:
            if part not in inside:
                inside[part] = tomlkit.table()
            inside = inside[part]
        if edit.value is None:
            if last in inside:
                del inside[last]
        elif inside.get(last) != edit.value:
            inside[last] = edit.value
    return tomlkit.dumps(document)


# --- writing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """config.toml as it was read: the bytes say whether it is still the same."""

    path: Path
    content: bytes

    @classmethod
    def read(cls, path: Path) -> "ConfigFile":
        """The file as it is now, where a link leads to. Raises OSError."""
        real = path.resolve()
        return cls(real, real.read_bytes())

    @property
    def data(self) -> Mapping[str, Any]:
        """Its tables. Raises BadInput."""
        return parse_toml(self._text, self.path.name)

    @property
    def _text(self) -> str:
        return decoded(self.content).replace("\r\n", "\n")

    def with_edits(self, edits: Sequence[Edit]) -> bytes:
        """What it becomes. Raises BadInput with the faults that it did not have before, and Refused."""
        text = edited(self._text, edits)
        new, old = self._faults(text), self._faults(self._text)
        if worse := [fault for fault in new if str(fault) not in {str(one) for one in old}]:
            raise BadInput(worse)
        return (text.replace("\n", "\r\n") if b"\r\n" in self.content else text).encode()

    def _faults(self, text: str) -> Sequence[Fault]:
        try:
            parse_config(parse_toml(text, self.path.name), self.path.name)
        except BadInput as bad:
            return bad.faults
        return ()

    def kept(self, today: date) -> Path:
        """Where it stays as it was before the first change of the day."""
        return self.path.with_name(f"{self.path.name}.before-{today}")

    def write(self, content: bytes, today: date) -> "ConfigFile":
        """Put `content` in its place, whole or not at all. Raises Changed where it is another file by now; OSError."""
        kept, beside = self.kept(today), self.path.with_name(f".{self.path.name}.new")
        if not kept.exists():
            kept.write_bytes(self.content)
            _belongs_alike(kept, self.path)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            _belongs_alike(beside, self.path)
            if self.path.read_bytes() != self.content:
                text = "{file} has been changed by somebody else meanwhile, and nothing was written. Begin again with aikultur golive."
                raise Changed(Sentence(text, {"file": self.path.name}))
            beside.replace(self.path)
        finally:
            beside.unlink(missing_ok=True)
        return ConfigFile(self.path, content)


def _belongs_alike(file: Path, other: Path) -> None:
    """Give a file the mode, owner and group of another: what root writes here the service's own user must still read.
    Raises OSError."""
    found = other.stat()
    shutil.copymode(other, file)
    if (found.st_uid, found.st_gid) != ((now := file.stat()).st_uid, now.st_gid):
        os.chown(file, found.st_uid, found.st_gid)
