"""The page of the revisit list: what its reader is to judge now, made from the view. Pure."""

from collections.abc import Iterator
from typing import Any

from culture.people import Person
from culture.revisit import rules
from culture.revisit.rules import Revisit, RevisitRecords, Verdict
from culture.revisit.shared import name_in
from culture.revisit.works import to_make
from culture.world import World
from service.messages.translation import word
from service.pages.page_form import around, dated, form
from service.pages.page_row import Asked
from service.revisit.words import news_in


def revisit_page(asked: Asked) -> str:
    """The page as HTML."""
    items = list(_items(asked))
    return asked.page.html(
        "revisit",
        organisation=asked.organisation,
        person=asked.person,
        policy=asked.organisation.policy.text(asked.page.language),
        items=items,
        works=list(_works(asked)),
        **around(asked, [one["form"] for one in items], ("reason",)),
    )


def to_judge(world: World, person: Person) -> list[Revisit]:
    """The items that the person may judge now, the oldest first."""
    today = world.organisation.today(person, world.now)
    due = (one for one in world.of(RevisitRecords).items.values() if one.next_on and one.next_on <= today)
    mine = (item for item in due if person.id in rules.judges(item, world, today))
    return sorted(mine, key=lambda one: (one.next_on, one.id))


def _items(asked: Asked) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(to_judge(asked.view.world, asked.person), 1):
        language, months = asked.page.language, asked.page.tongue.number(item.months)
        yield {
            "name": name_in(asked.view.world, item, asked.page.language),
            "facts": [(heading, text) for heading, text in _facts(asked, item) if text],
            "judged": [
                (f"{dated(asked.page, one.day)}, {one.by}: {word('verdict', one.verdict).said(language)}", one.reason)
                for one in item.judgements
            ],
            "verdicts": [(str(one), word("verdict-to-give", one, months=months).said(language)) for one in Verdict],
            "form": form(asked, "judgement", item.id, number),
        }


def _works(asked: Asked) -> Iterator[dict[str, Any]]:
    """What works now and may be given to others, with a button for each way."""
    world = asked.view.world
    for item_id, left in to_make(world, asked.person.id, asked.today).items():
        item = world.of(RevisitRecords).items[item_id]
        yield {
            "about": item_id,
            "name": name_in(world, item, asked.page.language),
            "reason": item.judgements[-1].reason,
            "ways": [(f"make-{one}", word("make", one).said(asked.page.language)) for one in left],
        }


def _facts(asked: Asked, item: Revisit) -> Iterator[tuple[str, str]]:
    day, by = dated(asked.page, item.rejected_on), item.rejected_by
    if item.turn:
        yield asked.say("Last tried"), asked.say("{day}, in {department}", day=day, department=by) if by else day
    else:
        yield asked.say("Rejected"), asked.say("{day}, by {name}", day=day, name=by) if by else day
    yield asked.say("The reason"), item.reason
    yield asked.say("What would have to change"), item.would_change
    yield asked.say("New since then"), news_in(item, asked.page.language)
