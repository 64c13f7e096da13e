"""The pages of the ambassadors."""

from service.ambassadors.agenda_page import AGENDA_PAGE
from service.ambassadors.corps_page import PAGE
from service.ambassadors.recommendation_page import RECOMMENDATION_PAGES

PAGES = (PAGE, AGENDA_PAGE, *RECOMMENDATION_PAGES)
