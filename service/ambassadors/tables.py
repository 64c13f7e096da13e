"""The tables of the ambassadors."""

from service.ambassadors.recommendation_tables import RECOMMENDATION_TABLES

TABLES = (*RECOMMENDATION_TABLES,)
