"""What the service remembers: TinyDB on a crash-safe journal, the bytes of claimed letters, the secret, the daemon."""
