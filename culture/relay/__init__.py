"""The AI relay: its rules and their values. Pure."""
