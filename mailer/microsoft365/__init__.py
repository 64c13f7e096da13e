"""Letters by Microsoft 365."""
