"""The keys of records, notices and calls: made here, read here, and taken apart nowhere else. Pure.

A key is parts with "/" between them; a period is words with "." between them. Departments and tracks are words that
people wrote and may hold both signs. There, and only there, the signs are escaped as in a URL ("%2F", "%2E"; "%25"
where a text holds such a code already), so a key without them reads as it always did.

Every class has `to_text`; those that are read again have `from_text`, which raises NotAKey for a text that none of
them made.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self

from culture.workdays import Week


class NotAKey(ValueError):
    """A text that is no key of the kind asked for."""

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(f'"{text}" is no key of {kind}')


def escaped(text: str) -> str:
    """The text with no "/" and no "." in it. `unescaped` gives it back."""
    if "/" not in text and "." not in text and "%" not in text:  # nearly all: a tick asks thousands of times
        return text
    return re.sub(r"[/.]|%(?=2[FE5])", _code, text)


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return re.sub(r"%2[FE5]", lambda code: chr(int(code[0][1:], 16)), text)


def last_part(text: str) -> str:
    """The last part of a key: in every key that holds a person's id, that. Of any other text what stands last in it."""
    return text.rpartition("/")[2]


def with_last_part(text: str, part: str) -> str:
    """The key with another last part."""
    before, slash, _ = text.rpartition("/")
    return f"{before}{slash}{part}"


def without_domain(uid: str) -> str:
    """The part of a UID (RFC 5545, 3.8.4.7) or Message-ID before "@": a new domain in the config makes nothing new."""
    return uid.partition("@")[0]


def domain_of(uid: str) -> str:
    """The part of a UID or Message-ID after "@"; empty where it has none."""
    return uid.partition("@")[2]


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """A notice, a letter about a calendar change, or a call: `tip/2026-W49/1036`. `period` holds no "/"."""

    kind: str
    period: str
    person_id: str

    def to_text(self) -> str:
        return f"{self.kind}/{self.period}/{self.person_id}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(*_parts(text, 3, "a notice"))


@dataclass(frozen=True, slots=True)
class TurnId:
    """A department's turn, by its number: `plan-1`."""

    department: str
    number: int

    def to_text(self) -> str:
        return f"{self.department}-{self.number}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        department, _, number = text.rpartition("-")
        if not re.fullmatch(r"[0-9]+", number):
            raise NotAKey(text, "a turn")
        return cls(department, int(number))


@dataclass(frozen=True, slots=True)
class TurnPeriod:
    """A notice about a turn. `about` tells two of a kind apart: a day, or the number of a deed."""

    turn_id: str
    about: str = ""

    def to_text(self) -> str:
        return _words(self.turn_id, self.about) if self.about else escaped(self.turn_id)

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(*map(unescaped, text.split(".", 1)))


@dataclass(frozen=True, slots=True)
class MeetingPeriod:
    """A notice about a department's meeting, and the day it is held: another notice when it moves to another day."""

    meeting_id: str
    day: date

    def to_text(self) -> str:
        department, period = _parts(self.meeting_id, 2, "a meeting")
        return f"{department}.{period}.{self.day}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        words = text.split(".")
        if len(words) != 3:
            raise NotAKey(text, "a meeting's notice")
        return cls(f"{words[0]}/{words[1]}", _day(words[2], text))


@dataclass(frozen=True, slots=True)
class MeetingNotice:
    """A notice about a meeting, on whatever day it is held; `number`: the how manieth of its kind, the first is 1."""

    meeting_id: str
    number: int = 1

    def to_text(self) -> str:
        return escaped(self.meeting_id) if self.number == 1 else _words(self.meeting_id, str(self.number))

    @classmethod
    def from_text(cls, text: str) -> Self:
        found = re.fullmatch(r"([^.]+)(?:\.([2-9]))?", text)
        if found is None:
            raise NotAKey(text, "a meeting's notice")
        return cls(unescaped(found[1]), int(found[2] or 1))


@dataclass(frozen=True, slots=True)
class ItemPeriod:
    """A notice about an item of the revisit list, due on a day. `news`: by which news of it, counted; 0: by none."""

    item_id: str
    day: date
    news: int = 0

    def to_text(self) -> str:
        first = _words(self.item_id, str(self.day))
        return f"{first}.{self.news}" if self.news else first

    @classmethod
    def from_text(cls, text: str) -> Self:
        found = re.fullmatch(r"([^.]*)\.([^.]*)(?:\.([1-9][0-9]{0,8}))?", text)
        if found is None:
            raise NotAKey(text, "an item of the revisit list")
        return cls(unescaped(found[1]), _day(found[2], text), int(found[3] or 0))


@dataclass(frozen=True, slots=True)
class AboutPeriod:
    """A notice about somebody or something (a person id, a department), and since or for which day it is so."""

    about: str
    day: date

    def to_text(self) -> str:
        return _words(self.about, str(self.day))

    @classmethod
    def from_text(cls, text: str) -> Self:
        found = re.fullmatch(r"([^.]*)\.([^.]*)", text)
        if found is None:
            raise NotAKey(text, "what a notice is about")
        return cls(unescaped(found[1]), _day(found[2], text))


@dataclass(frozen=True, slots=True)
class OfDepartment:
    """A notice about a department, as far as that goes: a `MeetingPeriod`, an `AboutPeriod`. `rest`: what follows, as it
    stands."""

    department: str
    rest: str

    def to_text(self) -> str:
        return f"{escaped(self.department)}.{self.rest}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        department, dot, rest = text.partition(".")
        if not dot:
            raise NotAKey(text, "a notice about a department")
        return cls(unescaped(department), rest)


@dataclass(frozen=True, slots=True)
class ChangePeriod:
    """The number of a calendar change, and for what is not one person's alone what it is about (a UID's left part, a
    turn)."""

    number: int
    about: str = ""

    def to_text(self) -> str:
        return _words(str(self.number), self.about) if self.about else str(self.number)


@dataclass(frozen=True, slots=True)
class MeetingId:
    """A department's meeting: `plan/2026-12-03`. `period` is a day by the rhythm, or a hash of another calendar's UID."""

    department: str
    period: str

    def to_text(self) -> str:
        return f"{escaped(self.department)}/{self.period}"


@dataclass(frozen=True, slots=True)
class PromptsKey:
    """The prompts that a department and track were given in a week."""

    department: str
    track: str
    week: Week

    def to_text(self) -> str:
        return f"{_slashed(self.department)}/{_slashed(self.track)}/{self.week}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        department, track, week = _parts(text, 3, "a week's prompts")
        return cls(unescaped(department), unescaped(track), _week(week, text))


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """What is counted or decided for a person in a week: `2026-W49/1036`."""

    week: Week
    person_id: str

    def to_text(self) -> str:
        return f"{self.week}/{self.person_id}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        week, person_id = _parts(text, 2, "a person's week")
        return cls(_week(week, text), person_id)


@dataclass(frozen=True, slots=True)
class TallyKey:
    """What somebody without a name chose in a week, by its number: `times/2026-W49/4`."""

    about: str
    week: Week
    answer: int

    def to_text(self) -> str:
        return f"{self.about}/{self.week}/{self.answer}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        about, week, answer = _parts(text, 3, "a tally")
        if not re.fullmatch(r"[0-9]+", answer):
            raise NotAKey(text, "a tally")
        return cls(about, _week(week, text), int(answer))


@dataclass(frozen=True, slots=True)
class ChoiceKey:
    """Something that a person chose at a moment (aware): `2026-12-03T09:00:00+00:00/1036`."""

    at: datetime
    person_id: str

    def to_text(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()}/{self.person_id}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        moment, person_id = _parts(text, 2, "a choice")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            raise NotAKey(text, "a choice") from None
        if at.utcoffset() is None:
            raise NotAKey(text, "a choice")
        return cls(at, person_id)


@dataclass(frozen=True, slots=True)
class AttendeeKey:
    """A turn's meeting in one person's calendar on a server: `plan-1/1036`."""

    subject: str  # of the appointment
    person_id: str

    def to_text(self) -> str:
        return f"{_slashed(self.subject)}/{self.person_id}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        subject, person_id = _parts(text, 2, "an attendee")
        return cls(unescaped(subject), person_id)


@dataclass(frozen=True, slots=True)
class SlotKey:
    """A slot as one person was told of it. `uid` with its domain names a publication, without it the item on a server."""

    uid: str
    person_id: str

    def to_text(self) -> str:
        return f"{self.uid}/{self.person_id}"


@dataclass(frozen=True, slots=True)
class DepartmentFeed:
    """The feed of a department. People's feeds have the person's id as their key, which holds no "/"."""

    department: str

    def to_text(self) -> str:
        return f"department/{self.department}"


@dataclass(frozen=True, slots=True)
class CallName:
    """A call as the administrator names it: `block/1036`, `meeting/plan-1/1036`, `free/1036`."""

    kind: str
    record: str

    def to_text(self) -> str:
        return f"{self.kind}/{self.record}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(*_parts(text, 2, "a call"))


@dataclass(frozen=True, slots=True)
class LeaveKey:
    """What is approved when a person may vanish from the people file."""

    person_id: str

    def to_text(self) -> str:
        return f"leave/{self.person_id}"


@dataclass(frozen=True, slots=True)
class LostMeetingKey:
    """What is approved when a meeting may vanish from its calendar."""

    meeting_id: str

    def to_text(self) -> str:
        return f"lost/{self.meeting_id}"


@dataclass(frozen=True, slots=True)
class RowKey:
    """What is approved when a person's row may change. `content` is a hash of what is new in it: that and no other."""

    content: str
    person_id: str

    def to_text(self) -> str:
        return f"row/{self.content}/{self.person_id}"


@dataclass(frozen=True, slots=True)
class HeldKey:
    """What is held: letters of a kind, or calls of a kind on one channel: `welcome`, `block/exchange`."""

    kind: str
    channel: str = ""

    def to_text(self) -> str:
        return f"{self.kind}/{self.channel}" if self.channel else self.kind

    @classmethod
    def from_text(cls, text: str) -> Self:
        kind, _, channel = text.partition("/")
        return cls(kind, channel)


@dataclass(frozen=True, slots=True)
class FirstKey:
    """What is approved ahead: that the first of a kind may go by a transport."""

    transport: str
    kind: str

    def to_text(self) -> str:
        return f"first/{self.transport}/{self.kind}"


@dataclass(frozen=True, slots=True)
class ClockKey:
    """What is approved when the clock is right although it moved."""

    now: date
    last_tick: date

    def to_text(self) -> str:
        return f"clock/{self.now}/{self.last_tick}"


def pair_text(department: str, track: str) -> str:
    """A department and track as one text: the seed of the order in which their prompts are dealt."""
    return f"{_slashed(department)}/{_slashed(track)}"


def _slashed(text: str) -> str:
    """The text with no "/" in it: where only parts are joined, a "." may stay."""
    return re.sub(r"/|%(?=2[FE5])", _code, text)


def _code(sign: re.Match[str]) -> str:
    return f"%{ord(sign[0]):02X}"


def _words(first: str, second: str) -> str:
    return f"{escaped(first)}.{escaped(second)}"


def _parts(text: str, count: int, kind: str) -> list[str]:
    """The parts of a key; the last one is an id and stays whole."""
    parts = text.split("/", count - 1)
    if len(parts) != count:
        raise NotAKey(text, kind)
    return parts


def _week(text: str, key: str) -> Week:
    try:
        return Week.parse(text)
    except ValueError:
        raise NotAKey(key, "a week") from None


def _day(text: str, key: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotAKey(key, "a day") from None
