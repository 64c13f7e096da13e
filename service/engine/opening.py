"""An engine on the files and the store of a config: for a command that writes, or for one that only looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.engine.engine import Engine
from service.settings.in_force import inputs_in_force
from service.settings.inputs import Inputs, read_inputs
from service.settings.owner import refuse_another_user
from store.daemon import last_tick
from store.database import Database, open_database
from store.looking import look_at
from store.private import private_folder
from store.secret import secret_beside, secret_to_look_with
from store.spool import Spool


def build(path: Path, inputs: Inputs, folder: Path, *, key: bytes, database: Database | None = None) -> Engine:
    """An engine on a database, or on the store in `folder`, which is made at need."""
    return Engine(
        path=path,
        inputs=inputs,
        folder=folder,
        database=open_database(folder / "store") if database is None else database,  # an empty one is false
        spool=Spool(folder / "spool"),
        key=key,
        last_tick=last_tick(folder),
    )


@contextmanager
def opened(path: Path, *, in_force: bool = False) -> Iterator[Engine]:
    """An engine for a command that writes; `in_force`: while config.toml is bad, by the one that was good. Raises BadInput,
    Refused when the folder is another user's, and what the
    store raises."""
    inputs = inputs_in_force(path) if in_force else read_inputs(path)
    folder = inputs.source.resolve(inputs.config.store.folder)
    refuse_another_user(folder)
    private_folder(folder)
    with open_database(folder / "store") as database:
        engine = build(path, inputs, folder, key=secret_beside(database, folder), database=database)
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def looking(path: Path) -> Iterator[Engine]:
    """An engine for a command that only looks: no file is made or changed. Where there is no store yet, it is empty.

    While config.toml is bad it goes by the one in force, which is among its faults. Raises BadInput where none is;
    Damage, NewerSchema, OSError.
    """
    inputs = inputs_in_force(path)
    folder = inputs.source.resolve(inputs.config.store.folder)
    with look_at(folder / "store") as database:
        engine = build(path, inputs, folder, key=secret_to_look_with(database, folder), database=database)
        try:
            yield engine
        finally:
            engine.close()
