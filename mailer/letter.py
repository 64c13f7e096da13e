"""What a letter is, and what it says: the values that travel from the rules to the words and on to MIME.

Frozen values only. Words: `mailer/render.py`; MIME: `mailer/compose.py`.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from culture.catalogue import Prompt
from culture.organisation import PolicyText
from culture.people import ChannelName, Language, Person
from culture.workdays import Week

MESSAGE_ID_DIGITS = 40
"""Hex digits of a Message-ID's left part: 160 bits, and with a domain still one unfolded line."""

Method = Literal["REQUEST", "CANCEL"]
"""The methods Outlook imports from a mail; PUBLISH and ADD become raw text (MS-STANOICAL)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The mailbox of the service. `domain` makes the identities and never changes."""

    name: str
    address: str
    reply_to: str | None
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """An iCalendar object that travels in a letter (RFC 6047). `method` is also the METHOD inside `ics`."""

    method: Method
    ics: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A person's own addresses, absolute. All are empty when the service has no web address."""

    page: str
    feed: str
    stop: str
    one_click: str  # for RFC 8058; empty unless it is https


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one person, its words made. The same letter gives the same bytes, whenever it is composed."""

    key: str  # of the leading notice; the Message-ID is made from it
    person_id: str
    name: str
    address: str
    language: Language
    notices: tuple[str, ...]  # keys of all that it says
    subject: str
    text: str
    html: str
    unsubscribe: str | None  # an https address that takes a POST (RFC 8058); tips only
    unsubscribe_mailto: str | None  # an address to write to; tips only
    calendar: CalendarPart | None
    date: datetime  # aware; when it was claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom words are for, and what they may say about the place. `policy` is in the person's language."""

    person: Person
    organisation_name: str
    contact_name: str
    contact_email: str
    policy: PolicyText
    links: Links


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeFacts:
    """What the first letter tells: when the block is, what it is called, and how it reaches the calendar."""

    start: time  # local time of the person
    minutes: int
    title: str
    weekdays: frozenset[int]  # ISO weekdays
    channel: ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class TipFacts:
    """A week's prompts, by the days on which the person has a block. Never empty, in order."""

    week: Week
    days: tuple[tuple[date, Prompt], ...]
    start: time  # local time of the person
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteFacts:
    """A calendar series that comes, changes or goes."""

    change: Literal["create", "update", "cancel"]
    title: str
    start: time  # local time of the person
    minutes: int
    weekdays: frozenset[int]  # ISO weekdays
    first: date  # the first day of the series


Facts = WelcomeFacts | TipFacts | InviteFacts


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the letter with this key (RFC 5322, 3.6.4), angle brackets included."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:MESSAGE_ID_DIGITS]}@{domain}>"
