"""What people do about the ambassadors in a rehearsal."""

from collections.abc import Mapping

from service.ambassadors.agenda_rehearsed import AGENDA_DOING
from service.ambassadors.corps_rehearsed import CORPS_DOING
from service.ambassadors.recommendation_rehearsed import RECOMMENDATION_DOING
from service.rehearsal.stage import Doing

DOING: Mapping[str, Doing] = {**CORPS_DOING, **AGENDA_DOING, **RECOMMENDATION_DOING}
