"""The letters and calls of the ambassadors."""

from service.ambassadors.corps_kinds import CORPS_KINDS

KINDS = (*CORPS_KINDS,)
