"""What `check` finds about the ambassadors."""

from service.ambassadors.corps_check import CHECK

__all__ = ["CHECK"]
