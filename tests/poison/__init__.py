"""Puts one bad thing into the running service after the other, and looks what the others got, and what was said."""
