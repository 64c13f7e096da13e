"""Several processes on one store: two daemons, and many command lines beside one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.engine.opening import opened
from store import records
from store.journal import SYNC_POINT
from tests.crash.count import Due, counted
from tests.crash.ground import approve, begin, write_config
from tests.crash.victim import Victim, ended, until, victim
from tests.examples import THOROUGH

pytestmark = pytest.mark.kill

PEOPLE, PROCESSES = 24, 20 if THOROUGH else 8
WRITES = 15
"""Each through the whole command line, with a plan of its own. 20 x 200 straight into the store: test_store_together."""

RUN = ("--config", "config.toml", "run")
TIMES = [f"{6 + minute // 60:02}:{minute % 60:02}" for minute in range(WRITES)]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Victim]:
    """A service with 24 letters to send, on the clock of the machine, for that is what the commands go by."""
    begin(tmp_path / "ground", PEOPLE)
    now = datetime.now(UTC).replace(microsecond=0)
    with opened(tmp_path / "ground" / "config.toml") as engine:
        engine.tick(now)
        approve(engine, now)
    with victim(tmp_path / "ground") as made:
        write_config(made.folder, port=made.server.port)
        yield made


def confirmed(service: Victim) -> bool:
    """Whether the last thing in the journal is that the disk has confirmed it: nothing more is being written then."""
    lines = (service.store / "journal-1").read_bytes().splitlines()
    return SYNC_POINT.fullmatch(lines[-1]) is not None


@pytest.mark.parametrize("words", [RUN, (*RUN, "--once")])
def test_a_second_daemon_refuses_with_a_sentence_and_changes_nothing(service: Victim, words: tuple[str, ...]) -> None:
    first = service.start(*RUN)
    assert until(lambda: service.accepted() == PEOPLE and sent(service) == PEOPLE and confirmed(service), first)
    before = contents(service.folder / "var")
    second = service.start(*words)
    assert ended(second) == 1
    said = service.log.read_text("utf-8")
    assert f"her kører allerede en aikultur (proces {first.pid}, startet " in said
    assert "Stop den først, eller giv denne sin egen store-mappe." in said
    assert contents(service.folder / "var") == before
    first.terminate()
    assert (ended(first), service.accepted()) == (0, PEOPLE)


def test_command_lines_beside_the_daemon_lose_no_write_and_no_letter(service: Victim) -> None:
    daemon = service.start(*RUN)
    writers = {str(person): service.start("write", str(person), *TIMES) for person in range(1, PROCESSES + 1)}
    assert [ended(process, 600) for process in writers.values()] == [0] * PROCESSES
    assert until(lambda: service.accepted() == PEOPLE, daemon)
    daemon.terminate()
    assert ended(daemon) == 0
    assert written(service) == dict.fromkeys(writers, TIMES)
    due = Due(must=frozenset(f"welcome/first/{number}" for number in range(1, PEOPLE + 1)))
    found = counted(service.server, service.folder, due, instant="", at_kill=0, left=0, kills=0, open_=0)
    assert found.broken == ()


def written(service: Victim) -> dict[str, list[str]]:
    """The times that were chosen, by person and in order: every line of the one journal that there has been."""
    assert service.generation() == 1
    found: dict[str, list[str]] = {}
    for line in (service.store / "journal-1").read_bytes().splitlines()[1:]:
        for operation in json.loads(line[9:]):  # behind the checksum
            if operation[:2] == ["p", records.PREFERENCES]:
                found.setdefault(operation[2], []).append(operation[3]["time"])
    return found


def sent(service: Victim) -> int:
    """How many letters the store calls sent, as a look at its journal shows."""
    return (service.store / "journal-1").read_bytes().count(b'"state":"sent"')


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but what the first daemon says of itself at each beat."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("daemon.json")]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
