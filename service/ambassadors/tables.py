"""The tables of the ambassadors."""

from service.ambassadors.agenda_tables import AGENDA_TABLES
from service.ambassadors.corps_tables import CORPS_TABLES
from service.ambassadors.recommendation_tables import RECOMMENDATION_TABLES

TABLES = (*CORPS_TABLES, *AGENDA_TABLES, *RECOMMENDATION_TABLES)
