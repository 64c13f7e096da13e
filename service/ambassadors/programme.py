"""The ambassadors, as a plan knows them."""

from service.planning.programme import Programme

PROGRAMME = Programme()
