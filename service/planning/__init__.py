"""From the organisation and its records to what is to be done now: a plan, its letters and calls, what the fuse holds."""
