"""Kills the service at chosen instants, starts it again, and counts what arrived."""
