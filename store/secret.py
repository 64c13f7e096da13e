"""The secret that signs links and feeds, made at first start and kept beside the store.

The store keeps a fingerprint of it: another secret beside people would silently end every link and feed there is.
"""

import hashlib
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path

from store.database import Database
from store.disk import naming
from store.journal import Damage, sync_folder
from store.records import PEOPLE, SIGNING

SECRET_BYTES = 32
"""256 bits, as long as the hash that uses it (RFC 2104, section 3)."""


FINGERPRINT = "fingerprint"
"""The key of the one record in the table of the secret."""

WAY_OUT = (
    "Put the right one back from a backup (aikultur store backup --to copies it) and write: chmod 600 {file}. If it is "
    "lost for good, aikultur store new-secret makes a new one: every personal link and feed address sent before then "
    "stops working, and everybody gets new ones"
)


def fingerprint(key: bytes) -> str:
    """What tells a secret from others and gives nothing of it away: it has 256 bits, so nobody can try them all."""
    return hashlib.sha256(b"aikultur, which secret is this: " + key).hexdigest()[:16]


def secret_beside(database: Database, folder: Path) -> bytes:
    """The secret in `folder`, which is the one that the records know. Made where there are no people yet, and then
    remembered. Raises Damage when it is missing beside people or another one, and what `secret` raises."""
    key = _known_to(database, folder)
    if known_fingerprint(database) is None:
        remember(database, key)
    return key


def secret_to_look_with(database: Database, folder: Path) -> bytes:
    """As `secret_beside`, and nothing is made or remembered: where there is no secret yet, some key to look with."""
    if not (folder / "secret").exists() and not len(database.table(PEOPLE)):
        return b"looking"
    return _known_to(database, folder)


def _known_to(database: Database, folder: Path) -> bytes:
    if wrong := wrong_secret(folder, known_fingerprint(database), people=len(database.table(PEOPLE)) > 0):
        raise wrong
    return secret(folder)


def wrong_secret(folder: Path, known: str | None, *, people: bool) -> Damage | None:
    """What is wrong with the secret in `folder`, when the records know this fingerprint and whether there are people;
    None when nothing is. Makes none.

    Raises PermissionError when others may read the file or we may not, OSError.
    """
    file = folder / "secret"
    way_out = WAY_OUT.format(file=file)
    try:
        key = _read(file)
    except FileNotFoundError:
        wrong = "the file is missing, and people have links made with it"
        return Damage(file, None, wrong, way_out) if people or known else None
    except Damage as damage:
        return damage
    if known is not None and known != fingerprint(key):
        return Damage(file, None, "this is not the secret with which people's links were made", way_out)
    return None


def known_fingerprint(database: Database) -> str | None:
    document = database.table(SIGNING).find(FINGERPRINT)
    return document["sha256"] if document else None


def remember(database: Database, key: bytes) -> None:
    """Write down which secret belongs to these records."""
    database.table(SIGNING).put(FINGERPRINT, {"sha256": fingerprint(key)})


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
            "If somebody may have read it, aikultur store new-secret makes a new one, and links sent before stop working."
        )
    if not re.fullmatch(rb"[0-9a-f]{%d}" % (2 * SECRET_BYTES), text):
        wrong = f"holds {len(text)} bytes where {2 * SECRET_BYTES} hex digits should be"
        raise Damage(file, None, wrong, WAY_OUT.format(file=file))
    return bytes.fromhex(text.decode())


def renew(database: Database, folder: Path) -> Path | None:
    """Make a new secret for these records; where the one of before is now, None when there was none. Raises OSError.

    Killed in between, the next start says that the secret is missing or another one, and this can be done again.
    """
    file, aside = folder / "secret", folder / "secret.before"
    old = file.exists()
    if old:
        file.replace(aside)
    make(file)
    remember(database, _read(file))
    return aside if old else None


def make(file: Path) -> None:
    """Write a new secret, durably, unless there is one: never half a secret, and of two processes one wins.

    Raises OSError.
    """
    descriptor, temporary = tempfile.mkstemp(prefix="secret.", dir=file.parent)  # O_EXCL, mode 0600
    try:
        with naming(file), os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_hex(SECRET_BYTES).encode() + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        file.hardlink_to(temporary)
    except FileExistsError:
        pass  # another process was first; its secret is the one
    finally:
        Path(temporary).unlink()
    sync_folder(file.parent)
