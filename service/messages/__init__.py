"""What is said to people at the command line and on pages, and how faults are sentences."""
