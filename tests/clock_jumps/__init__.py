"""Moves the wall clock of the running service, and of it alone, and looks whether its heart, letters and health stay right."""
