"""Calendars on a server, whichever it is: what should stand in somebody's own, and how it gets there."""
