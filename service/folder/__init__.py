"""The transport `folder`, as the service uses it."""
