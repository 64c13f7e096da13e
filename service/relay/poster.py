"""A department's sheet for the wall, for those who have no PC: a prompt to say aloud, who presents next, a discovery. Pure.

A sheet hangs where anybody sees it, and nobody was asked whether their name may. So a discovery stands without one, and
of turns what the department's own calendar shows anyway.
"""

from datetime import datetime
from typing import Any

from culture.people import Language
from culture.relay import shared
from culture.relay.learning import Discovery
from culture.relay.schedule import RelayRecords
from culture.vitamin.catalogue import GENERAL, LEVELS, Catalogue, Prompt
from culture.vitamin.timetable import prompts
from culture.workdays import Week
from culture.world import World
from mailer.words import tongue
from service.messages.translation import say
from service.pages.html_pages import Page


def poster(world: World, department: str) -> str:
    """The sheet as HTML, which prints on one page of A4, in the department's language."""
    organisation = world.organisation
    view = organisation.departments[department]
    language = view.language or organisation.language
    page = Page(language=language, root="")
    prompt = spoken(world, department)
    return page.html(
        "poster",
        title=say(language, "This week's AI prompt"),
        organisation=organisation.name,
        department=view.name,
        week=say(language, "Week {number}", number=Week.of(world.today).number),
        prompt=prompt.text(language) if prompt else None,
        data=organisation.policy.text(language).data,
        turns=[
            {"name": one["name"], "when": _moment(one["starts"], language)}
            for one in next_presenters(world, department)
        ],
        discovery=discovered(world, department),
    )


def _moment(starts: datetime, language: Language) -> str:
    words = tongue(language)
    return say(language, "{day} at {time}", day=words.day(starts.date()), time=words.clock(starts.time()))


def spoken(world: World, department: str) -> Prompt | None:
    """Of the department's prompts of this week the one that is easiest to say aloud: the lowest level, then the shortest."""
    week, catalogue = Week.of(world.today), world.organisation.of(Catalogue)
    given = prompts(world, (department, GENERAL), week.days[-1])
    found = [catalogue.prompts.get(given[day].prompt) for day in week.days if day in given]
    there = [one for one in found if one and one.data in ("none", "public")] or [one for one in found if one]
    language = world.organisation.language
    return min(there, key=lambda one: (LEVELS.index(one.level), len(one.text(language).prompt), one.id), default=None)


def next_presenters(world: World, department: str) -> list[dict[str, Any]]:
    """Who presents at the next meeting that has turns."""
    turns = world.of(RelayRecords).of_department(world.organisation.called.table(department))
    coming = sorted(
        ((one.starts, one) for one in turns if one.open and one.starts and one.starts > world.now),
        key=lambda pair: (pair[0], pair[1].number),
    )
    people, first = world.organisation.people, coming[0][1].meeting if coming else ""
    there = ((starts, one) for starts, one in coming if one.meeting == first and one.presenter in people)
    return [{"name": people[one.presenter].name, "starts": starts} for starts, one in there]


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
