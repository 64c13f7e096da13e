"""What the web sees: values made by the tick and never changed. The web never touches the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from culture.organisation import Organisation
from culture.people import Person, Preference
from culture.vitamin.timetable import Today
from culture.world import World
from service.engine.health import Failing, Health
from service.planning.feeds import FeedDocument
from service.planning.links import Links, Purpose
from service.planning.programme import outside_paths


class NotYet(Exception):
    """There is no view, for no tick has succeeded yet. `failing`: what fails, and why."""

    def __init__(self, failing: Sequence[Failing] = ()) -> None:
        super().__init__(", ".join(one.said for one in failing))
        self.failing = tuple(failing)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The world at one tick, for reading only."""

    world: World = field(repr=False)
    health: Callable[[], Health] = field(repr=False)  # as it is when it is asked
    by_reference: Mapping[str, str]  # link reference -> person id
    links: Links = field(repr=False)
    by_feed_token: Mapping[str, str]  # feed token -> person id
    preferences: Mapping[str, Preference]  # by person id
    feed_tokens: Mapping[str, str]  # person id -> feed token
    week: Callable[[Person, datetime], tuple[tuple[date, Today], ...]] = field(repr=False)
    feed: Callable[[str], FeedDocument] = field(repr=False)  # by person id or department's key; may take a while
    ready: Callable[[str], FeedDocument | None] = field(repr=False, default=lambda key: None)  # the same, if it is made
    outsiders: Mapping[str, Person] = field(default_factory=dict)  # by link reference
    left: int = 0  # of what is taken back, how much still stands in calendars
    departments: frozenset[str] = frozenset()  # keys of departments that have a feed (`service.pages.addresses`)

    @property
    def organisation(self) -> Organisation:
        """As it was at the tick, or after the last act."""
        return self.world.organisation

    def person(self, reference: str, purpose: Purpose) -> Person | None:
        """Whose reference it is; an outsider's for the pages that those have, else None."""
        person_id = self.by_reference.get(reference)
        if person_id is not None:
            return self.organisation.people[person_id]
        return self.outsiders.get(reference) if purpose in outside_paths() else None
