"""Processes of the service that need no start: forked from one that has imported it already.

Python and the imports take more than a second of a core, and the harnesses of kills start hundreds. What is forked is a
process like any other, with a memory, locks and files of its own; what kills it does not know the difference.
"""

import io
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_forkserver = multiprocessing.get_context("forkserver")
_forkserver.set_forkserver_preload(["tests.warm"])

Main = Callable[..., object]


class Forked:
    """A process that runs `main(*words)` in `folder`. What it prints can be read from `stdout`, what it logs is added to
    the file `log`."""

    def __init__(self, main: Main, words: Sequence[str], *, folder: Path, log: Path) -> None:
        log.touch()
        reading, writing = _forkserver.Pipe(duplex=False)
        self.process: ForkServerProcess = _forkserver.Process(
            target=_run, args=(main, tuple(words), str(folder), str(log), writing), daemon=True
        )
        self.process.start()
        writing.close()
        self.stdout = io.BufferedReader(io.FileIO(os.dup(reading.fileno())))
        reading.close()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        """As `subprocess` has it: the exit status, the negative signal that ended it, None while it runs."""
        return self.process.exitcode

    def poll(self) -> int | None:
        return self.process.exitcode

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.join()

    def ended(self, seconds: float) -> int:
        """The exit status of a process that is left to end by itself. Raises TimeoutError."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise TimeoutError
        return self.process.exitcode

    def close(self) -> None:
        """Kill it if it lives, and let go of what it printed."""
        self.kill()
        self.stdout.close()


def _run(main: Main, words: tuple[str, ...], folder: str, log: str, writing: Connection) -> None:
    assert "tests.warm" in sys.modules
    os.chdir(folder)
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 2)
    os.dup2(writing.fileno(), 1)
    writing.close()
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(number, "w", closefd=False), "utf-8", write_through=True) for number in (1, 2)
    )
    main(*words)
