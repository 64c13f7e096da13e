"""What the service needs of the leaders."""
