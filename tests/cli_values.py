"""The shipped example in a folder, and `aikultur` run there: in this process, or in one of its own."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

from service.cli.main import main

ROOT = Path(__file__).parent.parent
EXAMPLE = ("config.toml", "people.csv", "absences.csv")
AIKULTUR = (sys.executable, "-c", "import sys; from service.cli.main import main; sys.argv[0] = 'aikultur'; main()")
NOT_OURS = ("AIKULTUR_CONFIG", "LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of whoever runs the tests, which would choose a config or a language."""

IN_ENGLISH = ('# language = "da"', 'language = "en"')


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return (self.out + self.err).splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Command:
    """A folder, and `aikultur` run there. An error that is no sentence is an error of the test."""

    folder: Path

    def __call__(self, *arguments: str) -> Said:
        out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
        with ExitStack() as stack:
            for context in (chdir(self.folder), called(arguments), quiet(), redirect_stdout(out), redirect_stderr(err)):
                stack.enter_context(context)
            status = ended()
        said = []
        for stream in (out, err):
            stream.flush()
            said.append(stream.buffer.getvalue().decode("utf-8"))
        return Said(status, *said)

    def process(self, *arguments: str) -> Said:
        """The same as its users have it: a process, its streams, its exit status."""
        done = subprocess.run(
            [*AIKULTUR, *arguments],
            cwd=self.folder,
            env={**environment(), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def edit(self, name: str, *changes: tuple[str, str]) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        for before, after in changes:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        path.write_text(text, "utf-8")


def example(folder: Path) -> Command:
    """The shipped example in `folder`."""
    for name in EXAMPLE:
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return Command(folder)


def ended() -> int:
    """The exit status of the command line that stands in `sys.argv`."""
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def environment() -> dict[str, str]:
    """For a process that runs `aikultur` of this checkout."""
    ours = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return {**ours, "PYTHONPATH": str(ROOT)}


@contextmanager
def called(arguments: Sequence[str]) -> Iterator[None]:
    """The process as it is when `aikultur` was called with these words, and nothing in its environment chooses for it."""
    argv, before = sys.argv, {name: os.environ.pop(name) for name in NOT_OURS if name in os.environ}
    sys.argv = ["aikultur", *arguments]
    try:
        yield
    finally:
        sys.argv = argv
        os.environ.update(before)


@contextmanager
def quiet() -> Iterator[None]:
    """The logs as they were before: `run` sets them up for a process of its own."""
    logs = [logging.getLogger(name) for name in (None, "aikultur", "uvicorn")]
    before = [(log.handlers[:], log.propagate, log.level) for log in logs]
    logs[0].handlers[:] = []  # or they would be closed
    try:
        yield
    finally:
        for log, (handlers, propagate, level) in zip(logs, before, strict=True):
            log.handlers[:], log.propagate = handlers, propagate
            log.setLevel(level)
