"""The lines of an iCalendar file that say when and where, from the bytes that others wrote. Pure.

Read with care: whatever the encoding, the ends of lines and the case of names, and nothing is kept that is not needed.
Descriptions and attendees are most of a calendar; they are gone before anything is counted.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from calendars.reading.result import TooMuch, Unreadable, no_calendar

MAX_BYTES = 20_000_000
"""Of a calendar as it is sent. Google's of some years with descriptions have 2 to 20 MB."""

MAX_KEPT = 2_000_000
"""Characters that are needed of it: some ten thousand events. More is a whole organisation's, not a department's."""

MAX_LINES = 500_000
"""That are needed, of whatever age: of 50,000 events."""

MAX_DEPTH = 10
LONG = 5000
"""Characters of a text that are kept: of a title or a place we show much less."""

COMPONENTS = ("VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT")
TIMES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
TEXTS = frozenset({"SUMMARY", "LOCATION"})
OTHERS = frozenset({"UID", "DURATION", "RRULE", "EXRULE", "SEQUENCE", "STATUS", "DTSTAMP", "VERSION"})
OF_OUTLOOK = frozenset({"X-MICROSOFT-CDO-ALLDAYEVENT", "X-WR-TIMEZONE"})
OF_ZONES = frozenset({"TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO"})
NEEDED = TIMES | TEXTS | OTHERS | OF_OUTLOOK | OF_ZONES

ALONE = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
"""None of them stands in another: where one begins, another that nobody closed has ended."""

BEGUN = re.compile(r":(?=\s*\d{4}-?\d\d-?\d\d)")
"""The colon before a time or a day; a time may have colons of its own, and the name of a zone too."""

FOLDED = re.compile(rb"(?:\r*\n|\r)[ \t]")
ENDS = re.compile(rb"\r*\n|\r")
NAME = re.compile(rb"[ \t\0]*([A-Za-z-]+)[ \t]*[:;]")


@dataclass(frozen=True, slots=True)
class Line:
    """One content line: `head` is its name with the parameters, `value` stands behind the colon."""

    head: str
    value: str

    def parameter(self, name: str) -> str:
        """A parameter's value without its quotes; empty when there is none."""
        found = re.search(rf';\s*{name}\s*=\s*(?:"([^"]*)"|([^;]*))', self.head, re.IGNORECASE)
        return (found[1] or found[2] or "").strip() if found else ""


@dataclass(slots=True)
class Block:
    """A component: its lines by name in their order, without empty ones, and the components in it."""

    name: str
    lines: dict[str, list[Line]] = field(default_factory=dict)
    blocks: list["Block"] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return self.lines.get(name, [])

    def size(self) -> int:
        """How many characters it has."""
        return sum(len(line.head) + len(line.value) + 1 for lines in self.lines.values() for line in lines)

    def value(self, name: str) -> str:
        """The first value of that name; empty when there is none."""
        return self.lines[name][0].value if name in self.lines else ""


def calendars_in(content: bytes) -> list[Block]:
    """The calendars of a file. Raises Unreadable for what is none or breaks off, TooMuch for what is too large."""
    if len(content) > MAX_BYTES:
        raise TooMuch
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        text = "it is a web page, not a calendar. Write the address that ends in .ics and needs no password."
        raise Unreadable(text)
    root = Block("")
    open_ = [root]
    for number, (name, line) in enumerate(_needed(_as_utf8(content))):
        if number > MAX_LINES:
            raise TooMuch
        _put(open_, name, line)
    if len(open_) > 1 or not root.blocks:
        raise no_calendar()
    return root.blocks


def _put(open_: list[Block], name: str, line: Line) -> None:
    """Put a line where it belongs: into the innermost of the open components, which it may begin or end. The outermost
    is the file, which holds calendars alone; raises Unreadable for anything else."""
    value = line.value.upper().strip()
    if name == "BEGIN" and value in COMPONENTS and (value == "VCALENDAR") == (len(open_) == 1):
        block = Block(value)
        open_[-1].blocks.append(block)
        open_.append(block)
    elif name == "BEGIN" or len(open_) == 1:
        raise no_calendar()
    elif name == "END":
        open_.pop()
    elif line.value.strip():
        open_[-1].lines.setdefault(name, []).append(line)


def _as_utf8(content: bytes) -> bytes:
    """UTF-16, as Notepad can write it, made UTF-8. Anything else as it is: each line tells its encoding itself."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace").encode()
    if content[1:2] == b"\0" or content[:1] == b"\0":
        return content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace").encode()
    return content.replace(b"\xef\xbb\xbf", b"")  # files that were put together have one each


def _needed(content: bytes) -> Iterator[tuple[str, Line]]:
    """The lines that are needed, and BEGIN and END of what they stand in, each BEGIN with its END; not a word of
    anything in between. What is not closed ends where it must have ended, and costs nobody else."""
    open_: list[str] = []
    for raw in _physical(FOLDED.sub(b"", content)):
        match = NAME.match(raw)
        name = match[1].decode("ascii").upper() if match else ""
        if name == "BEGIN":
            yield from _opened(open_, _component(raw))
        elif name == "END":
            what = _component(raw)
            yield from _closed(open_, {what}) if what in open_ else ()
        elif open_ and name in NEEDED and _seen(open_):
            yield name, _line(name, _decoded(raw))
    if open_:
        raise no_calendar()


def _component(raw: bytes) -> str:
    """What a BEGIN or END is of."""
    return raw.partition(b":")[2].decode("ascii", "replace").upper().strip()


def _opened(open_: list[str], what: str) -> Iterator[tuple[str, Line]]:
    """Open a component, and close before it what it cannot stand in; its BEGIN, if it is of interest."""
    if what in ALONE and not ALONE.isdisjoint(open_):
        yield from _closed(open_, ALONE)
    open_.append(what)
    if len(open_) > MAX_DEPTH:
        raise no_calendar()
    if _seen(open_):
        yield "BEGIN", Line("BEGIN", what)


def _seen(open_: list[str]) -> bool:
    """Whether all that is open is of interest; an alarm is not."""
    return all(what in COMPONENTS for what in open_)


def _closed(open_: list[str], until: Collection[str]) -> Iterator[tuple[str, Line]]:
    """Close the open components from the innermost to the first of `until`; each END that is of interest."""
    while open_:
        seen, what = _seen(open_), open_.pop()
        if seen:
            yield "END", Line("END", what)
        if what in until:
            return


def _physical(content: bytes) -> Iterator[bytes]:
    """The lines, one after the other: a list of a million empty ones would be large."""
    begin = 0
    for end in ENDS.finditer(content):
        if end.start() > begin:
            yield content[begin : end.start()]
        begin = end.end()
    yield content[begin:]


def _decoded(raw: bytes) -> str:
    """UTF-8, as RFC 5545 wants it; else Windows-1252, as old programs write it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _line(name: str, text: str) -> Line:
    """The line taken apart. A colon within quotes is none; nor, in a time, is any but the one before its day, or the
    last: some programs write "(UTC+01:00) Amsterdam" as a zone, without quotes."""
    if name in TIMES and (begun := BEGUN.search(text)):
        return Line(text[: begun.start()], text[begun.end() :])
    if name in TIMES:
        head, _, value = text.rpartition(":")
        return Line(head, value)
    at = 0
    for number, part in enumerate(text.split('"')):
        if number % 2 == 0 and ":" in part:
            at += part.index(":")
            break
        at += len(part) + 1
    else:
        at = text.find(":")
        at = len(text) if at < 0 else at
    value = text[at + 1 :]
    return Line(text[:at], value[:LONG] if name in TEXTS else value)
