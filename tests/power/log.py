"""Run some mornings of the service and log what it asks of the disk: `python -m tests.power.log FOLDER LOG`.

A process of its own, for the functions of `os` are replaced in it by ones that log. The service is the real one, with
letters as files; a letter counts as sent when its file has its name.
"""

import os
import pickle
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

PEOPLE = 36
FIRST = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""A Monday: everybody is welcomed. After it two Mondays with the week's letters."""
MORNINGS = (FIRST, datetime(2026, 12, 7, 6, 0, tzinfo=UTC), datetime(2026, 12, 14, 6, 0, tzinfo=UTC))
GROUP = 30
"""Letters claimed at a time: fewer than the service does, so that there are more claims between the sendings."""

Operation = tuple[Any, ...]
"""`("now", moment)`, `("sent", name)`, `("make", path, file)`, `("move", path, to)`, `("remove", path)`,
`("folder", path)` synced; `("write", file, offset, data)`, `("cut", file, length)`, `("sync", file)`."""


class Log:
    """What was done in `var` of a folder. Files have numbers, for their names change."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mail = folder / "var", folder / "var" / "mail"
        self.operations: list[Operation] = []
        self.files: dict[str, int] = {}  # by path
        self.open: dict[int, int | str] = {}  # by descriptor: a file's number, a folder's path
        self.made = 0

    def inside(self, path: Any) -> str | None:
        if not isinstance(path, str | os.PathLike) or not Path(path).is_relative_to(self.folder):
            return None
        return None if Path(path).is_relative_to(self.mail) else str(path)

    def opened(self, descriptor: int, path: Any, flags: int) -> None:
        self.open.pop(descriptor, None)
        name = self.inside(path)
        if name is None:
            return
        if flags & os.O_DIRECTORY:
            self.open[descriptor] = name
            return
        if name not in self.files:
            self.made += 1
            self.files[name] = self.made
            self.operations.append(("make", name, self.made))
        self.open[descriptor] = self.files[name]
        if flags & os.O_TRUNC:
            self.operations.append(("cut", self.files[name], 0))

    def written(self, descriptor: int, data: bytes, count: int) -> None:
        file = self.open.get(descriptor)
        if isinstance(file, int):
            offset = os.lseek(descriptor, 0, os.SEEK_CUR) - count
            self.operations.append(("write", file, offset, bytes(data[:count])))

    def cut(self, descriptor: int, length: int) -> None:
        if isinstance(file := self.open.get(descriptor), int):
            self.operations.append(("cut", file, length))

    def synced(self, descriptor: int) -> None:
        match self.open.get(descriptor):
            case int() as file:
                self.operations.append(("sync", file))
            case str() as folder:
                self.operations.append(("folder", folder))

    def moved(self, path: Any, to: Any) -> None:
        if Path(to).parent == self.mail:
            self.operations.append(("sent", Path(to).name))
        source, target = self.inside(path), self.inside(to)
        if source and target:
            self.operations.append(("move", source, target))
            self.files[target] = self.files.pop(source)

    def removed(self, path: Any) -> None:
        if name := self.inside(path):
            self.operations.append(("remove", name))
            self.files.pop(name, None)


def watch(log: Log) -> None:
    """Replace what the store uses of `os` by functions that log what has succeeded."""
    plain_open, plain_write = os.open, os.write

    def opening(path: Any, flags: int, mode: int = 0o777, **given: Any) -> int:
        descriptor = plain_open(path, flags, mode, **given)
        log.opened(descriptor, path, flags)
        return descriptor

    def writing(descriptor: int, data: Any) -> int:
        count = plain_write(descriptor, data)
        log.written(descriptor, data, count)
        return count

    def after(act: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            result = act(*given, **named)
            note(*given)
            return result

        return done

    os.open, os.write = opening, writing
    os.ftruncate = after(os.ftruncate, log.cut)
    os.fsync, os.fdatasync = after(os.fsync, log.synced), after(os.fdatasync, log.synced)
    os.rename, os.replace = after(os.rename, log.moved), after(os.replace, log.moved)
    os.unlink = after(os.unlink, log.removed)


def prepare(folder: Path) -> None:
    """The organisation: letters become files, and nobody is known yet."""
    from store.secret import secret
    from tests.service_values import row, write_config, write_people

    write_config(folder)
    write_people(folder, [row(number) for number in range(PEOPLE)])
    secret(folder / "var")


def mornings(folder: Path, log: Log) -> None:
    """Live them, from the first start on, each with what people and the upkeep do beside it."""
    from culture.people import Preference
    from tests.service_values import make_engine

    for number, now in enumerate(MORNINGS):
        log.operations.append(("now", now))
        engine = make_engine(folder)
        engine.tick(now)
        outbox = engine.make_outbox()
        while engine.queue:
            outbox.add(engine.claim_some(now, GROUP), now)
            outbox.drain(lambda now=now: now, Event())  # type: ignore[misc]  # the loop's own moment
            if len(engine.queue) < GROUP:
                engine.database.compact()
        engine.stored.prefer(str(number), Preference(track=None, language="en"))
        engine.tick(now + timedelta(minutes=1))
        engine.close()


def main(folder: Path, to: Path) -> None:
    log = Log(folder)
    watch(log)  # before the store is imported, which keeps what it syncs with
    prepare(folder)
    log.operations.clear()  # the secret is there
    mornings(folder, log)
    to.write_bytes(pickle.dumps(log.operations))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
