"""The channel `feed`, as the service uses it."""
