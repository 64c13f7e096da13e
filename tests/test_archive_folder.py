"""The folder of a static site holds the whole of the new one or the whole of the old one, and nothing of anybody else's is
lost in it.
"""

import errno
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.archive.folder import MARK, Foreign, failed, in_two_steps, replace_site
from service.archive.site import Files
from service.messages.faults import Refused

ONE: Files = {"index.html": b"one", "da/index.html": b"en", "da/old.html": b"gammel"}
TWO: Files = {"index.html": b"two", "da/index.html": b"to"}


def held(folder: Path) -> dict[str, bytes]:
    """The files of a site, without its mark."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name != MARK}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "share" / "site"


def alone(folder: Path) -> bool:
    return [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_new_site_takes_the_place_of_the_old_one_whole(folder: Path) -> None:
    replace_site(folder, ONE)
    assert held(folder) == ONE
    replace_site(folder, TWO)
    assert held(folder) == TWO
    assert alone(folder)


def test_an_empty_folder_and_what_file_managers_leave_are_no_hindrance(folder: Path) -> None:
    folder.mkdir(parents=True)
    replace_site(folder, ONE)
    (folder / "da" / "Thumbs.db").write_bytes(b"")
    replace_site(folder, TWO)
    assert held(folder) == TWO


@pytest.mark.parametrize("name", ["thesis.docx", "da/notes.txt", "da/sub/x.html"])
def test_a_folder_that_holds_something_else_is_refused_and_left_alone(folder: Path, name: str) -> None:
    replace_site(folder, ONE)
    other = folder / name
    other.parent.mkdir(exist_ok=True)
    other.write_text("mine")
    with pytest.raises(Foreign, match=re.escape(name)):
        replace_site(folder, TWO)
    assert held(folder) == {**ONE, name: b"mine"}
    assert alone(folder)


def test_a_folder_without_our_mark_is_somebody_elses_whatever_its_names(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("mine")
    with pytest.raises(Foreign, match=r"index\.html"):
        replace_site(folder, ONE)
    (folder / MARK).write_text("[]")
    with pytest.raises(Foreign):
        replace_site(folder, ONE)


def test_a_link_in_the_folder_is_not_ours(folder: Path, tmp_path: Path) -> None:
    replace_site(folder, ONE)
    (folder / "home").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(Foreign, match="home"):
        replace_site(folder, TWO)
    assert (folder / "home").exists()


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("mine")
    with pytest.raises(Foreign, match="is a file"):
        replace_site(folder, ONE)
    assert folder.read_text() == "mine"


def test_where_a_disk_begins_nothing_can_be_replaced() -> None:
    with pytest.raises(Foreign, match="where a disk or a share begins"):
        replace_site(Path("/"), ONE)


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may get larger than a KB: what a full disk does, to a process of our own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_when_the_disk_takes_no_more_the_old_site_stands(folder: Path) -> None:
    replace_site(folder, ONE)
    with pytest.raises(Refused, match="What stood there before still stands"):
        replace_site(folder, {**TWO, "da/large.html": b"x" * 4096})
    assert held(folder) == ONE
    assert alone(folder)


def test_a_full_disk_is_said_in_words() -> None:
    assert str(failed(OSError(errno.ENOSPC, "No space left on device", "/x"))).startswith("The disk is full.")


def test_where_two_steps_are_needed_the_second_that_fails_takes_the_first_back(folder: Path) -> None:
    replace_site(folder, ONE)
    new, old = folder.with_name("new"), folder.with_name("old")
    with pytest.raises(FileNotFoundError):
        in_two_steps(new, folder, old)
    assert held(folder) == ONE
    new.mkdir()
    in_two_steps(new, folder, old)
    assert (held(folder), held(old)) == ({}, ONE)


def test_what_a_kill_left_between_two_steps_is_put_right(folder: Path) -> None:
    replace_site(folder, ONE)
    folder.rename(folder.with_name(".site.aikultur-old"))
    (folder.with_name(".site.aikultur-new")).mkdir()
    with pytest.raises(Refused):
        replace_site(folder, {"a/" + "x" * 300: b""})
    assert held(folder) == ONE
    replace_site(folder, TWO)
    assert held(folder) == TWO
    assert alone(folder)
