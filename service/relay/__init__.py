"""The AI relay: turns, challenges and learnings, as the service needs them."""
