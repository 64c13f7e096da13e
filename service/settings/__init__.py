"""What the administrator and HR write: read, checked, put together."""
