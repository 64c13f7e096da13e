"""What people do about the leaders in a rehearsal."""

from collections.abc import Mapping

from service.leaders.concern_rehearsed import CONCERN_DOING
from service.rehearsal.stage import Doing

DOING: Mapping[str, Doing] = {**CONCERN_DOING}
