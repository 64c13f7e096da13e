"""The rules of an AI culture, and their values. Pure: nothing here opens a file, a socket or reads a clock."""
