"""The section [vitamin]."""

from culture.settings import Key
from culture.vitamin.settings import Vitamin
from service.settings.config import Section

SECTION = Section(name="vitamin", holds=Vitamin, told=Key("The daily ten minutes."), after="departments")
