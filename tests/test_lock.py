"""The writers' lock, on a file that stays open."""

from pathlib import Path

import pytest

from store.generations import locked
from store.journal import Locked
from store.lock import KeptLock


def test_one_has_it_and_the_other_waits_in_vain(tmp_path: Path) -> None:
    one, other = (KeptLock(tmp_path / "lock", 0) for _ in range(2))
    one.acquire()
    with pytest.raises(Locked):
        other.acquire()
    one.release()
    other.acquire()
    with pytest.raises(Locked):
        one.acquire()
    other.release()


def test_whoever_has_it_may_take_it_again_and_has_it_until_the_last_release(tmp_path: Path) -> None:
    one, other = (KeptLock(tmp_path / "lock", 0) for _ in range(2))
    one.acquire()
    one.acquire()
    one.release()
    with pytest.raises(Locked):
        other.acquire()
    one.release()
    other.acquire()


def test_it_and_the_locks_of_filelock_see_each_other(tmp_path: Path) -> None:
    ours = KeptLock(tmp_path / "lock", 0)
    with locked(tmp_path / "lock", 0), pytest.raises(Locked):
        ours.acquire()
    ours.acquire()
    with pytest.raises(Locked), locked(tmp_path / "lock", 0):
        pass


def test_a_lock_on_a_deleted_file_is_no_lock(tmp_path: Path) -> None:
    one, other = (KeptLock(tmp_path / "lock", 0) for _ in range(2))
    one.acquire()
    one.release()
    (tmp_path / "lock").unlink()
    other.acquire()
    with pytest.raises(Locked):
        one.acquire()


def test_closing_gives_it_up_and_it_can_be_had_again(tmp_path: Path) -> None:
    one, other = (KeptLock(tmp_path / "lock", 0) for _ in range(2))
    one.acquire()
    one.close()
    other.acquire()
    other.release()
    one.acquire()


def test_the_file_is_for_the_owner_only(tmp_path: Path) -> None:
    KeptLock(tmp_path / "lock", 0).acquire()
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
