"""The pages of the ambassadors."""

from service.ambassadors.recommendation_page import RECOMMENDATION_PAGES

PAGES = (*RECOMMENDATION_PAGES,)
