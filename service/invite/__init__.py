"""The channel `invite`, as the service uses it."""
