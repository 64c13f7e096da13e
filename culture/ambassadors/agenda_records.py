"""What is remembered of the agendas of the corps' meetings. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What somebody answered when they were asked for a meeting: `news` to tell, a `topic` to work on together. Both empty:
    nothing new, which is an answer too. `at` is aware. `management`: they backed the corps then, so that it is management's
    news whoever does now."""

    meeting: str
    person: str
    at: datetime
    news: str = ""
    topic: str = ""
    management: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What is on at a meeting, by ids; made once (`made_at`, aware), so that letter, page and form have the same.

    `worked`, `not_yet`: learnings. `together`: learnings of the same challenge or tool in two departments or more, each
    group newest first. `discoveries`; `works`: items of the revisit list that work now. `topics`, `news`: keys of News,
    the first topic is the workshop; without one `case` is, a learning that says "not yet". `policy_changed`: since the
    last agenda. `answered`, `recommendations`: those that got an answer, those that wait for one. `revisits`: the five
    that are due the longest. `learnings_rest`, `revisits_rest`: what there is besides, which a letter only counts. `concerns`: released ones.
    """

    meeting: str
    made_at: datetime
    worked: tuple[str, ...] = ()
    not_yet: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    learnings_rest: tuple[str, ...] = ()
    discoveries: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    case: str = ""
    news: tuple[str, ...] = ()
    policy_changed: date | None = None
    answered: tuple[str, ...] = ()
    revisits: tuple[str, ...] = ()
    revisits_rest: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()

    @property
    def little(self) -> bool:
        """Whether nobody brought anything and nothing came of itself, so that the time is the corps' own."""
        told = (self.worked, self.not_yet, self.together, self.discoveries, self.works, self.topics, self.news)
        return not any((*told, self.case, self.policy_changed, self.answered))


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """What was decided at a meeting, in a few lines, by whoever led it (a person id). Aware."""

    meeting: str
    at: datetime
    by: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaRecords:
    """All of it: news by meeting and person (`news_key`), agendas and minutes by meeting."""

    news: Mapping[str, News] = field(default_factory=dict)
    agendas: Mapping[str, Agenda] = field(default_factory=dict)
    minutes: Mapping[str, Minutes] = field(default_factory=dict)
