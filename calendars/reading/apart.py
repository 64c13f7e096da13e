"""A calendar of others, read in a process of its own: whatever stands in it costs seconds and a size, and nobody else.

Guards in `calendars/reading/source.py` refuse most of what is hostile at once. What gets past them, in our code or in a
library's, is stopped by the system here. `python -m calendars.reading.apart` is that process: bytes on stdin, JSON on
stdout.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from calendars.reading.result import LeftOut, Reading, Unreadable
from calendars.reading.source import read_meetings
from culture.meetings import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one calendar may take. The processor's seconds are what counts; the clock's are for one that waits."""

    cpu_seconds: int = 20  # the slowest that the guards let through takes five
    clock_seconds: float = 120.0
    memory_bytes: int = 512 * 1024**2  # the largest takes a quarter


LIMITS = Limits()

ENVIRONMENT = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONTZPATH", "TZ")
"""Variables that the process may need: how words are written, where libraries and time zones are."""


def read_apart(content: bytes, department: str, zone: str, first: date, last: date, limits: Limits = LIMITS) -> Reading:
    """What `calendars.reading.source.read_meetings` gives, worked out in another process. Waits for it.

    Raises Unreadable as that does, and for a calendar that takes more than the limits.
    """
    arguments = [
        department,
        zone,
        first.isoformat(),
        last.isoformat(),
        str(limits.cpu_seconds),
        str(limits.memory_bytes),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our own module by our own interpreter; -P: not from the folder we are in
            [sys.executable, "-P", "-m", "calendars.reading.apart", *arguments],
            input=content,
            capture_output=True,
            env=environment(os.environ),
            timeout=limits.clock_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_long(limits.clock_seconds) from None
    if done.returncode < 0:  # by a signal: SIGXCPU, or SIGKILL where that was not enough
        raise _too_long(limits.cpu_seconds)
    try:
        said = json.loads(done.stdout)
    except ValueError:  # it broke off: most often for want of memory
        text = "it cannot be followed: {error}. Name a calendar of the department's own."
        why = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200] or str(done.returncode)
        raise Unreadable(text, error=why.rstrip(".")) from None
    if "text" in said:
        raise Unreadable(said["text"], **said["fields"])
    return reading_from_json(said, department, zone)


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the process gets of our environment: where its modules and zones are, and none of our secrets."""
    kept = {name: ours[name] for name in ENVIRONMENT if name in ours}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def to_json(meetings: tuple[Meeting, ...]) -> list[dict[str, Any]]:
    """The meetings of one department, as JSON can hold them."""
    return [
        {"id": one.id, "starts": one.starts.isoformat(), "minutes": one.minutes, "place": one.place} for one in meetings
    ]


def from_json(meetings: list[dict[str, Any]], department: str, zone: str) -> tuple[Meeting, ...]:
    """The meetings that `to_json` has written, in `zone`. Raises KeyError, TypeError and ValueError for anything else."""
    return tuple(
        Meeting(
            id=one["id"],
            department=department,
            starts=datetime.fromisoformat(one["starts"]).astimezone(ZoneInfo(zone)),
            minutes=one["minutes"],
            place=one["place"],
        )
        for one in meetings
    )


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """All that was read, as JSON can hold it."""
    return {
        "meetings": to_json(reading.meetings),
        "events": dict(reading.events),
        "said": sorted(reading.said),
        "left_out": [asdict(one) for one in reading.left_out],
        "more": reading.more,
        "guessed": dict(reading.guessed),
    }


def reading_from_json(said: Mapping[str, Any], department: str, zone: str) -> Reading:
    """What `reading_to_json` has written. Raises KeyError, TypeError and ValueError for anything else."""
    return Reading(
        meetings=from_json(said["meetings"], department, zone),
        events=dict(said["events"]),
        said=frozenset(said["said"]),
        left_out=tuple(LeftOut(**one) for one in said["left_out"]),
        more=said["more"],
        guessed=dict(said["guessed"]),
    )


def _too_long(seconds: float) -> Unreadable:
    text = "it takes more than {seconds} seconds to follow. Name a calendar of the department's own."
    return Unreadable(text, seconds=f"{seconds:g}")


def main(department: str, zone: str, first: str, last: str, cpu_seconds: str, memory_bytes: str) -> None:
    """Read a calendar from stdin and write what it says, or why it cannot be read, to stdout."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    os.nice(10)  # the letters of the day come first
    span = date.fromisoformat(first), date.fromisoformat(last)
    try:
        said = reading_to_json(read_meetings(sys.stdin.buffer.read(), department, zone, *span))
    except Unreadable as fault:
        said = {"text": fault.text, "fields": {name: str(value) for name, value in fault.fields.items()}}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
