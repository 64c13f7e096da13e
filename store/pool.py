"""The file in which concerns and choices wait for the night: of one size, written anew each hour, whoever wrote what.

Its time of change is the full hour. What is not text is noise, so that a file system or a backup that compresses
cannot tell either how many there are.
"""

import secrets
from datetime import date, datetime
from pathlib import Path

import orjson

from culture.concerns import ROOM, Pool
from store.private import replace_privately

SIZE = 256 * 1024
"""Bytes: the room for texts, and some for what stands around them."""

assert SIZE > ROOM


def write_pool(file: Path, pool: Pool, hour: datetime) -> None:
    """Write the pool, mode 0600, SIZE bytes, fsynced, changed at `hour`: whole or not at all. Raises OSError."""
    departments = {"departments": dict(pool.departments)} if pool.departments else {}
    held = orjson.dumps(
        {
            "night": pool.night.isoformat(),
            "concerns": dict(pool.texts),
            "counts": dict(pool.counts),
            **departments,
        },
    )
    begin, end = held[:-1] + b',"noise":"', b'"}\n'
    noise = secrets.token_urlsafe(SIZE).encode()[: SIZE - len(begin) - len(end)]
    replace_privately(file, begin + noise + end, changed=hour)


def read_pool(file: Path) -> Pool | None:
    """The pool as it was written last; None where there is none. Raises OSError, ValueError when it is no pool."""
    try:
        held = orjson.loads(file.read_bytes())
        return Pool(
            night=date.fromisoformat(held["night"]),
            texts={str(k): str(v) for k, v in held["concerns"].items()},
            departments={str(k): str(v) for k, v in held.get("departments", {}).items()},
            counts={str(k): int(v) for k, v in held.get("counts", {}).items()},
        )
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file} holds something else than concerns: {error!r}") from error
