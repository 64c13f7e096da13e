"""The pages of the leaders."""

from service.leaders.concern_page import CONCERN_PAGES

PAGES = (*CONCERN_PAGES,)
