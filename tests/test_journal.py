"""The files of the store: what a crash, a disk or a hand can do to them."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from store import journal
from store.database import Damage, Database, NewerSchema, open_database, restore
from store.journal import START, framed, unframed

ROOT = Path(__file__).parents[1]


def everything(folder: Path) -> dict[str, Any]:
    with open_database(folder) as db:
        return {name: {doc.doc_id: dict(doc) for doc in db.table(name)} for name in db.tables()}


def filled(folder: Path) -> dict[str, Any]:
    """A store of four journal lines after the header; what it holds."""
    with open_database(folder) as db:
        table = db.table("letters")
        table.put("a", {"text": "æ\n", "n": [1, 2.5, None, True]})
        table.put("b", {"n": 2})
        table.merge("a", {"sent": {"at": 1}})
        table.drop("b")
    return {"letters": {"a": {"text": "æ\n", "n": [1, 2.5, None, True], "sent": {"at": 1}}}}


def test_a_line_gives_back_what_it_was_given() -> None:
    line, checksum = framed([["d", "t", "k"]], 7)
    assert unframed(line, 7) == ([["d", "t", "k"]], checksum)


def test_a_line_is_a_checksum_and_json_that_can_be_read() -> None:
    assert framed(123456789, 0)[0] == b"cbf43926 123456789\n"  # the published check value of CRC-32


def test_a_store_reads_back_what_was_written(tmp_path: Path) -> None:
    held = filled(tmp_path)
    assert everything(tmp_path) == held


def test_the_files_are_for_the_owner_only(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "store", *(tmp_path / "store").iterdir()]} == {0}


def test_a_merge_writes_only_its_fields(tmp_path: Path) -> None:
    filled(tmp_path)
    assert b'"text"' not in (tmp_path / "journal-1").read_bytes().splitlines()[3]


def test_a_last_line_torn_anywhere_is_dropped_and_written_over(tmp_path: Path) -> None:
    filled(tmp_path / "whole")
    data = (tmp_path / "whole/journal-1").read_bytes()
    last = data.rindex(b"\n", 0, -1) + 1
    for cut in range(last, len(data)):
        folder = tmp_path / str(cut)
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "journal-1").write_bytes(data[:cut])
        assert everything(folder)["letters"].keys() == {"a", "b"}
        with open_database(folder) as db:
            db.table("letters").drop("b")
        assert (folder / "journal-1").read_bytes() == data


@pytest.mark.parametrize("place", range(3, 40, 6))
def test_a_last_line_with_a_flipped_bit_is_dropped(tmp_path: Path, place: int) -> None:
    filled(tmp_path)
    data = bytearray((tmp_path / "journal-1").read_bytes())
    data[data.rindex(b"\n", 0, -1) + min(place, 20)] ^= 1
    (tmp_path / "journal-1").write_bytes(data)
    assert everything(tmp_path)["letters"].keys() == {"a", "b"}


def test_garbage_after_the_last_line_is_dropped(tmp_path: Path) -> None:
    held = filled(tmp_path)
    with (tmp_path / "journal-1").open("ab") as file:
        file.write(bytes(5000))
    assert everything(tmp_path) == held


def test_a_doubled_last_line_counts_once(tmp_path: Path) -> None:
    held = filled(tmp_path)
    lines = (tmp_path / "journal-1").read_bytes().splitlines(keepends=True)
    (tmp_path / "journal-1").write_bytes(b"".join([*lines, lines[-1]]))
    assert everything(tmp_path) == held


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_a_flipped_bit_before_the_last_line_is_damage(tmp_path: Path, line: int) -> None:
    filled(tmp_path)
    lines = (tmp_path / "journal-1").read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1][:15] + bytes([lines[line - 1][15] ^ 4]) + lines[line - 1][16:]
    (tmp_path / "journal-1").write_bytes(b"".join(lines))
    with pytest.raises(Damage) as caught:
        open_database(tmp_path)
    assert (caught.value.file.name, caught.value.line) == ("journal-1", line)


@pytest.mark.parametrize("change", ["missing", "doubled", "swapped"])
def test_whole_lines_out_of_place_are_damage(tmp_path: Path, change: str) -> None:
    filled(tmp_path)
    a, b, c, d, e = (tmp_path / "journal-1").read_bytes().splitlines(keepends=True)
    lines = {"missing": [a, c, d, e], "doubled": [a, b, b, c, d, e], "swapped": [a, c, b, d, e]}[change]
    (tmp_path / "journal-1").write_bytes(b"".join(lines))
    with pytest.raises(Damage):
        open_database(tmp_path)


def test_damage_says_file_line_and_the_ways_out(tmp_path: Path) -> None:
    filled(tmp_path)
    lines = (tmp_path / "journal-1").read_bytes().splitlines(keepends=True)
    lines[2] = b"00000000 " + lines[2][9:]
    (tmp_path / "journal-1").write_bytes(b"".join(lines))
    with pytest.raises(Damage) as caught:
        open_database(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/journal-1, line 3: the checksum says b'00000000', ")
    assert str(caught.value).endswith(
        f". Stop the service and make a copy of {tmp_path}. Then put back the newest backup, or cut journal-1 off "
        "so that line 2 is its last: what comes after it is lost."
    )
    (tmp_path / "journal-1").write_bytes(b"".join(lines[:2]))
    assert everything(tmp_path)["letters"].keys() == {"a"}


@pytest.mark.parametrize(
    "operation", [["d", "letters", "b"], ["m", "letters", "b", {}], ["m", "other", "a", {}], ["q", "letters"], "x"]
)
def test_a_line_that_does_not_fit_the_records_is_damage(tmp_path: Path, operation: Any) -> None:
    filled(tmp_path)
    checksum = int((tmp_path / "journal-1").read_bytes().splitlines()[-1][:8], 16)
    with (tmp_path / "journal-1").open("ab") as file:
        file.write(framed([operation], checksum)[0])
    with pytest.raises(Damage, match="journal-1, line 6: "):
        open_database(tmp_path)


@pytest.mark.parametrize("name", ["snapshot-1", "journal-1", "CURRENT"])
def test_a_missing_file_is_damage(tmp_path: Path, name: str) -> None:
    filled(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(Damage, match=f"{name}: the file is missing"):
        open_database(tmp_path)


@pytest.mark.parametrize("text", ["", "x", "0", "-1", "1 2", "99999999999"])
def test_a_current_that_is_no_number_is_damage(tmp_path: Path, text: str) -> None:
    filled(tmp_path)
    (tmp_path / "CURRENT").write_text(text)
    with pytest.raises(Damage, match="CURRENT: holds"):
        open_database(tmp_path)


def test_a_current_that_goes_missing_while_the_store_is_open_is_damage(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        (tmp_path / "CURRENT").unlink()
        with pytest.raises(Damage, match="CURRENT: the file is missing"):
            db.table("t").put("a", {})


def test_a_snapshot_cut_anywhere_is_damage(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_database(tmp_path) as db:
        db.compact()
    data = (tmp_path / "snapshot-2").read_bytes()
    for cut in range(len(data)):
        (tmp_path / "snapshot-2").write_bytes(data[:cut])
        with pytest.raises(Damage):
            open_database(tmp_path)


@pytest.mark.parametrize("name", ["snapshot-1", "journal-1"])
def test_a_store_of_a_newer_aikultur_is_refused(tmp_path: Path, name: str) -> None:
    filled(tmp_path)
    payload = journal.header(name.partition("-")[0], 1) | {"schema": journal.SCHEMA + 1}
    (tmp_path / name).write_bytes(framed(payload, 0)[0])
    with pytest.raises(NewerSchema) as caught:
        open_database(tmp_path)
    assert (caught.value.found, caught.value.understood) == (journal.SCHEMA + 1, journal.SCHEMA)


def test_a_journal_of_another_generation_is_damage(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "journal-1").write_bytes(framed(journal.header("journal", 2), 0)[0])
    with pytest.raises(Damage, match="journal-1, line 1: this is not the first line of journal 1"):
        open_database(tmp_path)


def test_a_first_start_killed_at_any_step_starts_again(tmp_path: Path) -> None:
    for steps in range(6):
        folder = tmp_path / str(steps)
        folder.mkdir()
        list(itertools.islice(journal.begin_generation(folder, 1, {}), steps))
        assert everything(folder) == {}


def test_a_first_start_killed_in_the_middle_of_a_file_starts_again(tmp_path: Path) -> None:
    list(itertools.islice(journal.begin_generation(tmp_path, 1, {}), 2))
    (tmp_path / "snapshot-1").write_bytes((tmp_path / "snapshot-1").read_bytes()[:20])
    assert everything(tmp_path) == {}


def test_compaction_killed_at_any_step_loses_nothing(tmp_path: Path) -> None:
    held = filled(tmp_path / "whole")
    for steps in range(9):
        folder = tmp_path / str(steps)
        shutil.copytree(tmp_path / "whole", folder)
        done = list(itertools.islice(journal.begin_generation(folder, 2, held), steps))
        assert everything(folder) == held
        with open_database(folder) as db:
            db.table("letters").put("c", {})
            db.compact()
        assert everything(folder)["letters"].keys() == {"a", "c"}
        assert len(list(folder.iterdir())) == 4, done  # CURRENT, lock, one snapshot, one journal
    assert done[-1] == "without snapshot-1"


def test_opening_clears_away_what_a_killed_compaction_left(tmp_path: Path) -> None:
    held = filled(tmp_path)
    steps = journal.begin_generation(tmp_path, 2, held)
    while next(steps) != "folder":
        pass
    open_database(tmp_path).close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["CURRENT", "journal-2", "lock", "snapshot-2"]


def test_compaction_killed_in_the_middle_of_the_snapshot_loses_nothing(tmp_path: Path) -> None:
    held = filled(tmp_path)
    next(journal.begin_generation(tmp_path, 2, held))
    (tmp_path / "snapshot-2").write_bytes((tmp_path / "snapshot-2").read_bytes()[:70])
    assert everything(tmp_path) == held
    with open_database(tmp_path) as db:
        db.compact()
    assert everything(tmp_path) == held


def test_compaction_keeps_records_and_empties_the_journal(tmp_path: Path) -> None:
    held = filled(tmp_path)
    with open_database(tmp_path) as db:
        before = db.journal_bytes
        db.compact()
        assert (db.generation, db.journal_bytes < before) == (2, True)
    assert everything(tmp_path) == held


def test_compaction_keeps_an_empty_table(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        db.table("empty").truncate()
        db.compact()
    assert everything(tmp_path) == {"empty": {}}


def test_a_journal_is_worth_compacting_past_four_snapshots_and_a_megabyte(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        db.table("t").put("a", {"text": "x" * 1_050_000})
        assert db.worth_compacting()
        db.compact()
        for _ in range(4):
            db.table("t").put("a", {"text": "x" * 1_050_000})
        assert not db.worth_compacting()
        db.table("t").put("a", {"text": "x" * 1_050_000})
        assert db.worth_compacting()


def test_a_folder_that_is_a_file_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(OSError, match="store"):
        open_database(tmp_path / "store")


def test_a_backup_is_one_file_that_restores_the_records(tmp_path: Path) -> None:
    held = filled(tmp_path / "store")
    with open_database(tmp_path / "store") as db:
        file = db.backup(tmp_path / "backups")
        assert (file.name, db.backup(tmp_path / "backups")) == ("backup-000001-00000005", file)
        db.table("letters").truncate()
    assert restore(tmp_path / "new", file) == tmp_path / "new/before-1"
    assert everything(tmp_path / "new") == held


def test_restoring_over_damage_moves_it_aside_and_reaches_an_open_database(tmp_path: Path) -> None:
    held = filled(tmp_path / "store")
    with open_database(tmp_path / "store") as db:
        file = db.backup(tmp_path / "backups")
        db.table("letters").put("c", {})
        (tmp_path / "store/snapshot-1").write_bytes(b"?")
        aside = restore(tmp_path / "store", file)
        assert sorted(path.name for path in aside.iterdir()) == ["journal-1", "snapshot-1"]
        db.refresh()
        assert db.table("letters").keys() == ["a"]
    assert everything(tmp_path / "store") == held


def test_a_backup_that_is_cut_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    filled(tmp_path / "store")
    with open_database(tmp_path / "store") as db:
        file = db.backup(tmp_path / "backups")
    file.write_bytes(file.read_bytes()[:-9])
    before = {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir()}
    with pytest.raises(Damage):
        restore(tmp_path / "store", file)
    assert {path.name: path.read_bytes() for path in (tmp_path / "store").iterdir()} == before


FULL_DISK = """
import resource, signal, sys, json
from pathlib import Path
from store.database import open_database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
db = open_database(folder)
table = db.table("t")
table.put("a", {"text": "x" * 3000})
size = db.journal_bytes
said = []
def limit(bytes): resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, resource.RLIM_INFINITY))
def attempt(act):
    try:
        act()
        said.append("done")
    except OSError:
        said.append("OSError")
    said.append([table.keys(), (folder / f"journal-{db.generation}").stat().st_size == db.journal_bytes])
limit(size + 50)
attempt(lambda: table.put("b", {"text": "y" * 100}))
limit(size)
attempt(lambda: table.put("b", {"text": "y" * 100}))
limit(2000)
attempt(db.compact)
said.append(sorted(path.name for path in folder.iterdir()))
limit(resource.RLIM_INFINITY)
attempt(lambda: table.put("b", {}))
attempt(db.compact)
print(json.dumps(said))
"""


def test_a_full_disk_leaves_records_and_files_as_they_were(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    refused, done = ["OSError", [["a"], True]], ["done", [["a", "b"], True]]
    files = ["CURRENT", "journal-1", "lock", "snapshot-1"]
    assert orjson.loads(run.stdout) == [*refused, *refused, *refused, files, *done, *done]
    assert everything(tmp_path)["t"].keys() == {"a", "b"}


def test_a_failed_fsync_takes_the_line_back_and_ends_all_writing(tmp_path: Path) -> None:
    held = filled(tmp_path)

    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    db = Database(tmp_path, fdatasync=broken)
    for _ in range(2):
        with pytest.raises(OSError, match="Nothing more is written until the service is started again"):
            db.table("letters").put("c", {})
    with pytest.raises(OSError, match="Nothing more is written"):
        db.compact()
    assert db.table("letters").keys() == ["a"]
    db.close()
    assert everything(tmp_path) == held


def test_lines_are_synced_unless_the_batch_says_not_and_at_the_end(tmp_path: Path) -> None:
    synced: list[int] = []
    db = Database(tmp_path, fdatasync=synced.append)
    table = db.table("t")
    counts = []
    with db.batch(sync=False):
        table.put("a", {})
    counts.append(len(synced))
    table.put("b", {})
    counts.append(len(synced))
    with db.batch(sync=False), db.batch():
        table.put("c", {})
    counts.append(len(synced))
    with db.batch(sync=False):
        table.put("d", {})
    db.close()
    assert [*counts, len(synced)] == [0, 1, 2, 3]


def test_the_place_before_the_first_line_is_the_start() -> None:
    assert list(journal.intact([], Path("journal-1"), START)) == []
