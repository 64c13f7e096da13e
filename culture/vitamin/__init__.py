"""The daily AI vitamin pill: its rules and their values. Pure."""
