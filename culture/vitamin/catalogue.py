"""The catalogue of prompts: what one is, and whom it fits."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal, get_args

from culture.once import Once
from culture.people import Language, Sector
from culture.policy import DataClass, Policy, Tool
from culture.seasons import Season

Kind = Literal[
    "summarise", "draft", "brainstorm", "translate", "plan", "analyse", "criticise", "learn", "explore", "office"
]
"""`office` are lessons in the office programs that use no AI: dealt only where the organisation wants them."""

Level = Literal["starter", "easy", "practised", "advanced"]

KINDS: tuple[Kind, ...] = get_args(Kind)
LEVELS: tuple[Level, ...] = get_args(Level)
GENERAL = "general"
"""The track of whoever chose none: the prompts that are written for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptText:
    """A prompt in one language."""

    title: str
    prompt: str  # ready to paste
    look_for: str
    data: str  # what may go in


@dataclass(frozen=True, kw_only=True)  # without slots: it keeps its digest
class Prompt:
    """One task for ten minutes. Empty `tracks` or `sectors`: it is for every one of them."""

    id: str
    kind: Kind
    level: Level
    tool: Tool
    data: DataClass
    texts: Mapping[Language, PromptText]  # in every language
    tracks: frozenset[str] = frozenset()
    sectors: frozenset[Sector] = frozenset()
    season: frozenset[Season] = frozenset()  # empty: all year

    def __hash__(self) -> int:
        return hash(self.id)

    @cached_property
    def digest(self) -> str:
        """The same for the same prompt, in every process."""
        values = (getattr(self, one.name) for one in fields(self))
        parts = [sorted(one) if isinstance(one, frozenset) else one for one in values]  # a set has no order of its own
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    def fits(self, sector: Sector, track: str) -> bool:
        """Whether it is for that sector and track."""
        return (not self.tracks or track in self.tracks) and (not self.sectors or sector in self.sectors)

    def text(self, language: Language) -> PromptText:
        """Its words in a language; in another one where it was not written in that."""
        return self.texts[language]


@dataclass(frozen=True)
class Catalogue:
    """The prompts in use: ours and the organisation's own, without those switched off."""

    prompts: Mapping[str, Prompt]

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """The same for the same prompts, in every process; another when one of them changes."""
        parts = [(key, prompt.digest) for key, prompt in sorted(self.prompts.items())]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def tracks(self) -> frozenset[str]:
        """Every track that some prompt is written for."""
        return frozenset({GENERAL}.union(*(prompt.tracks for prompt in self.prompts.values())))

    def fitting(self, sector: Sector, track: str, policy: Policy | None = None) -> tuple[Prompt, ...]:
        """The prompts for a track in a sector, those for everybody among them, in catalogue order: all that there are,
        or those that the policy allows."""
        asked = sector, track, policy and (policy.tools, policy.most_sensitive)
        if asked not in self._fitting:
            every = (prompt for prompt in self.prompts.values() if prompt.fits(sector, track))
            allowed = (prompt for prompt in every if policy is None or policy.allows(prompt.data, prompt.tool))
            self._fitting[asked] = tuple(allowed)
        return self._fitting[asked]

    def dealt(self, sector: Sector, track: str, policy: Policy | None) -> Once[Prompt]:
        """What may be dealt of it: to a department (GENERAL) what is for everybody, to a track its own."""
        asked = sector, track, policy and (policy.tools, policy.most_sensitive)
        if asked not in self._dealt:
            every = self.fitting(sector, track, policy)
            self._dealt[asked] = Once(prompt for prompt in every if bool(prompt.tracks) == (track != GENERAL))
        return self._dealt[asked]

    @cached_property
    def _fitting(self) -> dict[object, tuple[Prompt, ...]]:
        """What fits, by what was asked: each tick asks the same."""
        return {}

    @cached_property
    def _dealt(self) -> dict[object, Once[Prompt]]:
        return {}


def catalogue(
    prompts: Iterable[Prompt], *, without_ids: frozenset[str] = frozenset(), without_kinds: frozenset[str] = frozenset()
) -> Catalogue:
    """The catalogue of `prompts`; of two with the same id the later one wins."""
    every = {prompt.id: prompt for prompt in prompts}
    return Catalogue(
        {key: prompt for key, prompt in every.items() if key not in without_ids and prompt.kind not in without_kinds}
    )
