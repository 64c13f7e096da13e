"""What colleagues wrote, on pages: the newest or what fits a search, and lines of it. Pure."""

from collections.abc import Iterator
from typing import Any

from culture.organisation import Organisation
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.shared import Shared, newest, shared
from service.messages.translation import word
from service.pages.html_pages import Page
from service.pages.page_form import dated
from service.pages.page_row import Asked
from service.relay import learnings
from service.relay.shared_words import again_in, title_of

NEWEST = 20
"""Of what was written, on the page; the search finds the rest."""

SEARCH_LETTERS = 100

MONTH = range(28, 32)
"""Days that are called a month."""


def learned(asked: Asked) -> dict[str, Any]:
    """What colleagues have learned and found out: the newest, or what fits the search."""
    organisation, search = asked.organisation, asked.search.strip()[:SEARCH_LETTERS]
    records, today = asked.view.world.of(RelayRecords), asked.view.world.today
    every = [shared(organisation, records, one, today, "page") for one in newest(records)]
    found = [one for one in every if not search or learnings.matches(search, learnings.texts_of(one, organisation))]
    return {
        "search": search,
        "found": len(found) if search else None,
        "more": len(found) > NEWEST,
        "learned": [_entry(asked, one) for one in found[:NEWEST]],
    }


def _entry(asked: Asked, one: Shared) -> dict[str, Any]:
    mine = bool(one.name) and one.of.person == asked.person.id
    if isinstance(one.of, Discovery):
        kind = asked.say("Discovery")
        found: dict[str, Any] = {"title": one.of.text, "answers": [], "link": "", "link_for": ""}
    else:
        kind = went(asked, one.of)
        # The link checked once more: what stands in the store may be older than the rule.
        link = one.of.link if learnings.is_link(one.of.link) else ""
        found = {"title": title_of(asked.organisation, one.of, asked.page.language), "link": link}
        found["link_for"] = one.of.link_for
        found["answers"] = answers(asked, one.of)
    parts = (kind, *about(asked.page, asked.organisation, one))
    return {**found, "about": " · ".join(parts), "unname": one.of.id if mine else ""}


def went(asked: Asked, learning: Learning) -> str:
    """How it went; of what comes back, that it does."""
    days = again_in(asked.organisation, asked.view.world.of(RelayRecords), learning)
    if learning.outcome is Outcome.NOT_YET and days:
        return tried_again(asked.page, days)
    return word("outcome-told", learning.outcome).said(asked.page.language)


def tried_again(page: Page, days: int) -> str:
    """That what did not work comes back after so many days."""
    if days in MONTH:
        return page.say("It did not work today, and we try again in a month")
    return page.say("It did not work today, and we try again in {days} days", days=days)


def about(page: Page, organisation: Organisation, one: Shared) -> Iterator[str]:
    """Whose it is and from when, as far as it is told."""
    department = learnings.department_name(organisation, one.department)
    day = dated(page, one.day) if one.dated else learnings.month_of(one, page.language)
    yield from filter(None, (department, one.name, day))


def answers(asked: Asked, one: Learning) -> list[tuple[str, str]]:
    """What a learning says, under its headings; the link and who can open it apart."""
    found = []
    for name, heading in learnings.HEADINGS.items():
        value = getattr(one, name)
        if name not in ("link", "link_for") and value not in ("", None):
            text = asked.page.tongue.decimals(value) if isinstance(value, float) else str(value)
            found.append((asked.say(heading), text))
    return found


def line(page: Page, organisation: Organisation, one: Shared) -> str:
    """A discovery or a learning on one line, and whose it is."""
    if isinstance(one.of, Discovery):
        text = f"»{one.of.text}«"
    else:
        outcome = word("outcome-told", one.of.outcome).said(page.language)
        text = f"{title_of(organisation, one.of, page.language)}: {outcome}"
    return " · ".join((text, *about(page, organisation, one)))
