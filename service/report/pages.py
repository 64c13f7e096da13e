"""The page of the report, for those who get it by letter: the last quarter that is closed."""

from culture.people import Person
from culture.report.quarters import last_over, lived
from culture.world import World
from service.messages.translation import Sentence
from service.pages.html_pages import Way
from service.pages.page_row import Asked, PageRow
from service.report.programme import readers
from service.report.report import has_something, report
from service.report.words import quarter_name
from service.report.written import body

WAY = Way(
    heading=Sentence("The report of a quarter"),
    intro=Sentence("What the last quarter came to, and what you could change:"),
    link=Sentence("the report"),
    short=Sentence("Report"),
    short_of=Sentence("Report, for {name}"),
)


def _page(asked: Asked) -> str:
    """The page as HTML."""
    world, language = asked.view.world, asked.page.language
    quarter = last_over(world.today)
    return asked.page.html(
        "report",
        organisation=asked.organisation,
        own_page=asked.own_page,
        quarter=quarter_name(quarter).said(language),
        report=body(report(world, quarter, (language,)), language),
    )


def _way(world: World, person: Person) -> Way | None:
    known = lived(world.organisation, last_over(world.today)) and has_something(world)
    return WAY if known and person.id in set(readers(world)) else None


PAGES = (PageRow(path="report", html=_page, way=_way),)
