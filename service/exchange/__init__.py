"""The channel and the transport `exchange`, as the service uses them: one server, one session."""
