"""The pages of the ambassadors."""

from service.ambassadors.corps_page import PAGE

PAGES = (PAGE,)
