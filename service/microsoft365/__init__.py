"""The channel and the transport `microsoft365`, as the service uses them: one tenant, one session."""
