"""From the lines of an event to what can be followed: every time in its zone, every slip mended or left out. Pure.

What is judged here is judged before anything is expanded: recurring_ical_events turns an event round that ends before
it begins, compares times with and without a zone as they stand, and gives up a whole series for one bad exception.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from calendars.reading.clocks import Clocks
from calendars.reading.lines import Block, Line
from calendars.reading.result import LeftOut, TooMuch, Unreadable
from calendars.reading.rules import Rule, check, last_day, rule_of, until_of
from calendars.reading.times import day_of, length_of, moment_of
from calendars.server.titles import calls_off, one_line

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)

PLACE_LENGTH = 200
LINK_LENGTH = 1000
"""A link is whole or not there at all: those of Teams have some 300 characters."""

ALL_DAY = "X-MICROSOFT-CDO-ALLDAYEVENT"

Added = datetime | tuple[datetime, datetime | timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One VEVENT that can be followed, every time of it aware."""

    starts: datetime
    ends: datetime
    off: bool = False  # cancelled, or no meeting any more
    version: tuple[int, str] = (-1, "")  # SEQUENCE, then DTSTAMP: of two the greater leads (RFC 5546, 2.1.5)
    place: str = ""
    replaces: date | None = None  # the occurrence of a series that it stands for, a time or only its day
    from_then_on: bool = False  # and for all that follow
    rules: tuple[Rule, ...] = ()
    without: tuple[Rule, ...] = ()  # EXRULE, which RFC 5545 has withdrawn
    added: tuple[Added, ...] = ()  # RDATE, some with an end of their own
    taken_out: tuple[date, ...] = ()  # EXDATE, times and days


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads the events of one calendar. What it leaves out is named in `left_out`, and its UID in `unread`."""

    clocks: Clocks
    first: date
    last: date
    left_out: list[LeftOut] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def uid(self, block: Block) -> str:
        """The UID; what tells an event without one apart is when it begins, as it stands there, and what it is called."""
        if given := unescaped(block.value("UID").strip()):
            return given
        starts, zone = self._begins(block), next((line.parameter("TZID") for line in block.all("DTSTART")), "")
        floating = isinstance(starts, datetime) and starts.tzinfo is not UTC and not self.clocks.knows(zone)
        summary = unescaped(block.value("SUMMARY")) if "SUMMARY" in block.lines else None
        return f"{starts.replace(tzinfo=None) if floating and isinstance(starts, datetime) else starts} {summary}"

    def begun(self, block: Block) -> tuple[int, datetime] | None:
        """The SEQUENCE and the beginning; None for what is cancelled, or begins at no time."""
        begins = None if cancelled(block) else self._begins(block)
        return (version_of(block)[0], begins) if isinstance(begins, datetime) else None

    def over(self, block: Block) -> bool:
        """Whether all of the event lies outside the span, however it is read: most of a calendar is long over."""
        if "RECURRENCE-ID" in block.lines or "RDATE" in block.lines:
            return False
        starts = self._begins(block)
        if starts is None:
            return False
        rules = [rule for line in block.all("RRULE") if (rule := rule_of(line.value))]
        ends = max((last_day(rule, day_of(starts)) for rule in rules), default=day_of(starts))
        return day_of(starts) > self.last + 2 * DAY or ends < self.first - 2 * DAY

    def read(self, block: Block, uid: str) -> One | None:
        """The event; None when it is no meeting, or cannot be read."""
        try:
            return self._read(block)
        except TooMuch:
            raise
        except Unreadable as fault:
            self._leave_out(block, uid, fault)
        except Exception as error:  # what others wrote goes wrong in many ways, and must cost nobody else
            self._leave_out(block, uid, Unreadable("it cannot be read: {error}.", error=type(error).__name__))
        return None

    def _leave_out(self, block: Block, uid: str, fault: Unreadable) -> None:
        if not cancelled(block) or block.all("RECURRENCE-ID"):  # else it would be no meeting anyway
            self.left_out.append(self.named(block, fault))
            self.unread.add(uid)

    def named(self, block: Block, fault: Unreadable) -> LeftOut:
        """What is said of an event, or a part of one, that is left out."""
        day = self._begins(block) or self._moment(block.all("RECURRENCE-ID"))
        what = shown(block.value("SUMMARY"))[:60] or shown(block.value("UID"))[:60] or "VEVENT"
        fields = {name: shown(str(value))[:80] for name, value in fault.fields.items()}
        return LeftOut(what=what, day=f"{day_of(day)}" if day else "", text=fault.text, fields=fields)

    def _moment(self, lines: list[Line]) -> datetime | date | None:
        """The first of the lines that holds a time or a day."""
        return next((found for line in lines if (found := self._time(line, line.value)) is not None), None)

    def _time(self, line: Line, value: str) -> datetime | date | None:
        """A value of a line, in the zone that the line names. A Z beside a TZID is against RFC 5545, 3.2.19, and means
        nothing."""
        name = line.parameter("TZID")
        return moment_of(value.strip().rstrip("Zz") if name else value, self.clocks.zone(name))

    def _begins(self, block: Block) -> datetime | date | None:
        return self._moment(block.all("DTSTART"))

    def _read(self, block: Block) -> One | None:
        off, replaced = cancelled(block), self._replaced(block)
        starts = self._starts(block, replaced, off=off)
        if block.all("RECURRENCE-ID") and not block.value("UID").strip():
            text = "it replaces a meeting of a series, and has no UID that says of which; that meeting stands too."
            self.left_out.append(self.named(block, Unreadable(text)))
        whole_day = not isinstance(starts, datetime) or block.value(ALL_DAY).strip().upper() == "TRUE"
        if whole_day and replaced is None:
            self._ends_as_a_day(block, off=off)
            return None
        if not isinstance(starts, datetime):
            starts = self._midnight(starts if replaced is None else replaced)
        off = off or whole_day  # an occurrence that has become a whole day is no meeting any more
        return One(
            starts=starts,
            ends=starts + HOUR if off else self._ends(block, starts),
            off=off,
            version=version_of(block),
            place=place_of(unescaped(block.value("LOCATION"))),
            replaces=replaced,
            from_then_on=_from_then_on(block),
            rules=tuple(self._rules(block, starts, harmless=replaced is not None)),
            without=tuple(self._without(block)),
            added=tuple(self._added(block, starts)),
            taken_out=tuple(self._taken_out(block, starts)),
        )

    def _midnight(self, day: date) -> datetime:
        """Where the day begins; a time as it is."""
        return day if isinstance(day, datetime) else datetime.combine(day, time(0), self.clocks.zone(""))

    def _replaced(self, block: Block) -> datetime | date | None:
        lines = block.all("RECURRENCE-ID")
        found = self._moment(lines)
        if lines and found is None:
            text = 'which occurrence it replaces ("{value}") cannot be read.'
            raise Unreadable(text, value=lines[0].value)
        return found

    def _starts(self, block: Block, replaced: datetime | date | None, *, off: bool) -> datetime | date:
        found = self._begins(block)
        if found is None and off:
            found = replaced
        if found is None and not block.all("DTSTART"):
            raise Unreadable("it has no beginning.")
        if found is None:
            raise Unreadable('its beginning "{value}" cannot be read.', value=block.value("DTSTART"))
        return found

    def _ends(self, block: Block, starts: datetime) -> datetime:
        if block.all("DTEND"):
            ends = self._moment(block.all("DTEND"))
            if ends is None:
                raise Unreadable('its end "{value}" cannot be read.', value=block.value("DTEND"))
            if not isinstance(ends, datetime):
                raise Unreadable("its beginning is a time, and its end only a day.")
        elif block.all("DURATION"):
            length = length_of(block.value("DURATION"))
            if length is None:
                raise Unreadable('its length "{value}" cannot be read.', value=block.value("DURATION"))
            ends = (starts.astimezone(UTC) + length).astimezone(starts.tzinfo)
        else:
            raise Unreadable("it has no end.")
        length = ends.astimezone(UTC) - starts.astimezone(UTC)
        if length < timedelta(0):
            raise Unreadable("it ends before it begins.")
        if length < MINUTE:
            raise Unreadable("it ends when it begins.")
        return ends

    def _ends_as_a_day(self, block: Block, *, off: bool) -> None:
        """Raises Unreadable for a day that ends at an hour: a meeting whose beginning has lost its own."""
        begins, ends = self._begins(block), self._moment(block.all("DTEND"))
        if not off and not isinstance(begins, datetime) and isinstance(ends, datetime) and ends.time() != time(0):
            raise Unreadable("its beginning is only a day, and its end a time.")

    def _rules(self, block: Block, starts: datetime, *, harmless: bool) -> Iterator[Rule]:
        """The rules that can be followed. One that cannot harms nobody in what replaces one occurrence."""
        for line in block.all("RRULE"):
            if rule := rule_of(line.value):
                try:
                    check(rule, line.value)
                    if "UNTIL" in rule and until_of(rule, starts.tzinfo) is None:
                        raise Unreadable('its last day "{value}" cannot be read.', value=rule["UNTIL"])
                except Unreadable:
                    if not harmless:
                        raise
                else:
                    yield rule

    def _without(self, block: Block) -> Iterator[Rule]:
        for line in block.all("EXRULE"):
            if rule := rule_of(line.value):
                try:
                    check(rule, line.value)
                except Unreadable as fault:
                    self.left_out.append(self.named(block, fault))
                else:
                    yield rule

    def _added(self, block: Block, starts: datetime) -> Iterator[Added]:
        """What the event names besides its rule; a day alone is meant at the event's hour."""
        for line, value in _values(block.all("RDATE")):
            begins, _, ends = value.partition("/")
            found = self._time(line, begins)
            until = length_of(ends) or self._time(line, ends) if ends else None
            if found is None or (ends and not _ends_after(found, until)):
                text = 'its date "{value}" cannot be read.'
                self.left_out.append(self.named(block, Unreadable(text, value=value)))
            elif not isinstance(found, datetime):
                yield datetime.combine(found, starts.time(), starts.tzinfo)
            elif isinstance(until, datetime | timedelta):
                yield found, until
            else:
                yield found

    def _taken_out(self, block: Block, starts: datetime) -> Iterator[date]:
        """What the event leaves out. Midnight of a day is the day, in a series that does not begin then."""
        for line, value in _values(block.all("EXDATE")):
            found = self._time(line, value)
            if found is None:
                text = 'its exception "{value}" cannot be read, so that meeting stands.'
                self.left_out.append(self.named(block, Unreadable(text, value=value)))
            else:
                clocks = (found, found.astimezone(starts.tzinfo)) if isinstance(found, datetime) else ()
                midnights = (clock.date() for clock in clocks if starts.time() != time(0) == clock.time())
                yield next(midnights, found)


def _values(lines: list[Line]) -> Iterator[tuple[Line, str]]:
    """The values of lines that hold lists; what is empty between two commas is none, and the end of time is no date."""
    for line in lines:
        for value in line.value.split(","):
            if value.strip() and not value.strip().startswith(("9999", "0001")):
                yield line, value.strip()


def _ends_after(begins: date, until: date | timedelta | None) -> bool:
    if isinstance(until, timedelta):
        return until > timedelta(0)
    return isinstance(until, datetime) and isinstance(begins, datetime) and until > begins


def _from_then_on(block: Block) -> bool:
    """Whether the event replaces an occurrence and all that follow."""
    named = block.all("RECURRENCE-ID")
    return bool(named) and named[0].parameter("RANGE").upper() == "THISANDFUTURE"


def cancelled(block: Block) -> bool:
    """Whether the event says that it is cancelled, in its STATUS or as Outlook and people write it."""
    states = {line.value.strip().upper() for line in block.all("STATUS")}
    return bool(states & {"CANCELLED", "CANCELED"}) or calls_off(unescaped(block.value("SUMMARY")))


def version_of(block: Block) -> tuple[int, str]:
    """By what the later of two versions is known: SEQUENCE, then DTSTAMP (RFC 5546, 2.1.5)."""
    found, written = re.match(r"\s*(\d{1,9})", block.value("SEQUENCE")), moment_of(block.value("DTSTAMP"), UTC)
    return int(found[1]) if found else -1, f"{written:%Y%m%d%H%M%S}" if written else ""


def unescaped(text: str) -> str:
    """RFC 5545, 3.3.11."""
    return re.sub(r"\\([nN,;\\])", lambda code: "\n" if code[1] in "nN" else code[1], text)


def shown(text: str) -> str:
    """A value as people read it, on one line."""
    return one_line(unescaped(text))


def place_of(text: str) -> str:
    """One line of PLACE_LENGTH characters, besides the first link in it."""
    kept, room, link = [], PLACE_LENGTH, False
    for word in one_line(text).split():
        if "://" in word:
            if not link and len(word) <= LINK_LENGTH:
                kept.append(word)
            link = True
        elif room > 0:
            kept.append(word[:room])
            room -= len(word) + 1
    return " ".join(kept)
