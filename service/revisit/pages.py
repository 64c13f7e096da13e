"""The page of the revisit list."""

from dataclasses import replace

from culture.people import Person
from culture.revisit.works import to_make
from culture.world import World
from service.messages.translation import Sentence
from service.pages.html_pages import Way
from service.pages.page_row import PageRow
from service.revisit.page import revisit_page, to_judge

WAY = Way(
    heading=Sentence("The revisit list"),
    intro=Sentence("Something waits for your judgement:"),
    link=Sentence("the page of the revisit list"),
    short=Sentence("The revisit list"),
    short_of=Sentence("The revisit list, for {name}"),
)

TO_MAKE = replace(WAY, intro=Sentence("Something works now that others could try:"))


def _way(world: World, person: Person) -> Way | None:
    if to_judge(world, person):
        return WAY
    today = world.organisation.today(person, world.now)
    return TO_MAKE if to_make(world, person.id, today) else None


PAGES = (PageRow(path="revisit", html=revisit_page, way=_way),)
