"""The catalogue of challenges for the AI relay: what one is, whom it fits, and which comes next."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from culture.organisation import Organisation
from culture.people import Language, Sector
from culture.policy import DataClass, Tool
from culture.seasons import Season, in_season
from culture.vitamin.catalogue import Level

EASY: tuple[Level, ...] = ("starter", "easy")

HOURS = (1, 8)
"""Working hours a challenge may ask for: one to a working day."""

DAYS = (1, 28)
"""Days that may have to lie between being given a challenge and presenting it."""

PEOPLE = (1, 4)
"""How many a challenge may be written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeText:
    """A challenge in one language."""

    title: str
    goal: str
    steps: tuple[str, ...]  # the first ones
    data: str  # what may go in
    tools: str
    check: str  # how to judge and check the result


@dataclass(frozen=True, kw_only=True)  # without slots: it keeps its digest
class Challenge:
    """A task for the time between two meetings. Empty `tracks` or `sectors`: it is for every one of them."""

    id: str
    level: Level
    tool: Tool
    hours: int
    data: DataClass
    texts: Mapping[Language, ChallengeText]  # in every language
    tracks: frozenset[str] = frozenset()
    sectors: frozenset[Sector] = frozenset()
    season: frozenset[Season] = frozenset()  # empty: all year
    days: int = 1  # the least between being given it and presenting it: something in it has to be waited for
    people: int = 1  # how many it is written for
    own: bool = False  # the organisation's, not ours

    @cached_property
    def digest(self) -> str:
        """The same for the same texts, in every process."""
        return hashlib.sha256(repr([*self.texts.values()]).encode()).hexdigest()[:32]

    def fits(self, sector: Sector, track: str) -> bool:
        """Whether it is for that sector and track."""
        return (not self.tracks or track in self.tracks) and (not self.sectors or sector in self.sectors)

    def text(self, language: Language) -> ChallengeText:
        """Its words in a language; in another one where it was not written in that."""
        return self.texts[language]


@dataclass(frozen=True)
class Challenges:
    """The challenges in use: the organisation's own and ours, without those switched off."""

    challenges: Mapping[str, Challenge]

    @cached_property
    def digest(self) -> str:
        """The same for the same texts, in every process; another when one of them changes."""
        parts = [(key, one.digest) for key, one in sorted(self.challenges.items())]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def fitting(self, sector: Sector, track: str) -> tuple[Challenge, ...]:
        """The challenges for a track in a sector, in catalogue order."""
        return tuple(one for one in self.challenges.values() if one.fits(sector, track))


NO_CHALLENGES = Challenges({})


def challenges(every: Iterable[Challenge], without: frozenset[str] = frozenset()) -> Challenges:
    """The catalogue of `every`; of two with the same id the later one wins."""
    found = {one.id: one for one in every}
    return Challenges({key: one for key, one in found.items() if key not in without})


def to_give(organisation: Organisation, track: str, day: date | None = None) -> tuple[Challenge, ...]:
    """The challenges for a track that the policy allows; of those with a season the ones that fit on `day`, where one is
    known."""
    policy = organisation.policy
    every = organisation.of(Challenges).fitting(organisation.sector, track)
    return tuple(
        one for one in every if policy.allows(one.data, one.tool) and (day is None or in_season(one.season, day))
    )


def next_challenge(
    fitting: Iterable[Challenge], given: Mapping[str, int], department: str, *, first_turn: bool
) -> Challenge | None:
    """The challenge for the next turn in a department, in which each was `given` so many times. None when none fits.

    One comes again only when all that fit have been given as often. Then the organisation's own come first, on
    somebody's first turn the easy ones, those that are written for their track before those for everybody, and last an
    order that is the department's own for each round.
    """

    def order(one: Challenge) -> tuple[int, bool, bool, bool, str]:
        times = given.get(one.id, 0)
        hard = first_turn and one.level not in EASY
        return (
            times,
            not one.own,
            hard,
            not one.tracks,
            hashlib.sha256(f"{department}/{times}/{one.id}".encode()).hexdigest(),
        )

    return min(fitting, key=order, default=None)
