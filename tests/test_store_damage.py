"""What a disk, a power loss or a hand can do to the files: each heals, or stops with file, line and way out."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from store.database import Damage, Database, NewerSchema, open_database
from store.journal import WAY_OUT, Head, framed
from store.migrations import SCHEMA
from tests.store_values import NOON, everything, filled, without_last_point

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
WITHOUT_THE_LAST = {"letters": {"a": {"text": "æ\n", "n": [1, 2.5, None, True], "sent": {"at": 1}}, "b": {"n": 2}}}


def flip(file: Path, place: int) -> None:
    """Flip one bit of the byte at `place`, which counts from the end when it is negative."""
    data = bytearray(file.read_bytes())
    data[place] ^= 4
    file.write_bytes(data)


def lines_of(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


def rewrite(file: Path, *lines: bytes) -> None:
    file.write_bytes(b"".join(lines))


def unconfirmed(folder: Path) -> None:
    """A store whose last line may not be on the disk, as a killed process leaves it."""
    filled(folder)
    without_last_point(folder / "journal-1")


def kept_of(folder: Path) -> list[bytes]:
    """What was cut off and set aside."""
    return [file.read_bytes() for file in sorted((folder / "backups").glob("*.cut-off-*"))]


def two_days(folder: Path) -> dict[str, Any]:
    """A store in generation 2, and beside it (`folder`-other) one that went another way from there."""
    filled(folder)
    with open_database(folder) as db:
        db.compact()
    shutil.copytree(folder, other := folder.with_name(f"{folder.name}-other"))
    (other / "CURRENT").write_text("1")
    for name in ("snapshot", "journal"):
        (other / "backups" / f"{name}-1").rename(other / f"{name}-1")
        (other / f"{name}-2").unlink()
    with open_database(other) as db:
        db.table("letters").put("z", {})
        db.compact()
    return everything(folder)


# Heals


def doubled_last_line(folder: Path) -> None:
    lines = lines_of(folder / "journal-1")
    rewrite(folder / "journal-1", *lines, lines[-1])


def garbage_after_the_last_line(folder: Path) -> None:
    with (folder / "journal-1").open("ab") as file:
        file.write(bytes(5000))


def new_current_that_was_not_renamed(folder: Path) -> None:
    (folder / "CURRENT.new").write_text("7")


def snapshot_that_was_never_finished(folder: Path) -> None:
    (folder / "snapshot-2").write_bytes(b"0000")


@pytest.mark.parametrize(
    "happens",
    [
        doubled_last_line,
        garbage_after_the_last_line,
        new_current_that_was_not_renamed,
        snapshot_that_was_never_finished,
    ],
)
def test_what_does_no_harm_is_passed_over(tmp_path: Path, happens: Callable[[Path], None]) -> None:
    held = filled(tmp_path)
    happens(tmp_path)
    assert everything(tmp_path) == held
    with open_database(tmp_path) as db:
        db.table("letters").put("c", {})
        db.compact()
    assert everything(tmp_path)["letters"].keys() == {"a", "c"}


def test_a_last_line_torn_anywhere_is_dropped_and_written_over(tmp_path: Path) -> None:
    unconfirmed(tmp_path / "whole")
    data = (tmp_path / "whole/journal-1").read_bytes()
    last = data.rindex(b"\n", 0, -1) + 1
    for cut in range(last, len(data)):
        folder = tmp_path / str(cut)
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "journal-1").write_bytes(data[:cut])
        assert everything(folder) == WITHOUT_THE_LAST
        with open_database(folder) as db:
            db.table("letters").drop("b")
        assert (folder / "journal-1").read_bytes().startswith(data[:last])
        assert kept_of(folder) == ([data[last:cut]] if cut > last else [])
        assert everything(folder)["letters"].keys() == {"a"}


def test_a_bit_flipped_anywhere_in_a_last_line_that_was_not_confirmed_drops_it(tmp_path: Path) -> None:
    unconfirmed(tmp_path)
    data = (tmp_path / "journal-1").read_bytes()
    for place in range(data.rindex(b"\n", 0, -1) + 1, len(data)):
        (tmp_path / "journal-1").write_bytes(data)
        flip(tmp_path / "journal-1", place)
        assert everything(tmp_path) == WITHOUT_THE_LAST


def test_a_bit_flipped_anywhere_that_was_confirmed_is_damage_the_last_line_too(tmp_path: Path) -> None:
    filled(tmp_path)
    data = (tmp_path / "journal-1").read_bytes()
    point = data.rindex(b"\n", 0, -1) + 1  # only a sync point comes after what it confirms
    for place in range(point):
        (tmp_path / "journal-1").write_bytes(data)
        flip(tmp_path / "journal-1", place)
        with pytest.raises(Damage):
            open_database(tmp_path)
    for place in range(point, len(data)):
        (tmp_path / "journal-1").write_bytes(data)
        flip(tmp_path / "journal-1", place)
        assert everything(tmp_path)["letters"].keys() == {"a"}


def test_a_hole_in_lines_that_were_not_confirmed_ends_the_journal_there_and_the_rest_is_counted(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        db.table("t").put("confirmed", {})
        with db.batch(sync=False):
            db.table("t").put("before the hole", {})
        length = db.journal_bytes
        for key in ("in it", "after", "at the end"):
            with db.batch(sync=False):
                db.table("t").put(key, {"text": "x" * 100})
        data = (tmp_path / "journal-1").read_bytes()
    (tmp_path / "journal-1").write_bytes(data[:length] + bytes(120) + data[length + 120 :])
    assert everything(tmp_path) == {"t": {"confirmed": {}, "before the hole": {}}}
    with open_database(tmp_path) as db:
        ((file, generation, lines),) = [(cut.file, cut.generation, cut.lines) for cut in db.cut_offs()]
        assert (file.read_bytes(), generation, lines) == (bytes(120) + data[length + 120 :], 1, 3)
        db.table("t").put("and on", {})
        db.compact()
    assert everything(tmp_path)["t"].keys() == {"confirmed", "before the hole", "and on"}
    with open_database(tmp_path) as db:
        assert (db.forget(NOON.replace(year=2999)), db.cut_offs()) == ([1], ())


def as_of_before_sync_points(folder: Path) -> None:
    """Write the store's files as they were when journals had no sync points, and CURRENT no checksum."""
    payloads = [orjson.loads(line[9:]) for line in lines_of(folder / "journal-1")]
    checksum, lines = 0, []
    del payloads[0]["sync_points"]
    for payload in (payload for payload in payloads if not _is_point(payload)):
        line, checksum = framed(payload, checksum)
        lines.append(line)
    rewrite(folder / "journal-1", *lines)
    (folder / "CURRENT").write_text("1\n")


def _is_point(payload: Any) -> bool:
    return isinstance(payload, list) and payload[0][0] == "s"


def test_a_store_of_before_there_were_sync_points_opens_and_goes_on_with_them(tmp_path: Path) -> None:
    held = filled(tmp_path)
    as_of_before_sync_points(tmp_path)
    assert everything(tmp_path) == held
    lines = lines_of(tmp_path / "journal-1")
    rewrite(tmp_path / "journal-1", *lines[:2], *lines[3:])
    with pytest.raises(Damage, match="journal-1, line 3"):  # nobody can tell that it was not confirmed
        open_database(tmp_path)
    rewrite(tmp_path / "journal-1", *lines[:-1], lines[-1][:-3])
    assert everything(tmp_path) == WITHOUT_THE_LAST
    with open_database(tmp_path) as db:
        db.table("letters").put("c", {})
    assert everything(tmp_path)["letters"].keys() == {"a", "b", "c"}
    assert b'[["s",' in (tmp_path / "journal-1").read_bytes()


# Stops


def missing(name: str) -> Callable[[Path], None]:
    def happens(folder: Path) -> None:
        (folder / name).unlink()

    return happens


def flipped(name: str, line: int) -> Callable[[Path], None]:
    def happens(folder: Path) -> None:
        flip(folder / name, sum(map(len, lines_of(folder / name)[: line - 1])) + 15)

    return happens


def reordered(*order: int) -> Callable[[Path], None]:
    def happens(folder: Path) -> None:
        lines = lines_of(folder / "journal-1")
        rewrite(folder / "journal-1", *(lines[number - 1] for number in order))

    return happens


def appended(payload: Any) -> Callable[[Path], None]:
    def happens(folder: Path) -> None:
        checksum = int(lines_of(folder / "journal-1")[-1][:8], 16)
        with (folder / "journal-1").open("ab") as file:
            file.write(framed(payload, checksum)[0])

    return happens


def says(text: str) -> Callable[[Path], None]:
    def happens(folder: Path) -> None:
        (folder / "CURRENT").write_text(text)

    return happens


def begins(kind: Any, number: int) -> Callable[[Path], None]:
    def happens(folder: Path) -> None:
        (folder / "journal-1").write_bytes(Head(kind, number, NOON).line()[0])

    return happens


TABLE: list[tuple[Callable[[Path], None], str, int | None, str]] = [
    (missing("snapshot-1"), "snapshot-1", None, "the file is missing"),
    (missing("journal-1"), "journal-1", None, "the file is missing"),
    (missing("CURRENT"), "CURRENT", None, "the file is missing, and journal-1 is there"),
    (says("2"), "snapshot-2", None, "the file is missing"),
    *((says(text), "CURRENT", None, "holds ") for text in ("", "x", "0", "-1", "1 2", "99999999999")),
    *((flipped("journal-1", line), "journal-1", line, "the checksum says ") for line in range(1, 10)),
    *((flipped("snapshot-1", line), "snapshot-1", line, "") for line in (1, 2)),
    (reordered(1, 2, 4, 5, 6, 7, 8, 9, 10), "journal-1", 3, "the checksum says "),
    (reordered(1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10), "journal-1", 4, "the checksum says "),
    (reordered(1, 2, 3, 5, 4, 6, 7, 8, 9, 10), "journal-1", 4, "the checksum says "),
    (begins("journal", 2), "journal-1", 1, "this is not the first line of journal 1"),
    (begins("snapshot", 1), "journal-1", 1, "this is not the first line of journal 1"),
    (appended([["d", "letters", "b"]]), "journal-1", 11, ""),
    (appended([["m", "letters", "b", {}]]), "journal-1", 11, ""),
    (appended([["m", "other", "a", {}]]), "journal-1", 11, ""),
    (appended([["q", "letters"]]), "journal-1", 11, "unknown operation"),
    (appended("x"), "journal-1", 11, "holds x where operations should be"),
]


@pytest.mark.parametrize(("happens", "file", "line", "wrong"), TABLE)
def test_damage_stops_with_file_line_and_way_out_and_touches_nothing(
    tmp_path: Path, happens: Callable[[Path], None], file: str, line: int | None, wrong: str
) -> None:
    filled(tmp_path)
    happens(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(Damage) as caught:
        open_database(tmp_path)
    assert (caught.value.file, caught.value.line) == (tmp_path / file, line)
    place = f"{tmp_path / file}: " if line is None else f"{tmp_path / file}, line {line}: "
    assert str(caught.value).startswith(f"{place}{wrong}")
    way_out = f"Stop the service and make a copy of {tmp_path}. " if file == "CURRENT" else f"{WAY_OUT}."
    assert way_out in str(caught.value)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_missing_current_is_mended_by_writing_the_number_that_it_says(tmp_path: Path) -> None:
    held = filled(tmp_path)
    (tmp_path / "CURRENT").unlink()
    with pytest.raises(Damage, match=r"snapshot and journal in it \(1 is the highest\)"):
        open_database(tmp_path)
    (tmp_path / "CURRENT").write_text("1")
    assert everything(tmp_path) == held


def test_an_emptied_folder_with_kept_generations_is_not_a_new_store(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        db.compact()
    for name in ("CURRENT", "snapshot-2", "journal-2"):
        (tmp_path / name).unlink()
    with pytest.raises(Damage, match="CURRENT: the file is missing, and journal-1 is there"):
        open_database(tmp_path)


@pytest.mark.parametrize("name", ["snapshot-2", "journal-2"])
def test_a_snapshot_and_a_journal_of_two_histories_do_not_belong_together(tmp_path: Path, name: str) -> None:
    two_days(tmp_path / "store")
    (tmp_path / "store-other" / name).replace(tmp_path / "store" / name)
    head = lines_of(tmp_path / "store" / name)[0]
    payload = orjson.loads(head[9:]) | {"at": "2026-11-23T06:00:00+00:00"}
    lines, checksum = [], 0
    for body in (payload, *(orjson.loads(line[9:]) for line in lines_of(tmp_path / "store" / name)[1:])):
        line, checksum = framed(body, checksum)
        lines.append(line)
    rewrite(tmp_path / "store" / name, *lines)
    with pytest.raises(Damage, match=r"journal-2, line 1: .*: they do not belong together"):
        open_database(tmp_path / "store")


def test_a_snapshot_cut_anywhere_is_damage(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        db.compact()
    data = (tmp_path / "snapshot-2").read_bytes()
    for cut in range(len(data)):
        (tmp_path / "snapshot-2").write_bytes(data[:cut])
        with pytest.raises(Damage):
            open_database(tmp_path)


def test_a_bit_flipped_anywhere_in_a_snapshot_is_damage(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        db.compact()
    for place in range((tmp_path / "snapshot-2").stat().st_size):
        flip(tmp_path / "snapshot-2", place)
        with pytest.raises(Damage):
            open_database(tmp_path)
        flip(tmp_path / "snapshot-2", place)


def test_a_current_that_goes_missing_while_the_store_is_open_is_damage(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        (tmp_path / "CURRENT").unlink()
        with pytest.raises(Damage, match="CURRENT: the file is missing"):
            db.table("t").put("a", {})


def test_a_journal_that_gets_shorter_while_the_store_is_open_is_damage(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        os.truncate(tmp_path / "journal-1", 50)
        with pytest.raises(Damage, match="journal-1: the file has 50 bytes, it had "):
            db.refresh()


@pytest.mark.parametrize("kind", ["snapshot", "journal"])
def test_a_store_of_a_newer_aikultur_is_refused(tmp_path: Path, kind: Any) -> None:
    filled(tmp_path)
    (tmp_path / f"{kind}-1").write_bytes(Head(kind, 1, NOON, schema=SCHEMA + 1).line()[0])
    with pytest.raises(NewerSchema) as caught:
        open_database(tmp_path)
    assert (caught.value.found, caught.value.understood) == (SCHEMA + 1, SCHEMA)


def test_a_folder_that_is_a_file_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(OSError, match="store"):
        open_database(tmp_path / "store")


# The disk refuses

NOBODY = 65534
"""The user that has nothing; root becomes it, for root may write anything."""

CHILD = """
import json, os, resource, signal, sys
from pathlib import Path
from store.database import open_database
folder = Path(sys.argv[1])
said = []
def attempt(act):
    try:
        act()
        said.append("done")
    except OSError as error:
        said.append(type(error).__name__)
"""

FULL_DISK = f"""{CHILD}
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
db = open_database(folder)
table = db.table("t")
table.put("a", {{"text": "x" * 3000}})
def limit(size): resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
def full(size, act):
    limit(size)
    attempt(act)
    said.append([table.keys(), (folder / f"journal-{{db.generation}}").stat().st_size == db.journal_bytes])
size = db.journal_bytes
full(size + 50, lambda: table.put("b", {{"text": "y" * 100}}))
full(size, lambda: table.put("b", {{"text": "y" * 100}}))
full(2000, db.compact)
said.append(sorted(path.name for path in folder.iterdir()))
full(resource.RLIM_INFINITY, lambda: table.put("b", {{}}))
full(resource.RLIM_INFINITY, db.compact)
print(json.dumps(said))
"""

FULL_AFTER_A_FAILED_SYNC = f"""{CHILD}
from store.database import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
fails = [True, False]
def sync(descriptor):
    if fails.pop(0) if fails else False:
        raise OSError(5, "Input/output error")
db = Database(folder, fdatasync=sync)
def put(key): attempt(lambda: db.table("t").put(key, {{"text": "x" * 3000}}))
put("a")
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
put("b")
put("c")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
put("d")
print(json.dumps([said, db.table("t").keys(), db.generation]))
"""

READ_ONLY = f"""{CHILD}
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
attempt(lambda: open_database(folder).table("letters").put("c", {{}}))
attempt(lambda: open_database(folder).compact())
print(json.dumps(said))
"""


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A folder that also the user nobody can reach: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "store"


def close_to_writing(folder: Path, files: int) -> None:
    """Give the store to the user whom the child becomes, its folder read-only."""
    for path in (folder, *folder.iterdir()):
        path.chmod(files if path.is_file() else 0o555)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)


def child(code: str, folder: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return orjson.loads(done.stdout)


def test_a_full_disk_leaves_records_and_files_as_they_were(tmp_path: Path) -> None:
    refused, done = ["OSError", [["a"], True]], ["done", [["a", "b"], True]]
    files = ["CURRENT", "generations.lock", "journal-1", "lock", "snapshot-1"]
    assert child(FULL_DISK, tmp_path) == [*refused, *refused, *refused, files, *done, *done]
    assert everything(tmp_path)["t"].keys() == {"a", "b"}


def test_a_disk_that_is_full_when_everything_is_to_be_written_anew_is_not_lost(tmp_path: Path) -> None:
    with Database(tmp_path) as db:
        db.table("u").put("before", {"text": "x" * 3000})
    refused = ["OSError", "OSError", "OSError", "done"]
    assert child(FULL_AFTER_A_FAILED_SYNC, tmp_path) == [refused, ["d"], 2]
    assert {name: [*table] for name, table in everything(tmp_path).items()} == {"u": ["before"], "t": ["d"]}


def test_a_read_only_store_stops_at_opening_and_is_left_alone(anybodys: Path) -> None:
    filled(anybodys)
    before = {path.name: path.read_bytes() for path in anybodys.iterdir()}
    close_to_writing(anybodys, 0o400)
    assert child(READ_ONLY, anybodys) == ["PermissionError", "PermissionError"]
    assert {path.name: path.read_bytes() for path in anybodys.iterdir()} == before


def test_a_folder_that_takes_no_new_files_still_takes_records(anybodys: Path) -> None:
    filled(anybodys)
    with open_database(anybodys) as db:
        db.compact()
    close_to_writing(anybodys, 0o600)
    assert child(READ_ONLY, anybodys) == ["done", "PermissionError"]
    anybodys.chmod(0o700)
    assert everything(anybodys)["letters"].keys() == {"a", "c"}
