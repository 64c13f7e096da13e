"""The archive, as a plan knows it: it has a page, and makes nothing happen."""

from service.planning.programme import Programme

PROGRAMME = Programme(pages=("archive",))
