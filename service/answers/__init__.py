"""What people ask: what would happen, how it is, why somebody got a letter or none."""
