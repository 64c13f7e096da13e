"""Reading everything that the store keeps, to see whether it is whole. Nothing is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store import generations, journal
from store.generations import GENERATIONS_LOCK, locked
from store.journal import Damage, Generation, NewerSchema
from store.letters import from_document
from store.migrations import MIGRATIONS, Migration, schema_after
from store.records import LETTERS
from store.spool import Spool
from store.state import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One generation as it was read. `fault` says what is damaged, empty when nothing is.

    `began` and `whole_until` (aware) bound the moments that can be put back; None when there is none. `size` is in bytes.
    """

    generation: int
    began: datetime | None
    whole_until: datetime | None
    size: int
    tables: Tables | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: the kept generations, oldest first, the current one last, and letters without their bytes."""

    generations: tuple[Checked, ...]
    spool_size: int  # bytes
    letters: dict[str, str]  # id of a letter that is not settled: what is wrong with its bytes
    faults: tuple[str, ...] = ()  # of CURRENT

    @property
    def whole(self) -> bool:
        return not self.faults and not self.letters and all(not checked.fault for checked in self.generations)


def verify(
    folder: Path, spool: Path, *, migrations: Sequence[Migration] = MIGRATIONS, lock_timeout: float = 10.0
) -> Verified:
    """Read every line of every generation in `folder`, and the bytes of every letter that is not settled.

    Others may go on writing. Raises Locked, OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder / GENERATIONS_LOCK, lock_timeout):
        current, faults = None, []
        try:
            current = generations.current_generation(folder)
        except Damage as damage:
            faults.append(str(damage))
        checked = [
            _checked(generations.generation(folder, number), schema_after(migrations))
            for number in generations.counted(folder, current)
        ]
        tables = checked[-1].tables if checked else None
        files = [file for file in spool.iterdir() if file.is_file()] if spool.is_dir() else []
        return Verified(
            generations=tuple(checked),
            spool_size=sum(file.stat().st_size for file in files),
            letters=dict(_without_bytes(tables or {}, spool)),
            faults=tuple(faults),
        )


def _checked(files: Generation, understood: int) -> Checked:
    fault, tables = "", None
    try:
        tables = journal.load(files, understood=understood).state.unpacked()
    except (Damage, NewerSchema) as wrong:
        fault = str(wrong)
    began, until = _span(files, understood)
    size = sum(file.stat().st_size for file in (files.snapshot, files.journal) if file.exists())
    return Checked(generation=files.number, began=began, whole_until=until, size=size, tables=tables, fault=fault)


def _span(files: Generation, understood: int) -> tuple[datetime | None, datetime | None]:
    """When the generation began, and until when its records can be put back."""
    try:
        _, head, _ = journal.load_snapshot(files.snapshot, files.number, understood=understood)
    except (Damage, NewerSchema):
        return None, None
    until = head.at
    try:
        for at, _ in journal.marked(files.journal, head):
            until = max(until, at)
    except Damage:
        pass
    return head.at, until


def unsettled(tables: Tables) -> Iterator[str]:
    """Ids of the letters whose bytes may still be wanted: waiting, or parked."""
    return (key for key, document in tables.get(LETTERS, {}).items() if document["state"] in ("claimed", "parked"))


def _without_bytes(tables: Tables, folder: Path) -> Iterator[tuple[str, str]]:
    for key in unsettled(tables):
        try:
            Spool(folder).read(from_document(key, tables[LETTERS][key]).spool)
        except Damage as damage:
            yield key, f"{damage.file}: {damage.wrong}"
