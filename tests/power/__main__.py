"""python -m tests.power --states 300 --seed 1: crash states of a real run, each opened and lived on with.

The exit status is 1 when a promise was broken: a state does not open, a letter is lost, more are sent again than were
sent since the last sync, or lines were dropped and nothing says so.
"""

import argparse
import logging
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from mailer.drain import SETTLES
from store.database import Damage, NewerSchema, open_database
from store.generations import lines_in
from tests.power.disk import Disk
from tests.power.log import Operation, prepare
from tests.service_values import live, make_engine

ROOT = Path(__file__).parents[2]
LATER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one state. `refused`: why it did not open. `dropped`: lines that the disk had lost in part, and
    `told` how many of them the store speaks of."""

    place: int  # after how many operations the power failed
    refused: str = ""
    lost: int = 0
    repeated: int = 0
    dropped: int = 0
    told: int = 0

    @property
    def broken(self) -> bool:
        return bool(self.refused or self.lost or self.repeated > SETTLES or self.told != self.dropped)


def logged(folder: Path) -> list[Operation]:
    """The operations of the run in `folder`, made by a process of its own."""
    command = [sys.executable, "-m", "tests.power.log", str(folder / "run"), str(folder / "log")]
    (folder / "run").mkdir()
    subprocess.run(command, cwd=ROOT, check=True)
    found: list[Operation] = pickle.loads((folder / "log").read_bytes())
    return found


def states(folder: Path, count: int, seed: int) -> Iterator[Result]:
    """So many states of one run, at places drawn by `seed`."""
    operations = logged(folder)
    draw = Random(seed)
    for number in range(count):
        yield crashed(folder / f"state-{number}", operations, draw.randrange(1, len(operations)), draw)


def crashed(folder: Path, operations: Sequence[Operation], place: int, draw: Random) -> Result:
    """What becomes of the state that a power loss after so many operations may leave."""
    before = {operation[1] for operation in operations[:place] if operation[0] == "sent"}
    now = next(operation[1] for operation in reversed(operations[:place]) if operation[0] == "now")
    over = next((at for at in range(place, len(operations)) if operations[at][0] == "now"), len(operations))
    due = {operation[1] for operation in operations[:over] if operation[0] == "sent"}
    disk = Disk()
    disk.do(operations[:place])
    put(folder, disk.after_a_power_loss(draw))
    try:
        dropped, told = opened(folder / "var" / "store")
        after = lived_on(folder, now)
    except (Damage, NewerSchema) as wrong:
        return Result(place=place, refused=str(wrong))
    finally:
        shutil.rmtree(folder)
    lost = due - before - after
    return Result(place=place, lost=len(lost), repeated=len(before & after), dropped=dropped, told=told)


def put(folder: Path, found: dict[str, bytes]) -> None:
    """Lay the files out, in a folder of their own."""
    folder.mkdir()
    prepare(folder)
    for path, content in found.items():
        file = folder / "var" / path.partition("/run/var/")[2]
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(content)
        file.chmod(0o600)


def opened(store: Path) -> tuple[int, int]:
    """How many lines the store cannot use any more, and of how many it speaks. Raises what opening raises."""
    sizes = {file.name: file.read_bytes() for file in store.glob("journal-*")}
    with open_database(store) as database:
        journal = sizes.get(f"journal-{database.generation}", b"")
        whole = (store / f"journal-{database.generation}").read_bytes()
        same = next((at for at, (a, b) in enumerate(zip(journal, whole, strict=False)) if a != b), len(whole))
        cut = journal[min(same, len(whole)) :] if len(whole) < len(journal) else b""
        return lines_in(cut), sum(cut_off.lines for cut_off in database.cut_offs())


def lived_on(folder: Path, now: datetime) -> set[str]:
    """The letters that are sent when the service starts again an hour later."""
    engine = make_engine(folder)
    try:
        live(engine, now + LATER)
    finally:
        engine.close()
    return {file.name for file in (folder / "var" / "mail").glob("*.eml")}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    parser.add_argument("--states", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        results = list(states(Path(name), given.states, given.seed))
    for result in results:
        if result.broken:
            print(result)
    columns = Counter(
        {name: sum(getattr(one, name) for one in results) for name in ("lost", "repeated", "dropped", "told")}
    )
    print(f"states {len(results)}, opened {sum(not one.refused for one in results)}, letters lost {columns['lost']},")
    print(f"sent again {columns['repeated']} (in one state at most {max(one.repeated for one in results)}),")
    print(
        f"lines dropped {columns['dropped']} in {sum(one.dropped > 0 for one in results)} states, told {columns['told']}"
    )
    return 1 if any(one.broken for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
