"""The archive: everything that was learned, on a page with a search, as a static site, and as data."""
