"""The page of concerns, made from the view: what was released and answered, for all; and for the contact what waits. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from culture.concerns import LETTERS
from culture.leaders.concerns import ConcernRecords, Decided, overdue, unanswered, undecided
from culture.leaders.settings import Leaders
from culture.people import Person
from culture.released import Released, ReleasedConcern
from culture.world import World
from service.leaders.concern_acts import decides
from service.leaders.concern_letters import month_in_words
from service.messages.translation import Sentence
from service.pages.html_pages import Way, concern_path
from service.pages.page_form import around, dated, form
from service.pages.page_row import Asked, PageRow

LOST = ("text", "answer", "asked")


def concerns_page(asked: Asked) -> str:
    """The page as HTML."""
    world = asked.view.world
    mine = decides(world, asked.person.id)
    waiting = list(_waiting(asked)) if mine else []
    open_ = list(_open(asked, len(waiting) + 1)) if mine else []
    return asked.page.html(
        "concerns",
        organisation=asked.organisation,
        person=asked.person,
        mine=mine,
        waiting=waiting,
        open=open_,
        released=[_shown(asked, one) for one in world.of(Released).concerns],
        most=LETTERS,
        concern=concern_path(asked.page.language, asked.organisation),
        **around(asked, [one["form"] for one in (*waiting, *open_)], LOST),
    )


def _waiting(asked: Asked) -> Iterator[dict[str, Any]]:
    """What the contact has not decided about."""
    for number, one in enumerate(undecided(asked.view.world), 1):
        yield {
            "month": month_in_words(one.month, asked.page.language),
            "text": one.text,
            "form": form(asked, "concern-release", one.id, number, {"text": one.text}),
        }


def _open(asked: Asked, first: int) -> Iterator[dict[str, Any]]:
    """What everybody reads, and waits for an answer."""
    late = overdue(asked.view.world)
    for number, one in enumerate(unanswered(asked.view.world), first):
        yield {
            "text": one.text,
            "promised": _promised(asked, one.asked, one) if one.asked else "",
            "late": one in late,
            "form": form(asked, "concern-answer", one.id, number, _before(one)),
        }


def _before(one: Decided) -> Mapping[str, str]:
    return {"asked": one.asked, "answer_by": str(one.answer_by or "")}


def _shown(asked: Asked, one: ReleasedConcern) -> dict[str, Any]:
    return {
        "text": one.text,
        "day": dated(asked.page, one.released_on),
        "answer": one.answer,
        "answered": dated(asked.page, one.answered_on) if one.answered_on else "",
        "promised": _promised(asked, one.asked_name, one) if not one.answer else "",
    }


def _promised(asked: Asked, name: str, one: Decided | ReleasedConcern) -> str:
    """That it is not decided, who was asked, and by when they answer."""
    if one.answer_by is None:
        return asked.say("Not decided; asked of {name}", name=name)
    return asked.say("Not decided; asked of {name}, by {day}", name=name, day=dated(asked.page, one.answer_by))


# --- the way to it

CONCERNS = Way(
    heading=Sentence("Concerns and their answers"),
    intro=Sentence("What somebody has written without a name, and what was answered:"),
    link=Sentence("the page of concerns"),
    short=Sentence("Concerns"),
    short_of=Sentence("Concerns, for {name}"),
)


def _way(world: World, person: Person) -> Way | None:
    if not world.organisation.of(Leaders).enabled:
        return None
    found = world.of(ConcernRecords)
    waits = decides(world, person.id) and bool(found.concerns)
    return CONCERNS if waits or world.of(Released).concerns else None


CONCERN_PAGES = (PageRow(path="worries", html=concerns_page, way=_way),)
