"""Commands of the audit log, and the search over everything."""
