"""Crash states: what a disk may hold after a power loss, built from the log of a real run's operations."""
