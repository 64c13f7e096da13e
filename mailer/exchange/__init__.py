"""The transport `exchange`."""
