"""Servers each of which refuses one thing for ever, the first in every order; and whether the others get theirs."""
