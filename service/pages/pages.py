"""The pages of the programmes, in their order, and the ways to them."""

from datetime import datetime

from culture.people import Person
from culture.world import World
from service.pages.html_pages import Page, ToPage
from service.pages.nameless_page import NamelessPage
from service.pages.page_row import PageRow
from service.planning.links import Links
from service.programmes import rows

PAGES: tuple[PageRow, ...] = tuple(rows("pages", "PAGES"))
NAMELESS_PAGES: tuple[NamelessPage, ...] = tuple(rows("nameless_pages", "NAMELESS_PAGES"))


def ways_to_pages(page: Page, world: World, links: Links, now: datetime, person: Person) -> list[ToPage]:
    """The ways to the pages that have something for the person."""
    return [
        ToPage(
            way=way,
            address=f"{row.path}/{links.token(row.path, person.linked, now)}",
            news=row.news(page, world, person),
        )
        for row in PAGES
        if (way := row.way(world, person))
    ]
