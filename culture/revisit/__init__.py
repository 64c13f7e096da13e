"""The revisit list: its rules and their values. Pure."""
