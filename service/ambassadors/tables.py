"""The tables of the ambassadors."""

from service.ambassadors.corps_tables import CORPS_TABLES

TABLES = (*CORPS_TABLES,)
