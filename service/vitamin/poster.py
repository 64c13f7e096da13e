"""A department's sheet for the wall: a prompt of the week, who presents next, a discovery, and where its code leads. Pure.

A sheet hangs where anybody sees it, and nobody was asked whether their name may. So a discovery stands without one, and
of turns what the department's own calendar shows anyway. The code is the same for all who scan it and tells nothing of
them: its address is the department's own (`poster` in the config), which holds no token. A department that has written
none has no sheet. How it stands on the paper: `sheet.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from culture.people import Language
from culture.relay import shared
from culture.relay.learning import Discovery
from culture.relay.schedule import RelayRecords
from culture.vitamin.catalogue import GENERAL, LEVELS, Catalogue, Prompt, PromptText
from culture.vitamin.timetable import prompts
from culture.workdays import Week
from culture.world import World
from mailer.words import tongue
from service.messages.translation import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What a sheet says, in one language. `prompt` is None in a week without one, `discovery` empty where there is none."""

    language: Language
    organisation: str
    department: str
    week: int
    prompt: PromptText | None
    data: str
    turns: tuple[str, ...] = ()  # who, and when
    discovery: str = ""
    address: str  # where the code leads


def posters(world: World, department: str, address: str) -> Iterator[Poster]:
    """The sheets that may hang there, in the department's language, the best first: each further one is shorter, for what
    does not fit on the paper."""
    organisation = world.organisation
    view = organisation.departments[department]
    language = view.language or organisation.language
    turns, discovery = tuple(next_presenters(world, department, language)), discovered(world, department)
    every = [one.text(language) for one in spoken(world, department, language)]
    best: list[PromptText | None] = [*every[:1], *sorted(every[1:], key=lambda one: len(one.prompt))]
    for found in dict.fromkeys((discovery, "")):
        for prompt in best or [None]:
            yield Poster(
                language=language,
                organisation=organisation.name,
                department=view.name,
                week=Week.of(world.today).number,
                prompt=prompt,
                data=organisation.policy.text(language).data,
                turns=turns,
                discovery=found,
                address=address,
            )


def spoken(world: World, department: str, language: Language) -> list[Prompt]:
    """The department's prompts of this week, its track's own among them, the one that is easiest to say aloud first: what
    needs nothing of one's own, the track's, the lowest level, the shortest."""
    week, catalogue = Week.of(world.today), world.organisation.of(Catalogue)
    track = world.organisation.departments[department].track or GENERAL
    given = prompts(world, (department, track))
    found = [catalogue.prompts.get(given[day].prompt) for day in week.days if day in given]

    def order(one: Prompt) -> tuple[bool, bool, int, int, str]:
        own = one.data not in ("none", "public")
        return own, not one.tracks, LEVELS.index(one.level), len(one.text(language).prompt), one.id

    return sorted({one.id: one for one in found if one}.values(), key=order)


def next_presenters(world: World, department: str, language: Language) -> Iterator[str]:
    """Who presents at the next meeting that has turns, and when it is."""
    turns = world.of(RelayRecords).of_department(world.organisation.called.table(department))
    coming = sorted(
        ((one.starts, one) for one in turns if one.open and one.starts and one.starts > world.now),
        key=lambda pair: (pair[0], pair[1].number),
    )
    people, first = world.organisation.people, coming[0][1].meeting if coming else ""
    for starts, one in coming:
        if one.meeting == first and one.presenter in people:
            yield f"{people[one.presenter].name}, {_moment(starts, language)}"


def _moment(starts: datetime, language: Language) -> str:
    words = tongue(language)
    return say(language, "{day} at {time}", day=words.day(starts.date()), time=words.clock(starts.time()))


def discovered(world: World, department: str) -> str:
    """The newest discovery of the last month whose author lets a name stand with it, the department's own first; "" for
    none."""
    since = shared.since(world.organisation, world.of(RelayRecords), world.today - shared.LATELY)
    ticked = (
        one.text
        for one in shared.own_first(world.organisation, since, department)
        if isinstance(one, Discovery) and one.show_name
    )
    return next(ticked, "")
