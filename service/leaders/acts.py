"""What people do about the leaders."""

from service.leaders.concern_acts import CONCERN_ACTS

ACTS = (*CONCERN_ACTS,)
