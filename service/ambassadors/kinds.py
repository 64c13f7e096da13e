"""The letters and calls of the ambassadors."""

from service.ambassadors.agenda_kinds import AGENDA_KINDS
from service.ambassadors.corps_kinds import CORPS_KINDS
from service.ambassadors.recommendation_letters import RECOMMENDATION_KINDS

KINDS = (*CORPS_KINDS, *AGENDA_KINDS, *RECOMMENDATION_KINDS)
