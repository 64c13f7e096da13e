"""The page of the relay, and of what colleagues found out."""

from collections.abc import Sequence

from culture.people import Person
from culture.relay import shared as sharing
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.vitamin.settings import Vitamin
from culture.world import World
from service.messages.translation import Sentence
from service.pages.html_pages import Page, Way
from service.pages.page_row import PageRow
from service.relay.page import relay_page
from service.relay.shared_page import line

NEWS = 3
"""Lines on somebody's own page."""

RELAY = Way(
    heading=Sentence("The AI relay"),
    intro=Sentence("Your turns, what colleagues have learned, and a place for a discovery:"),
    link=Sentence("the page of the relay"),
    short=Sentence("Turns"),
    short_of=Sentence("Turns of {name}"),
)

DISCOVERIES = Way(
    heading=Sentence("Discoveries"),
    intro=Sentence("What colleagues have found out, and a place for your own discovery:"),
    link=Sentence("the page of discoveries"),
    short=Sentence("Discoveries"),
    short_of=Sentence("Discoveries, for {name}"),
)


def _way(world: World, person: Person) -> Way | None:
    if world.organisation.of(Relay).enabled:
        return RELAY
    return DISCOVERIES if world.organisation.of(Vitamin).enabled else None


def _news(page: Page, world: World, person: Person) -> Sequence[str]:
    """What colleagues wrote lately, their own department's first, a line each."""
    organisation, records = world.organisation, world.of(RelayRecords)
    recent = sharing.since(organisation, records, world.today - sharing.LATELY)
    theirs = [one for one in recent if one.person != person.id]
    shown = sharing.own_first(organisation, theirs, person.department)[:NEWS]
    return [line(page, organisation, sharing.shared(organisation, records, one, world.today, "page")) for one in shown]


PAGES = (PageRow(path="relay", html=relay_page, way=_way, news=_news),)
