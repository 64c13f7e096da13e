"""The quarter's report: its rules and their values. Pure."""
