"""Putting records back: as they stood at a moment, or from one snapshot file.

A finished generation is the backup of every moment between its beginning and its end, so a moment is found by its
generation and, in that one's journal, by the marks of time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store import generations, journal
from store.generations import GENERATIONS_LOCK, KEEP, LOCK, locked
from store.journal import Damage, NewerSchema
from store.migrations import MIGRATIONS, Migration, migrated, schema_after
from store.state import Tables, packed_tables
from store.storage import Clock, utc_now


class TooEarly(Exception):
    """No generation reaches back to that moment. `oldest` (aware) is the first moment that can be put back."""

    def __init__(self, folder: Path, moment: datetime, oldest: datetime | None) -> None:
        self.folder, self.moment, self.oldest = folder, moment, oldest
        super().__init__(f"{folder}: nothing here reaches back to {moment}, the oldest is of {oldest}.")


@dataclass(frozen=True, slots=True)
class Restored:
    """The generation that was begun, when its records stood so (aware), and where what stood there before is now."""

    generation: int
    stood: datetime
    aside: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """Records that were read, in today's schema, and the moment (aware) of the last change in them."""

    stood: datetime
    tables: Tables


def _began_before(own: datetime | None, moment: datetime) -> bool:
    """Whether a generation that began at `own`, if that is known, did so in an earlier second."""
    return own is not None and own < generations.seconds(moment)


def records_at(folder: Path, moment: datetime, migrations: Sequence[Migration] = MIGRATIONS) -> Records:
    """The records as they stood at `moment` (aware), whole seconds: what was written within that second is in them.

    Raises TooEarly, Damage when what is broken lies before the moment, NewerSchema, OSError.
    """
    broken: Damage | None = None
    began: datetime | None = None
    for number in reversed(_counted(folder)):
        files = generations.generation(folder, number)
        own = generations.began(folder, number)
        if own is None or own <= moment:
            try:
                loaded = journal.load(files, moment, understood=schema_after(migrations))
            except Damage as damage:
                if _began_before(own, moment):
                    raise
                # It may have begun after the moment, or in the same second: an earlier one may reach that far.
                broken = broken or damage
                continue
            if broken and loaded.last < moment:
                raise broken
            return Records(loaded.last, migrated(loaded.state.unpacked(), loaded.head.schema, migrations))
        began = own
    if broken:
        raise broken
    raise TooEarly(folder, moment, began)


def records_in(file: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Records:
    """The records of a snapshot file. Raises Damage, NewerSchema, OSError."""
    state, head, _ = journal.load_snapshot(file, understood=schema_after(migrations))
    return Records(head.at, migrated(state.unpacked(), head.schema, migrations))


def _counted(folder: Path) -> list[int]:
    try:
        current = generations.current_generation(folder)
    except Damage:
        current = None
    return generations.counted(folder, current)


def restore(
    folder: Path,
    read: Callable[[], Records],
    *,
    change: Callable[[Tables, Tables], Tables] = lambda tables, _current: tables,
    clock: Clock = utc_now,
    lock_timeout: float = 10.0,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> Restored:
    """Begin a new generation with what `read` finds under the locks, put through `change`, which also gets the
    records that stood there before (none when they cannot be read).

    What stood there before is kept with the finished generations when it is whole, else in a folder of its own that
    is never removed. Raises what `read` raises and then touches nothing, Locked, OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder / GENERATIONS_LOCK, lock_timeout), locked(folder / LOCK, lock_timeout):
        records = read()
        current = _whole(folder, migrations)
        tables = change(records.tables, current.tables if current else {})
        if current:
            generations.discard_unfinished(folder, current.generation)
        new = generations.new_generation(folder)
        at = generations.seconds(clock())
        for _step in generations.begin(folder, new, at, packed_tables(tables), schema_after(migrations)):
            pass
        aside = folder / KEEP if current else folder / KEEP / f"before-{new.number}"
        moved = [step.removeprefix("kept ") for step in generations.keep_older(folder, new.number, aside)]
        return Restored(new.number, records.stood, tuple(aside / name for name in moved))


@dataclass(frozen=True, slots=True)
class _Whole:
    generation: int
    tables: Tables


def _whole(folder: Path, migrations: Sequence[Migration]) -> _Whole | None:
    """The current records when they can be read to their end; None when they cannot or there are none."""
    try:
        current = generations.current_generation(folder)
        if current is None:
            return None
        number = generations.counted(folder, current)[-1]
        loaded = journal.load(generations.generation(folder, number), understood=schema_after(migrations))
    except (Damage, NewerSchema):
        return None
    return _Whole(number, migrated(loaded.state.unpacked(), loaded.head.schema, migrations))
