"""What a disk that refuses means: later, or lost. And errors that say which file they are about."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LATER = frozenset(
    {
        errno.ENOSPC,  # the disk is full
        errno.EDQUOT,  # the user's share of it is
        errno.EFBIG,  # a limit on the size of files, `ulimit -f`
        errno.EMFILE,  # too many open files, of this process
        errno.ENFILE,  # of the machine
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EINTR,
        errno.EBUSY,
    }
)
"""Errors after which the same act may succeed without anybody touching the disk itself: to be tried again later. All
others of a store that has refused (EIO, EROFS, ENODEV, ESTALE, EACCES, a damaged file) mean that it is lost to us."""


class StoreLost(Exception):
    """The disk could not keep what was written, and a new generation could not be begun either. The process must end;
    the next start reads what the disk has. `file` is where it failed."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(
            f"{file}: the disk could not keep what was written ({reason}), and the records could not be written anew "
            "beside it. Nothing more is sent. Look at the disk (dmesg, is it mounted read-only?), then start the "
            "service again: it goes on from what the disk has."
        )


def is_later(error: BaseException) -> bool:
    """Whether the same act may succeed later by itself."""
    return isinstance(error, OSError) and error.errno in LATER


@contextmanager
def naming(file: Path | str) -> Iterator[None]:
    """An OSError from a descriptor does not say of which file: here it gets the name."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror or os.strerror(error.errno), str(file)) from error
