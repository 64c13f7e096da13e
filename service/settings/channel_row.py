"""A channel: one row says everything of it. What it is asked with is the config; nothing is connected by asking."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendars.channel import ChannelError
from calendars.server.face import Session
from culture.endings import Ending
from culture.people import CHANNELS, ChannelName
from service import channels
from service.messages.faults import Fault
from service.messages.translation import Sentence
from service.settings.config import Config, Source
from service.settings.group_copy import GroupCopy
from service.settings.sections import PeopleSection
from store.database import Database

ReadGroup = Callable[[PeopleSection, Any, GroupCopy | None, datetime], GroupCopy]


def _unknown(_: object) -> None:
    """Nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """What is so of the server behind a channel, on which blocks and meetings are written into calendars.

    `called`: its name for people. `name`: what trouble with it is remembered by. `mailbox`: the service's own, which
    invites to meetings. `session`: logs in when it is first used, with what the store knows of logins and the key of its
    fingerprints. `probe`: asks whether we would be let in, also with a login that was refused, and whether the service
    may act in its own mailbox and in those of these addresses; says what came of it. `at_once`: how many requests may
    be on their way at once. `weeks`: in how many weeks its days have their own prompts. `proof`: the file with the
    certificate that it logs in with, None where it does so otherwise. `ends`: what it logs in with and when that ends, a
    fault where that cannot be read, None where nobody knows. `people`: read the group that people come from, and those of
    their roles, with what was read the last time and the moment, in the organisation's zone; raises ChannelError and
    NotRead.
    """

    called: str
    name: Callable[[Source], str]
    mailbox: Callable[[Source], str]
    session: Callable[[Source, Database, bytes], Session]
    probe: Callable[[Source, Database, bytes, Sequence[str]], Iterable[Sentence | ChannelError]]
    at_once: int
    weeks: Callable[[Config], int]
    proof: Callable[[Config], str | None] = _unknown
    ends: Callable[[Source], Ending | Fault | None] = _unknown
    people: ReadGroup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """What is so of a channel. `words`: what people choose; `server`: where it is one, None elsewhere."""

    name: ChannelName
    words: Sentence
    server: ServerRow | None = None


NONE = ChannelRow(name="none", words=Sentence("Not in my calendar"))


def channel_row(name: str) -> ChannelRow:
    """The row of a channel."""
    if name == NONE.name:
        return NONE
    found: ChannelRow = channels.brought(name, "channel", "CHANNEL")
    return found


def channels_here(config: Config) -> tuple[ChannelName, ...]:
    """The channels that can be used by this config: those whose section is written, or that need none."""

    def is_here(name: str) -> bool:
        section = channels.CHANNELS.get(name)
        return section is None or config.named(section) is not None

    return tuple(name for name in CHANNELS if is_here(name))


def told_apart(names: Iterable[str]) -> Mapping[str, str]:
    """What the servers among these channels are called; empty where there is only one, and nobody need know which."""
    found = {name: server.called for name in names if (server := channel_row(name).server)}
    return found if len(found) > 1 else {}


def servers_here(config: Config) -> Iterator[tuple[ChannelName, ServerRow]]:
    """The channels that can be used and are on a server."""
    for name in channels_here(config):
        if server := channel_row(name).server:
            yield name, server
