"""The pages of the leaders programme that know nobody."""

from culture.leaders.pulse import PULSE
from service.leaders import pulse_page
from service.pages.nameless_page import NamelessPage

NAMELESS_PAGES = (NamelessPage(path=PULSE, routes=pulse_page.routes),)
