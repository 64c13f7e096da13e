"""What people do about the ambassadors."""

from service.ambassadors.corps_acts import CORPS_ACTS

ACTS = (*CORPS_ACTS,)
