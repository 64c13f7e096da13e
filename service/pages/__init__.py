"""The web: reads an immutable view and hands over acts, nothing else."""
