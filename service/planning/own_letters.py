"""What the letters say that no programme brings: what the fuse holds, what ends soon, and a fresh link. Values, and facts from the world."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from culture.endings import Ending, Endings
from culture.keys import NoticeKey
from culture.people import Language, Person
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
class EndingFacts(Facts):
    """What the service logs in with and what ends soon."""

    template: ClassVar = "ending"
    about: ClassVar = OFFICE

    what: Literal["certificate", "secret"]
    server: str  # its name for people
    place: str  # in config.toml
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts(Facts):
    """The reader has asked for a link to their own page."""

    template: ClassVar = "link"
    about: ClassVar = WEEK

    relay: bool  # whether there are turns here


def link_facts(world: World, action: Action, key: str) -> LinkFacts:
    """What the letter with a fresh link says."""
    return LinkFacts(relay=bool(departments(world)))


def ending_key(ending: Ending, days: int, person: Person) -> str:
    """Of the letter of so many days ahead."""
    return NoticeKey("ending", f"{_period(ending)}-{days}", person.id).to_text()


def ending_facts(world: World, action: Action, key: str) -> EndingFacts | None:
    """What the letter says; None where it is no longer so."""
    period = NoticeKey.from_text(key).period.rpartition("-")[0]
    found = next((one for one in world.organisation.of(Endings).all if _period(one) == period), None)
    if found is None:
        return None
    place = f"[{found.section}] {found.key}"
    return EndingFacts(what=found.what, server=found.called, place=place, day=found.day)


def _period(ending: Ending) -> str:
    return f"{ending.section}-{ending.day}"


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
