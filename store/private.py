"""Files and folders that only their owner may read, whatever the umask: letters, feeds and meetings hold keys and names."""

import os
from datetime import datetime
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700


def private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it, mode 0700. One that is there keeps its mode. Raises OSError."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        private_folder(folder.parent)
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(FOLDER_MODE)  # what the umask took away


def replace_privately(file: Path, content: bytes, *, changed: datetime | None = None) -> None:
    """Write `content` beside the file, mode 0600, and put it in the file's place: whole or not there.

    With `changed` (aware) that is the file's time of change, and it is on the disk before it takes the place. Raises
    OSError.
    """
    temporary = file.with_name(f".{file.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as opened:
        os.fchmod(descriptor, FILE_MODE)  # of one that was left behind, or what the umask took away
        opened.write(content)
        if changed:
            opened.flush()
            os.utime(descriptor, (changed.timestamp(), changed.timestamp()))
            os.fsync(descriptor)
    temporary.replace(file)


def private_opener(file: str, flags: int) -> int:
    """For `open`: a file that is made gets mode 0600, one that is there keeps its own."""
    return os.open(file, flags, FILE_MODE)
