"""Kills the service while it writes calendars on a calendar server in trouble, and holds the server's own count."""
