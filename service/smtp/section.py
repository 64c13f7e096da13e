"""The section [smtp]."""

from culture.settings import Key
from mailer.smtp.settings import Smtp
from service.settings.config import Section

SECTION = Section(name="smtp", holds=Smtp, told=Key('Needed for transport = "smtp".', waits=True), after="mail")
