"""The pages of the programmes, in their order."""

from service.pages.page_row import PageRow
from service.programmes import rows

PAGES: tuple[PageRow, ...] = tuple(rows("pages", "PAGES"))
