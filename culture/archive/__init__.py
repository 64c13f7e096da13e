"""The archive: everything that was learned, as it is kept for all and found again. Pure."""
