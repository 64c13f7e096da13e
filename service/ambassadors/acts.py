"""What people do about the ambassadors."""

from service.ambassadors.recommendation_acts import RECOMMENDATION_ACTS

ACTS = (*RECOMMENDATION_ACTS,)
