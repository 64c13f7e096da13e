"""The revisit list: what was rejected and is judged again, as the service needs it."""
