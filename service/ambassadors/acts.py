"""What people do about the ambassadors."""

from service.ambassadors.agenda_acts import AGENDA_ACTS
from service.ambassadors.corps_acts import CORPS_ACTS
from service.ambassadors.recommendation_acts import RECOMMENDATION_ACTS

ACTS = (*CORPS_ACTS, *AGENDA_ACTS, *RECOMMENDATION_ACTS)
