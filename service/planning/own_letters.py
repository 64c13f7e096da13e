"""What the letters say that no programme brings: what the fuse holds, and a fresh link. Values, and facts from the world."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from culture.people import Language
from culture.world import World
from mailer.letter import About, Facts
from service.planning.kind import Action
from service.planning.programme import departments

OFFICE = About("office", rank=90)
WEEK = About("week", rank=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThing:
    """One kind of action that the fuse holds, in the reader's words and the reader's time."""

    what: str  # the name of its kind
    count: int
    why: str
    since: datetime
    digest: str
    too_late: datetime | None  # when the first of it can no longer be sent; None: it can always
    can_be_refused: bool  # by counting it as said


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFacts(Facts):
    """What waits for the administrator's word. Never empty."""

    template: ClassVar = "held"
    about: ClassVar = OFFICE

    things: tuple[HeldThing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts(Facts):
    """The reader has asked for a link to their own page."""

    template: ClassVar = "link"
    about: ClassVar = WEEK

    relay: bool  # whether there are turns here


def link_facts(world: World, action: Action, key: str) -> LinkFacts:
    """What the letter with a fresh link says."""
    return LinkFacts(relay=bool(departments(world)))


def held_facts(world: World, action: Action, name: Callable[[str, Language], str]) -> HeldFacts:
    """What the letter says, in its reader's language and time. `name` is what a kind is called."""
    language, tz = action.person.language, action.person.tz
    return HeldFacts(
        things=tuple(
            HeldThing(
                what=name(one.kind, language),
                count=len(one.keys),
                why=one.reason.said(language),
                since=(one.since or world.now).astimezone(tz),
                digest=one.digest,
                too_late=one.too_late.astimezone(tz) if one.too_late else None,
                can_be_refused=one.said,
            )
            for one in action.held
        )
    )
