"""`check --online`: each right of the application, proved by an act without effects, and whether one reaches too far.

A right is asked for by a request that Graph refuses as malformed, or as about nothing, once it has let us in: an event and
a message that are nobody's, a letter that is none (learn.microsoft.com/graph/api/user-sendmail: "Invalid base64 string for
MIME content"). Without the right it answers 403 first.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from calendars.channel import ChannelError
from calendars.microsoft365.errors import MAY_NOT_SEND, Denied
from calendars.microsoft365.requests import Answer, Ask, part
from service.messages.translation import Sentence

NAMES = 5
"""So many people are named, and the others counted."""

DIRECTORY = frozenset(("GroupMember.Read.All", "User.Read.All", "Member.Read.Hidden"))
"""Rights that hold for a whole tenant or not at all, and are needed where people come from a group."""

NEW = "New rights work after half an hour to two hours (docs/microsoft365.md)."

Said = Sentence | ChannelError


class Session(Protocol):
    """Who does the requests."""

    def ask(self, address: str, asked: Ask) -> Answer: ...
    def look(self, address: str) -> None: ...
    def look_at_all(self, addresses: Sequence[str]) -> Iterable[tuple[str, ChannelError | None]]: ...
    def probe(self) -> str: ...
    def roles(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the config needs of Microsoft 365. `people` are on the channel, by their addresses; `outsider` is a mailbox that
    must be out of reach; `calendars`, `letters`: what is written from `mailbox`; `tidies`: copies of letters are taken out
    of Sent Items; `directory`: people come from a group."""

    mailbox: str
    people: Sequence[str]
    outsider: str | None
    calendars: bool
    letters: bool
    tidies: bool
    directory: bool


def proofs(found: Session, wanted: Wanted) -> Iterator[Said]:
    """What is right and what is not, one after the other. Raises ChannelError where nobody gets through."""
    yield Sentence("Microsoft 365 lets us in: {name}.", {"name": found.probe()})
    yield from _too_wide(found.roles(), DIRECTORY if wanted.directory else frozenset())
    if wanted.calendars:
        yield from _calendars(found, wanted.mailbox)
        yield from _scope(found, wanted.people)
    if wanted.letters:
        yield from _letters(found, wanted)
    yield from _outsider(found, wanted.outsider)


def _too_wide(roles: Iterable[str], needed: Collection[str]) -> Iterator[Said]:
    """The token's roles are what the application may in the whole tenant; what RBAC for Applications gives stands in no
    token, and the two add up (learn.microsoft.com/exchange/permissions-exo/application-rbac)."""
    if wide := sorted(set(roles) - set(needed)):
        yield ChannelError(
            f"The application has rights in the whole tenant that it does not need: {', '.join(wide)}. Take them out of its API "
            "permissions in Entra: they add to the rights on single mailboxes, which are enough (docs/microsoft365.md). A "
            "token that is out shows them for another hour or so."
        )
    else:
        yield Sentence("In the whole tenant the application has no right that it does not need.")


def _calendars(found: Session, mailbox: str) -> Iterator[Said]:
    try:
        found.look(mailbox)
        if _may(found, mailbox, _nobodys(mailbox, "events")):
            yield Sentence("The service may read and write the calendar of {mailbox}.", {"mailbox": mailbox})
        else:
            yield ChannelError(
                f'{mailbox}: the service may read this calendar and not write into it. Give it "Application '
                f'Calendars.ReadWrite". {NEW}'
            )
    except ChannelError as error:
        yield error


def _scope(found: Session, people: Sequence[str]) -> Iterator[Said]:
    """Whether the service may act for everybody on the channel."""
    outside, others = list[str](), list[ChannelError]()
    for address, error in found.look_at_all(people):
        if isinstance(error, Denied):
            outside.append(address)
        elif error:
            others.append(error)
    if outside:
        yield ChannelError(
            f"Outside the scope, so that they get no block: {len(outside)} of {len(people)} ({_some(outside)}). Put them into "
            f"its group themselves: members of groups in it do not count. {NEW}"
        )
    yield from others[:NAMES]
    if more := len(others[NAMES:]):
        yield ChannelError(f"And {more} more people cannot be looked at.")
    if people and not outside and not others:
        yield Sentence(
            "The service may act for everybody who has a block in Microsoft 365: {count}.", {"count": len(people)}
        )


def _letters(found: Session, wanted: Wanted) -> Iterator[Said]:
    mailbox = wanted.mailbox
    try:
        if _may(found, mailbox, _no_letter(mailbox)):
            yield Sentence("The service may send letters from {mailbox}.", {"mailbox": mailbox})
        else:
            yield ChannelError(f"{mailbox}: {MAY_NOT_SEND}")
        if wanted.tidies and not _may(found, mailbox, _nobodys(mailbox, "messages")):
            text = "Copies of letters stay in Sent Items of {mailbox}: the service may not take them out (docs/microsoft365.md)."
            yield Sentence(text, {"mailbox": mailbox})
    except ChannelError as error:
        yield error
    for person in [one for one in wanted.people if one != mailbox][:1]:
        yield from _as_somebody(found, person)


def _as_somebody(found: Session, person: str) -> Iterator[Said]:
    """Whether letters can be sent from a mailbox of somebody's: both rights assigned with the wider scope are a likely slip."""
    try:
        if _may(found, person, _no_letter(person)):
            yield ChannelError(
                f'{person}: the service may send letters from this mailbox too. Give "Application Mail.Send" the scope of its own '
                "mailbox alone (docs/microsoft365.md)."
            )
    except ChannelError as error:
        yield error


def _outsider(found: Session, outsider: str | None) -> Iterator[Said]:
    if outsider is None:
        yield Sentence("To see that the rights end somewhere, name a mailbox out of reach: [microsoft365] outsider.")
        return
    tries = {
        "read the calendar of": Ask(method="GET", path=f"/users/{part(outsider)}/calendar", query={"$select": "id"}),
        "read the mail of": Ask(
            method="GET", path=f"/users/{part(outsider)}/messages", query={"$select": "id", "$top": "1"}
        ),
        "send letters from": _no_letter(outsider),
    }
    try:
        reached = [what for what, asked in tries.items() if _may(found, outsider, asked)]
    except ChannelError as error:  # nobody's mailbox, or no answer: then it proves nothing
        yield error
        return
    if reached:
        yield ChannelError(
            f"{outsider}: the service may {' and '.join(reached)} this mailbox, which [microsoft365] outsider names as out of "
            "reach. Narrow the scope of its rights (docs/microsoft365.md)."
        )
    else:
        yield Sentence("{mailbox} is out of reach, as it should be.", {"mailbox": outsider})


def _may(found: Session, mailbox: str, asked: Ask) -> bool:
    """Whether the right is there: refused as what it is, and not for want of it. Raises what says neither."""
    try:
        found.ask(mailbox, asked)
    except Denied:
        return False
    except ChannelError as error:
        if not error.permanent:
            raise
    return True


def _nobodys(mailbox: str, what: str) -> Ask:
    """A change of nothing, to an item that there is not."""
    return Ask(method="PATCH", path=f"/users/{part(mailbox)}/{what}/aikultur", body={})


def _no_letter(mailbox: str) -> Ask:
    """What cannot be read as a letter."""
    headers = {"Content-Type": "text/plain"}
    return Ask(method="POST", path=f"/users/{part(mailbox)}/sendMail", headers=headers, body=b"-", makes=True)


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")
