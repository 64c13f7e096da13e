"""The page of the relay."""

from service.messages.translation import Sentence
from service.pages.html_pages import Way
from service.pages.page_row import PageRow
from service.relay.page import relay_page

PAGES = (
    PageRow(
        html=relay_page,
        way=Way(
            path="relay",
            heading=Sentence("The AI relay"),
            intro=Sentence("Your turns, what colleagues have learned, and a place for a discovery:"),
            link=Sentence("the page of the relay"),
            short=Sentence("Turns"),
            short_of=Sentence("Turns of {name}"),
        ),
    ),
)
