"""The secret that signs links and feeds, made at first start and kept beside the store."""

import os
import re
import secrets
import stat
import tempfile
from pathlib import Path

from store.journal import Damage, sync_folder

SECRET_BYTES = 32
"""256 bits, as long as the hash that uses it (RFC 2104, section 3)."""


def secret(folder: Path) -> bytes:
    """The 32 bytes of the file `secret` in `folder`; both are made at need, the file with mode 0600.

    Raises PermissionError when others may read the file, Damage when it does not hold 64 hex digits, OSError.
    """
    file = folder / "secret"
    try:
        return _read(file)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make(file)
        return _read(file)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
        text = opened.read().strip()
    if mode & 0o077:
        raise PermissionError(
            f"{file}: the mode is {mode:04o}, so others on this machine may read it. Write: chmod 600 {file}. "
            "If somebody may have read it, delete the file: a new one is made, and links sent before stop working."
        )
    if not re.fullmatch(rb"[0-9a-f]{%d}" % (2 * SECRET_BYTES), text):
        way_out = "Put back the file from a backup, or delete it: a new one is made, and earlier links stop working."
        raise Damage(file, None, f"holds {len(text)} bytes where {2 * SECRET_BYTES} hex digits should be", way_out)
    return bytes.fromhex(text.decode())


def make(file: Path) -> None:
    """Write a new secret, durably, unless there is one: never half a secret, and of two processes one wins.

    Raises OSError.
    """
    descriptor, temporary = tempfile.mkstemp(prefix="secret.", dir=file.parent)  # O_EXCL, mode 0600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_hex(SECRET_BYTES).encode() + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        file.hardlink_to(temporary)
    except FileExistsError:
        pass  # another process was first; its secret is the one
    finally:
        Path(temporary).unlink()
    sync_folder(file.parent)
