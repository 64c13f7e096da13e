"""What people do, on pages and at the command line, written down."""
