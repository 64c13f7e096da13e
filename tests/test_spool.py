"""The frozen bytes of claimed letters."""

from pathlib import Path

import pytest

from store.database import Damage
from store.spool import Spool, Spooled

LETTERS = [b"first\r\n", b"", b"third \xff\x00" * 100]


def test_what_was_appended_is_read_back_also_by_another(tmp_path: Path) -> None:
    refs = Spool(tmp_path / "spool").append("2026-W49", LETTERS)
    assert [Spool(tmp_path / "spool").read(ref) for ref in refs] == LETTERS


def test_two_that_append_to_one_segment_follow_each_other(tmp_path: Path) -> None:
    one, other = Spool(tmp_path), Spool(tmp_path)
    refs = [*one.append("s", [b"aa"]), *other.append("s", [b"bbb"]), *one.append("s", [b"c"])]
    assert [(ref.offset, ref.length) for ref in refs] == [(0, 2), (2, 3), (5, 1)]
    assert [one.read(ref) for ref in refs] == [b"aa", b"bbb", b"c"]


def test_bytes_of_a_crash_that_nobody_names_do_no_harm(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append("s", [b"claimed"])
    with (tmp_path / "s").open("ab") as file:
        file.write(b"torn")
    assert [spool.read(ref) for ref in spool.append("s", [b"next"])] == [b"next"]


def test_a_letter_changed_cut_or_gone_is_damage(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    (ref,) = spool.append("s", [b"letter"])
    for there in (b"lettes", b"lette"):
        (tmp_path / "s").write_bytes(there)
        with pytest.raises(Damage, match="the 6 bytes from 0 on"):
            spool.read(ref)
    spool.remove("s")
    with pytest.raises(Damage, match="the file is missing"):
        spool.read(ref)


def test_segments_are_listed_and_removed(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for segment in ("2026-W50", "2026-W49"):
        spool.append(segment, [b"x"])
    assert spool.segments() == ["2026-W49", "2026-W50"]
    spool.remove("2026-W49")
    spool.remove("2026-W49")
    assert spool.segments() == ["2026-W50"]


def test_appending_nothing_makes_no_file(tmp_path: Path) -> None:
    assert (Spool(tmp_path).append("s", []), Spool(tmp_path).segments()) == ([], [])


@pytest.mark.parametrize("name", ["", "../secret", "a/b", ".hidden", "a\n"])
def test_a_segment_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    spool = Spool(tmp_path)
    with pytest.raises(ValueError, match="cannot be the name of a segment"):
        spool.append(name, [b"x"])
    with pytest.raises(ValueError, match="cannot be the name of a segment"):
        spool.read(Spooled(name, 0, 0, 0))


def test_the_letters_are_for_the_owner_only(tmp_path: Path) -> None:
    Spool(tmp_path / "spool").append("s", [b"x"])
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "spool", tmp_path / "spool/s")] == [0o700, 0o600]
