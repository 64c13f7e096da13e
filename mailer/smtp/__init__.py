"""The transport `smtp`."""
