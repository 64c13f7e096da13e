"""The pages of the ambassadors."""

from service.ambassadors.agenda_page import AGENDA_PAGE
from service.ambassadors.corps_page import PAGE

PAGES = (PAGE, AGENDA_PAGE)
