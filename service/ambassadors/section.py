"""The section [ambassadors]."""

from culture.ambassadors.settings import Ambassadors
from culture.settings import Key
from service.settings.config import Section

SECTION = Section(
    name="ambassadors",
    holds=Ambassadors,
    told=Key("A corps across the departments, and its monthly meeting."),
    after="revisit",
)
