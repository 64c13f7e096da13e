"""Which time zone a name means in somebody's calendar. Pure.

RFC 5545, 3.2.19: a name is the file's own VTIMEZONE. We let the time zone database lead for names with a slash, which
are its own and better kept there; for all others ("EST", "Romance Standard Time") the file leads, then Windows' names.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendars.reading.lines import Block
from calendars.reading.result import TooMuch
from calendars.reading.rules import changes_clocks, check, rule_of, text_of
from calendars.reading.times import moment_of

MAX_ZONES = 50_000
"""Characters of all time zones that are used, equal ones once. Outlook's has 330, the whole history of one four thousand."""

AS_UTC = frozenset({"UTC", "GMT", "Z", "TZONE://MICROSOFT/UTC"})
DISPLAYED = re.compile(r"\((?:UTC|GMT)\s*(?:([+-])(\d{1,2})[.:]?(\d\d)?)?\)\s*(.*)", re.IGNORECASE)
"""How Windows shows a zone: "(UTC+01:00) Amsterdam, Berlin, Bern", "(GMT+01.00) Sarajevo/Warsaw/Zagreb"."""

WITH_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
"""Names such as "UTC+1", "GMT+0100" and "+01:00", east of Greenwich. The database's Etc/GMT-1 is not among them."""

OFFSET = re.compile(r"[+-]([01]\d|2[0-3])[0-5]\d(\d\d)?")

OF_MACHINE = frozenset({"localtime", "Factory"})
"""In the database of some machines, and as good as no name."""

AREAS = re.compile("(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/")

Built = dict[str, tzinfo | None]


class Clocks:
    """The zones of one calendar. `guessed` tells, by name, what was taken for a zone that nobody knows."""

    def __init__(self, calendar: Block, department: ZoneInfo, built: Built, guessed: dict[str, str]) -> None:
        """`built` holds the zones of the whole file by their text; the same stands in a file a hundred times."""
        self._own: dict[str, Block] = {}
        for block in calendar.blocks:
            if block.name == "VTIMEZONE":
                for line in block.all("TZID"):
                    self._own.setdefault(line.value.strip(), block)
        self._built = built
        self._guessed = guessed
        self._department = department
        named = calendar.value("X-WR-TIMEZONE").strip()
        self._known: dict[str, tzinfo] = {"": (self._named(named) if named else None) or department}

    def zone(self, name: str) -> tzinfo:
        """What a name means; the calendar's zone, else the department's, for none. What nobody knows is a guess."""
        if name not in self._known:
            self._known[name] = self._named(name) or self._guess(name)
        return self._known[name]

    def knows(self, name: str) -> bool:
        """Whether a zone that was asked for has a name, and not one that was guessed."""
        return bool(name) and name not in self._guessed

    def _named(self, name: str) -> tzinfo | None:
        in_database = _in_database(name) if "/" in name else None
        return in_database or self._of_file(name) or known_zone(name)

    def _guess(self, name: str) -> tzinfo:
        offset = _offset_in(name)
        taken: tzinfo = self._department
        if offset is None:
            city = name.rpartition("/")[2].strip().replace(" ", "_").casefold()
            taken = ZoneInfo(_cities()[city]) if city in _cities() else taken
        elif offset != _standard(self._department):
            taken = timezone(offset)
        self._guessed[name] = str(taken)
        return taken

    def _of_file(self, name: str) -> tzinfo | None:
        """The zone that the file describes; None when it does not, or in a way that cannot be used."""
        block = self._own.get(name) or self._own.get(name.strip("/"))
        text = "\r\n".join(_lines(block)) if block else ""
        if text not in self._built:
            if sum(map(len, self._built)) + len(text) > MAX_ZONES:
                raise TooMuch
            self._built[text] = _built(text)
        return self._built[text]


def known_zone(name: str) -> tzinfo | None:
    """The zone of a name that is known without the file: of the database, of Windows, as Windows shows it."""
    tries: tuple[Callable[[str], tzinfo | None], ...] = (_in_database, _of_windows, _shown)
    return next((found for ask in tries if (found := ask(name))), None)


def _in_database(name: str) -> tzinfo | None:
    """Also behind a maker's prefix: /freeassociation.sourceforge.net/Europe/Vienna."""
    if name.upper() in AS_UTC:
        return UTC
    parts = name.strip("/").split("/")
    tries = ["/".join(parts[start:]) for start in range(len(parts) if name.startswith("/") else 1)]
    if re.fullmatch(r"[A-Za-z]+-[A-Za-z_]+", name):  # US-Eastern
        tries.append(name.replace("-", "/"))
    return next((found for one in tries if (found := _zone_info(one))), None)


def _zone_info(name: str) -> ZoneInfo | None:
    try:
        return None if name in OF_MACHINE else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _of_windows(name: str) -> tzinfo | None:
    """`Eastern Standard Time`, also by its summer, and with the number that Exchange puts behind one of several."""
    name = re.sub(r"\s+\d+$", "", name.strip()).replace("Daylight", "Standard")
    return _zone_info(WINDOWS_TO_OLSON.get(name, ""))


def _shown(name: str) -> tzinfo | None:
    """The zone that Windows shows so: the first of its cities that the database knows with that offset."""
    match = DISPLAYED.fullmatch(name.strip())
    if match is None:
        return None
    offset = _offset_in(name)
    for place in re.split(r"[,/]", match[4]):
        zone = _cities().get(place.strip().replace(" ", "_").casefold())
        if zone and _standard(found := ZoneInfo(zone)) == offset:
            return found
    american = re.match(r"(.+?) Time\b", match[4])
    zone = WINDOWS_TO_OLSON.get(f"{american[1]} Standard Time", "") if american else ""
    found_zone = _zone_info(zone)
    return found_zone if found_zone and _standard(found_zone) == offset else None


def _offset_in(name: str) -> timedelta | None:
    """The offset that a name tells; None when it tells none, or one that there is not."""
    match = DISPLAYED.fullmatch(name.strip()) or WITH_OFFSET.fullmatch(name.strip())
    if match is None:
        return None
    found = timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0))
    return None if found > timedelta(hours=14) else (-found if match[1] == "-" else found)


def _standard(zone: tzinfo) -> timedelta:
    """The offset of a zone's winter."""
    offsets = (datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return min(offset for offset in offsets if offset is not None)


@cache
def _cities() -> dict[str, str]:
    """The zones of the database by the city in their name."""
    names = (name for name in sorted(available_timezones()) if AREAS.match(name))
    return {name.rpartition("/")[2].casefold(): name for name in names}


# --- zones that a file describes


def _lines(block: Block) -> Iterator[str]:
    """The zone as dateutil reads it: nothing but what it needs, in the words it knows."""
    yield from ("BEGIN:VTIMEZONE", "TZID:own")
    for part in (part for part in block.blocks if part.name in ("STANDARD", "DAYLIGHT")):
        to = part.value("TZOFFSETTO").strip()
        before = part.value("TZOFFSETFROM").strip() or to  # Outlook for Mac leaves it out, and only an hour hangs on it
        yield from (f"BEGIN:{part.name}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{to}")
        yield f"DTSTART:{_local(part.value('DTSTART'))}"
        yield from (f"RRULE:{line.value.strip()}" for line in part.all("RRULE"))
        for line in part.all("RDATE"):
            yield f"RDATE:{','.join(_local(one) for one in line.value.split(','))}"
        yield from (f"TZNAME:{line.value.strip()}" for line in part.all("TZNAME")[:1])
        yield f"END:{part.name}"
    yield "END:VTIMEZONE"


def _local(text: str) -> str:
    found = moment_of(text, None)
    return f"{found:%Y%m%dT%H%M%S}" if found and found.year >= 1000 else text.strip()


def _built(text: str) -> tzinfo | None:
    """The zone of such a text; None for one that cannot be used: a rule by which no clock changes, an offset too many."""
    lines = text.split("\r\n")
    offsets = (line.partition(":")[2] for line in lines if line.startswith("TZOFFSET"))
    try:
        usable = [_followed(line) if line.startswith("RRULE:") else line for line in lines]
        if not all(OFFSET.fullmatch(offset) for offset in offsets):
            return None
        found: tzinfo | None = tzical(StringIO("\r\n".join(usable))).get()
    except Exception:  # what others wrote goes wrong in many ways, and dateutil raises most of them
        return None
    return found


def _followed(line: str) -> str:
    written = line.partition(":")[2]
    rule = rule_of(written)
    check(rule, written)
    if not changes_clocks(rule):
        raise ValueError(written)
    return f"RRULE:{text_of(rule)}"
