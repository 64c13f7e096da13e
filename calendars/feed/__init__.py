"""The channel `feed`: a calendar that people subscribe to."""
