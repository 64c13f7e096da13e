"""A year in seconds: the same ticks on a clock of their own."""
