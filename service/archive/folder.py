"""A static site put into a folder: the whole of the new one or the whole of the old one, whatever happens meanwhile.

All of it is written beside the folder first, so that a disk that fills takes nothing away. Then the two change places:
in one step where the file system can (renameat2), else in two, and what a kill leaves between those is put right the next
time.
"""

import ctypes
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from service.messages.disk_faults import disk_sentence
from service.messages.faults import Refused
from service.messages.translation import Sentence

MARK = "aikultur-site.json"
"""In every site: the names of all its files. A folder without it, or with others in it, is somebody else's."""

LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave behind by themselves."""

AT_FDCWD, RENAME_EXCHANGE = -100, 2


class Foreign(Refused):
    """The folder holds what is not ours."""


def replace_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder hold these files and no others. Raises Foreign, and then nothing was touched; Refused when it
    cannot be written, and then what stood there stands."""
    folder = folder.resolve()
    if folder.is_mount():
        text = "{folder} is where a disk or a share begins, which cannot be replaced. Name a folder within it."
        raise Foreign(Sentence(text, {"folder": folder}))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _replace(folder, files)
    except OSError as error:
        raise Refused(failed(error)) from None


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    new, old = folder.with_name(f".{folder.name}.aikultur-new"), folder.with_name(f".{folder.name}.aikultur-old")
    if not folder.exists() and old.exists():
        old.rename(folder)  # we were killed between the two steps
    _refuse_foreign(folder)
    _remove(new)
    _remove(old)
    try:
        _write(new, files)
        _put_in_place(new, folder, old)
    finally:
        _remove(new)
    _remove(old)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other export writes beside the same folder. Raises Refused while one does."""
    beside = os.open(folder.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = "Another export is being written into {folder}. Try again when it is done."
            raise Refused(Sentence(text, {"folder": folder.parent})) from None
        except OSError:
            pass  # a share that knows no locks
        yield
    finally:
        os.close(beside)


def failed(error: OSError) -> Sentence:
    """What could not be written, and that nothing was lost."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Sentence("The disk is full. What stood there before still stands; free space and export again.")
    return Sentence("{fault} What stood there before still stands.", {"fault": disk_sentence(error)})


def _refuse_foreign(folder: Path) -> None:
    """Raises Foreign for a folder that is not empty and holds anything but a site of ours; OSError."""
    if folder.exists() and not folder.is_dir():
        raise Foreign(Sentence("{folder} is a file. Name a folder for --site.", {"folder": folder}))
    ours = _ours(folder)
    found = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if _counts(path))
    other = next((name for name in found if name not in ours), None)
    if other is not None:
        text = (
            "{folder} holds something that is not of this site: {name}. Everything in it would be replaced. Name a new "
            "folder for --site, or move that out of it."
        )
        raise Foreign(Sentence(text, {"folder": folder, "name": other}))


def _counts(path: Path) -> bool:
    """Whether something in a folder is somebody's: folders are nobody's by themselves, but links to one are."""
    return path.name not in LITTER and (path.is_symlink() or not path.is_dir())


def _ours(folder: Path) -> frozenset[str]:
    """The names of the files that we put there; none where we did not."""
    try:
        files = json.loads((folder / MARK).read_bytes())["files"]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset({MARK, *(name for name in files if isinstance(name, str))})


def _write(new: Path, files: Mapping[str, bytes]) -> None:
    mark = json.dumps({"made_by": "aikultur archive export", "files": sorted(files)}, indent=1).encode()
    for name, content in {**files, MARK: mark}.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # a share may say only now that it is full


def _put_in_place(new: Path, folder: Path, old: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    shutil.copymode(folder, new)
    if not _exchanged(new, folder):
        in_two_steps(new, folder, old)


def in_two_steps(new: Path, folder: Path, old: Path) -> None:
    """The new one in the folder's place, the former as `old`. Raises OSError, and then the former stands."""
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def _exchanged(one: Path, other: Path) -> bool:
    """Whether the two have changed places, in one step (Linux 3.15; not on every file system)."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    done = rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    return bool(done == 0)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
