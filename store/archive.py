"""Settled letters of past weeks, out of memory: one compressed file a week, one line of JSON a letter.

To read one: `zcat var/archive/2026-W40.jsonl.gz`. A file is always replaced as a whole, so that whoever is killed
leaves the old one or the new one. Two processes must not write at once: write inside `Database.batch`.
"""

import gzip
import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from culture.workdays import Week
from store.journal import Damage, sync_folder, write_file
from store.letters import LetterRecord

ENDING = ".jsonl.gz"
WEEK = re.compile(r"\d{4}-W\d{2}")

WAY_OUT = "Put the file back from a copy of the folder, or delete it: then the history of its week is gone, and no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What is remembered of a letter that was sent or given up."""

    id: str
    person: str  # person id
    to: str  # address
    kinds: tuple[str, ...]
    notices: tuple[str, ...]  # keys
    subject: str
    state: str  # sent or dropped
    settled_at: datetime  # UTC
    in_doubt: int = 0  # how often nobody could know whether it was accepted
    said: str = ""  # of one that was given up: the last words about it


def folded(record: LetterRecord) -> Folded:
    """What is kept of a settled letter. Raises ValueError for one that is not settled."""
    if record.state not in ("sent", "dropped") or record.settled_at is None:
        raise ValueError(f"letter {record.id} is not settled, it is {record.state}")
    return Folded(
        id=record.id,
        person=record.person,
        to=record.to,
        kinds=record.kinds,
        notices=record.notices,
        subject=record.subject,
        state=record.state,
        settled_at=record.settled_at.astimezone(UTC).replace(microsecond=0),
        in_doubt=record.in_doubt,
        said=record.said if record.state == "dropped" else "",
    )


def week_of(settled_at: datetime) -> str:
    """The week whose file a letter is in: the ISO week of its settling, in UTC."""
    return str(Week.of(settled_at.astimezone(UTC).date()))


class Archive:
    """The weeks' files in `folder`, which is made (mode 0700) when the first is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def weeks(self) -> list[str]:
        """The weeks that there are files of, oldest first."""
        if not self._folder.is_dir():
            return []
        names = (file.name.removesuffix(ENDING) for file in self._folder.glob(f"*{ENDING}"))
        return sorted(name for name in names if WEEK.fullmatch(name))

    def read(self, week: str) -> list[Folded]:
        """The letters of a week by moment; none when there is no file. Raises Damage, OSError."""
        return [self._letter(week, line) for line in self._lines(week)]

    def of(self, person_id: str) -> Iterator[Folded]:
        """Every letter to a person, by moment. It reads all files: a second or two for 10,000 people. Raises Damage,
        OSError."""
        wanted = _mark(person_id)
        for week in self.weeks():
            yield from (self._letter(week, line) for line in self._lines(week) if wanted in line)

    def add(self, week: str, letters: Iterable[Folded]) -> list[Folded]:
        """Put letters into a week's file, durably, and give back all that are in it now.

        One that is in the file already (by id) takes the other's place. Raises Damage, OSError; the file is then as
        it was.
        """
        by_id = {letter.id: letter for letter in (*self.read(week), *letters)}
        after = sorted(by_id.values(), key=lambda letter: (letter.settled_at, letter.person, letter.id))
        self._write(week, [_to_line(letter) for letter in after])
        return after

    def without(self, person_ids: Collection[str]) -> int:
        """Take out every letter to these people; how many. Nothing of theirs is left in any file.

        Raises Damage, OSError; the weeks before the one that it names are done then.
        """
        marks = [_mark(person_id) for person_id in person_ids]
        taken = 0
        for week in self.weeks():
            lines = self._lines(week)
            kept = [line for line in lines if not any(mark in line for mark in marks)]
            if len(kept) < len(lines):
                self._write(week, kept)
                taken += len(lines) - len(kept)
        return taken

    def renamed(self, was: str, now: str) -> int:
        """Put `now` wherever the words `was` stand in a subject; in how many letters. Raises Damage, OSError."""
        changed = 0
        for week in self.weeks():
            letters = self.read(week)
            after = [replace(one, subject=one.subject.replace(was, now)) for one in letters]
            if after != letters:
                self._write(week, [_to_line(letter) for letter in after])
                changed += sum(one != other for one, other in zip(letters, after, strict=True))
        return changed

    def remove_before(self, week: str) -> None:
        """Delete the files of earlier weeks, and what was half written when somebody was killed. Raises OSError."""
        for old in self.weeks():
            if old < week:
                self._file(old).unlink(missing_ok=True)
        for half in self._folder.glob("*.new"):
            half.unlink(missing_ok=True)

    def _lines(self, week: str) -> list[bytes]:
        file = self._file(week)
        try:
            return gzip.decompress(file.read_bytes()).splitlines()
        except FileNotFoundError:
            return []
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Damage(file, None, f"it cannot be unpacked ({error})", WAY_OUT) from None

    def _letter(self, week: str, line: bytes) -> Folded:
        try:
            return _from_line(line)
        except (KeyError, TypeError, ValueError):
            raise Damage(self._file(week), None, f"this is no letter: {line[:60]!r}", WAY_OUT) from None

    def _write(self, week: str, lines: list[bytes]) -> None:
        file = self._file(week)
        if not lines:
            file.unlink(missing_ok=True)
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = file.with_name(f"{week}.new")
        # No time in the file: the same letters are the same bytes.
        write_file(half, [gzip.compress(b"\n".join(lines) + b"\n", mtime=0)])
        half.replace(file)
        sync_folder(self._folder)

    def _file(self, week: str) -> Path:
        if not WEEK.fullmatch(week):
            raise ValueError(f"{week!r} is no ISO week; write for example 2026-W40")
        return self._folder / f"{week}{ENDING}"


def _mark(person_id: str) -> bytes:
    """What stands in the lines of this person and in no other: quotes inside other values are escaped."""
    return b'"person":%s,' % orjson.dumps(person_id)


def _to_line(letter: Folded) -> bytes:
    line: dict[str, Any] = {
        "at": letter.settled_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "person": letter.person,
        "to": letter.to,
        "subject": letter.subject,
        "kinds": letter.kinds,
        "notices": letter.notices,
        "state": letter.state,
        "id": letter.id,
    }
    if letter.in_doubt:
        line["in_doubt"] = letter.in_doubt
    if letter.said:
        line["said"] = letter.said
    return orjson.dumps(line)


def _from_line(line: bytes) -> Folded:
    found = orjson.loads(line)
    return Folded(
        id=found["id"],
        person=found["person"],
        to=found["to"],
        kinds=tuple(found["kinds"]),
        notices=tuple(found["notices"]),
        subject=found["subject"],
        state=found["state"],
        settled_at=datetime.fromisoformat(found["at"]),
        in_doubt=found.get("in_doubt", 0),
        said=found.get("said", ""),
    )
