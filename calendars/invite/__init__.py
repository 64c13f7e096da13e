"""The channel `invite`: a series or a slot mailed to one person (iMIP)."""
