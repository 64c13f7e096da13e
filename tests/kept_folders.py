"""Folders that last as long as the tests of a process: what is made once in one of them, many tests copy."""

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp


def kept_folder() -> Path:
    """A new one."""
    return Path(mkdtemp(dir=_root()))


@cache
def _root() -> Path:
    made = TemporaryDirectory()
    atexit.register(made.cleanup)
    return Path(made.name)
