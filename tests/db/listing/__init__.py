"""Lists, a page at a time, and search over everything."""
