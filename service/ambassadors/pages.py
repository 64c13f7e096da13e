"""The pages of the ambassadors."""

from service.ambassadors.corps_page import PAGE
from service.ambassadors.recommendation_page import RECOMMENDATION_PAGES

PAGES = (PAGE, *RECOMMENDATION_PAGES)
