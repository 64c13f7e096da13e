"""Kills the service while it writes calendars on an Exchange server in trouble, and holds the server's own count."""
