"""What the service needs of the ambassadors."""
