"""Carries a plan out and writes it down: the store as the service sees it, letters claimed, calls made, what is let go
of."""
