"""The section [revisit]."""

from culture.revisit.settings import RevisitList
from culture.settings import Key
from service.settings.config import Section

SECTION = Section(name="revisit", holds=RevisitList, told=Key("What was once rejected is judged again."), after="relay")
