"""An organisation in a folder, and its service run again and again by `run --once`, each time as a process of its own."""

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from service.daemon.once import once
from service.engine.engine import Engine
from service.engine.opening import opened
from tests.service_values import MONDAY, approve_all, row, write_config, write_people

STEP = timedelta(minutes=30)
"""Between two runs: a cron job's half hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of one kind of refusal."""

    server: str
    kind: str
    served: int
    others: int
    requests: int  # that were made for the refused one
    runs: int
    said: str

    @property
    def good(self) -> bool:
        """Everybody else is served, the refused one was tried at most once a run, and something is said of it."""
        return self.served == self.others and 0 < self.requests <= self.runs and self.said != ""

    def __str__(self) -> str:
        counts = f"{self.served:2} of {self.others:2}   {self.requests:2} in {self.runs}"
        return f"{self.server:18} {self.kind:34} {counts}   {self.said}{'' if self.good else '   NOT AS IT SHOULD BE'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A folder with a config and people 1 to `people`."""

    folder: Path
    people: int
    runs: int
    step: timedelta = STEP

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def moments(self) -> Iterator[datetime]:
        """The moments at which the service runs."""
        return (MONDAY + STEP + number * self.step for number in range(self.runs))

    def write(self, more: str, *, departments: tuple[str, ...] = ("plan",), **settings: str | int) -> None:
        write_config(self.folder, **settings)  # type: ignore[arg-type]  # as the caller gives them
        text = self.config.read_text("utf-8")
        self.config.write_text(text.replace("security = ", "timeout_seconds = 1\nsecurity = ") + more, "utf-8")
        numbers = range(1, self.people + 1)
        write_people(self.folder, [row(one, department=departments[one % len(departments)]) for one in numbers])

    def run(self, between: Callable[[], None] = lambda: None) -> None:
        """Run the service at each moment; what is held was approved a moment before."""
        for moment in self.moments:
            with self.looked_into() as engine:
                approve_all(engine, moment)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                once(self.config, lambda at=moment: at, "en")  # type: ignore[misc]  # a default
            between()

    @contextlib.contextmanager
    def looked_into(self) -> Iterator[Engine]:
        with opened(self.config) as engine:
            yield engine
