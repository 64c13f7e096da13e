"""The transport `folder`."""
