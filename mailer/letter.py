"""What a letter is, and what it says: the values that travel from the rules to the words and on to MIME.

Frozen values only. Words: `mailer/render.py`; MIME: `mailer/compose.py`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from culture.names import first_name
from culture.people import Language, Person
from culture.policy import PolicyText

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
    link: str = ""  # where anybody can have a fresh link sent to themselves: nobody's key, and the same for years
    pages: Mapping[str, str] = field(default_factory=dict)  # of the programmes, by their paths
    nameless: Mapping[str, str] = field(default_factory=dict)  # those of them that know nobody

    def of(self, path: str) -> str:
        """The address of a programme's page; empty where there is none to show."""
        return self.pages.get(path) or self.nameless.get(path, "")


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
    unsubscribe: str | None  # an address that shows a page and takes a POST (RFC 8058); tips only
    unsubscribe_mailto: str | None  # an address to write to; tips only
    calendar: CalendarPart | None
    date: datetime  # aware; when it was claimed


@dataclass(frozen=True, slots=True)
class About:
    """Why somebody gets a letter, which its foot says: in the template `mail/LANGUAGE/about/TEMPLATE`. Of several the
    one of the lowest `rank`."""

    template: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one part of a letter says. Its class names its template, `mail/LANGUAGE/TEMPLATE.txt.j2` and `.html.j2`,
    which knows it by the last part of that name. `pastes`: it gives the reader something to paste into an assistant, so
    that the letter says what may go in there."""

    template: ClassVar[str]
    about: ClassVar[About]
    pastes: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom words are for, and what they may say about the place. `policy` is in the person's language."""

    person: Person
    organisation_name: str
    contact_name: str
    contact_email: str
    policy: PolicyText
    links: Links
    new: bool = True  # so new here that the policy is said in full, and not by a link to it
    gone: bool = False  # has left, or will have by then: the letter says what a calendar must know, and no more
    outside: bool = False  # is not in the people file: there is nothing to choose, to pause or to stop
    recalled: bool = False  # all that the service made is taken back

    @property
    def first_name(self) -> str:
        """How they are greeted."""
        return first_name(self.person.name)


def letter_id(key: str) -> str:
    """The id of the letter with this key: the left part of its Message-ID."""
    return hashlib.sha256(key.encode()).hexdigest()[:MESSAGE_ID_DIGITS]


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the letter with this key (RFC 5322, 3.6.4), angle brackets included."""
    return f"<{letter_id(key)}@{domain}>"
