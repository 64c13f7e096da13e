"""The running service, and one tick of it for cron."""
