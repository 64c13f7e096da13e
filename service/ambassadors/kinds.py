"""The letters and calls of the ambassadors."""

from service.ambassadors.recommendation_letters import RECOMMENDATION_KINDS

KINDS = (*RECOMMENDATION_KINDS,)
