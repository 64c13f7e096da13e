"""The page of the archive."""

from culture.people import Person
from culture.world import World
from service.archive.page import archive_page
from service.archive.shelf import in_use
from service.messages.translation import Sentence
from service.pages.html_pages import Way
from service.pages.page_row import PageRow

WAY = Way(
    heading=Sentence("What we have learned"),
    intro=Sentence("Everything colleagues have written down, with a search:"),
    link=Sentence("the archive"),
    short=Sentence("Archive"),
    short_of=Sentence("Archive, for {name}"),
)


def _way(world: World, person: Person) -> Way | None:
    return WAY if in_use(world.organisation) else None


PAGES = (PageRow(path="archive", html=archive_page, way=_way),)
