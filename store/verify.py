"""Reading everything that the store keeps, to see whether it is whole. Nothing is changed, and no file is made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from store import generations, journal
from store.archive import Archive
from store.generations import looked_at
from store.journal import Damage, Generation, Loaded, NewerSchema
from store.letters import from_document
from store.migrations import MIGRATIONS, Migration, schema_after
from store.records import LETTERS, PEOPLE, SIGNING
from store.restore import TooEarly, records_at
from store.secret import FINGERPRINT, wrong_secret
from store.spool import Spool
from store.state import Tables

MOMENTS = 50
"""How many of the last moments of a damaged generation are tried for one that can be put back; mostly the first can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One generation as it was read. `fault` says what is damaged, empty when nothing is.

    `began` and `whole_until` (aware) bound the moments that can be put back; None when there is none. `size` is in bytes.
    `unconfirmed`: lines at the end that the disk had not confirmed and did not keep whole; they are left out.
    """

    generation: int
    began: datetime | None
    whole_until: datetime | None
    size: int
    tables: Tables | None
    unconfirmed: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: the kept generations, oldest first, the current one last, and letters without their bytes."""

    generations: tuple[Checked, ...]
    spool_size: int  # bytes
    letters: dict[str, str]  # id of a letter that is not settled: what is wrong with its bytes
    faults: tuple[str, ...] = ()  # of CURRENT
    beside: tuple[str, ...] = ()  # faults of the secret and the archive

    @property
    def whole(self) -> bool:
        """Whether all of it is."""
        return self.records_whole and not self.beside and not self.letters

    @property
    def records_whole(self) -> bool:
        return not self.faults and all(not checked.fault for checked in self.generations)

    @property
    def tables(self) -> Tables:
        """The current records; none when they cannot be read."""
        return (self.generations[-1].tables if self.generations else None) or {}


def verify(
    folder: Path,
    spool: Path,
    *,
    beside: Path | None = None,
    migrations: Sequence[Migration] = MIGRATIONS,
    lock_timeout: float = 10.0,
) -> Verified:
    """Read every line of every generation in `folder`, the bytes of every letter that is not settled, and in the folder
    `beside` the secret and the archive.

    Others may go on writing. Every moment in it is one that `store.restore` takes. Raises Locked, OSError.
    """
    with looked_at(folder, lock_timeout):
        current, faults = _current(folder)
        looked = [
            _looked(generations.generation(folder, number), schema_after(migrations))
            for number in generations.counted(folder, current)
        ]
        broken = bool(faults) or any(checked.fault for checked, _ in looked)
        checked = [_bounded(folder, each, moments, migrations) if broken else each for each, moments in looked]
    tables = (checked[-1].tables if checked else None) or {}
    return Verified(
        generations=tuple(checked),
        spool_size=_size_of(spool),
        letters=dict(_without_bytes(tables, spool)),
        faults=tuple(faults),
        beside=(*_of_secret(beside, tables), *_of_archive(beside)) if beside else (),
    )


def _current(folder: Path) -> tuple[int | None, list[str]]:
    """The number of the current generation, and what is wrong with what says so."""
    current = None
    try:
        current = generations.current_generation(folder)
        generations.check_current(folder)
    except Damage as damage:
        return current, [str(damage)]
    return current, []


def _size_of(spool: Path) -> int:
    files = spool.iterdir() if spool.is_dir() else ()
    return sum(file.stat().st_size for file in files if file.is_file())


def _looked(files: Generation, understood: int) -> tuple[Checked, list[datetime]]:
    """A generation, and the moments of its lines as far as they can be read, newest first."""
    fault, loaded = "", None
    try:
        loaded = journal.load(files, understood=understood)
    except (Damage, NewerSchema) as wrong:
        fault = str(wrong)
    began, moments = _moments(files, understood)
    checked = Checked(
        generation=files.number,
        began=began,
        whole_until=max(moments) if moments else None,
        size=sum(file.stat().st_size for file in (files.snapshot, files.journal) if file.exists()),
        tables=loaded.state.unpacked() if loaded else None,
        unconfirmed=_unconfirmed(files, loaded) if loaded else 0,
        fault=fault,
    )
    return checked, moments


def _unconfirmed(files: Generation, loaded: Loaded) -> int:
    with files.journal.open("rb") as file:
        file.seek(loaded.end.length)
        return generations.lines_in(file.read())


def _moments(files: Generation, understood: int) -> tuple[datetime | None, list[datetime]]:
    """When the generation began, and that and the moments of its lines, the last line's first; None and none when it
    cannot be put back at all."""
    try:
        _, head, _ = journal.load_snapshot(files.snapshot, files.number, understood=understood)
        journal.read_head(files.journal, "journal", files.number)
    except (Damage, NewerSchema):
        return None, []
    found = {head.at: None}  # in the order of their last line
    try:
        for at, _ in journal.marked(files.journal, head):
            found.pop(at, None)
            found[at] = None
    except Damage:
        pass
    return head.at, list(reversed(found))


def _bounded(folder: Path, checked: Checked, moments: list[datetime], migrations: Sequence[Migration]) -> Checked:
    """The generation with bounds that can be put back in truth: what is damaged elsewhere may be in the way."""
    tried = [*moments[:MOMENTS], *moments[-1:]]
    until = next((moment for moment in tried if _can_be_put_back(folder, moment, migrations)), None)
    began = checked.began
    if until and began and not _can_be_put_back(folder, began, migrations):
        began = until
    return replace(checked, began=began and until and min(began, until), whole_until=until)


def _can_be_put_back(folder: Path, moment: datetime, migrations: Sequence[Migration]) -> bool:
    try:
        records_at(folder, moment, migrations)
    except (Damage, NewerSchema, TooEarly):
        return False
    return True


def _of_secret(folder: Path, tables: Tables) -> Iterator[str]:
    known = tables.get(SIGNING, {}).get(FINGERPRINT, {}).get("sha256")
    try:
        wrong = wrong_secret(folder, known, people=bool(tables.get(PEOPLE)))
    except PermissionError as refused:
        yield str(refused)
    else:
        yield from [str(wrong)] if wrong else []


def _of_archive(folder: Path) -> Iterator[str]:
    archive = Archive(folder / "archive")
    for week in archive.weeks():
        try:
            archive.read(week)
        except Damage as damage:
            yield str(damage)


def unsettled(tables: Tables) -> Iterator[str]:
    """Ids of the letters whose bytes may still be wanted: waiting, or parked."""
    return (key for key, document in tables.get(LETTERS, {}).items() if document.get("state") in ("claimed", "parked"))


def _without_bytes(tables: Tables, folder: Path) -> Iterator[tuple[str, str]]:
    for key in unsettled(tables):
        try:
            place = from_document(key, tables[LETTERS][key]).spool
        except (KeyError, TypeError, ValueError):
            continue  # whoever reads the records by their types says so
        try:
            Spool(folder).read(place)
        except Damage as damage:
            yield key, f"{damage.file}: {damage.wrong}"
        except OSError as error:
            yield key, f"{error.filename or folder}: {error.strerror or error}"
