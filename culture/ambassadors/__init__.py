"""The corps of ambassadors: its rules and their values. Pure."""
