"""The section [leaders]."""

from culture.leaders.settings import Leaders
from culture.settings import Key
from service.settings.config import Section

SECTION = Section(
    name="leaders", holds=Leaders, told=Key("A step each month for whoever leads others."), after="ambassadors"
)
