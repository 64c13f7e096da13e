"""From notice to letter to transport: words and MIME, the outbox, one file for each transport."""
