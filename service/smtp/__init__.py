"""The transport `smtp`, as the service uses it."""
