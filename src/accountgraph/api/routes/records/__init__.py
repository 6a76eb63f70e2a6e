"""What is kept of changes and of people: the audit log, merges, a person's data; and search over everything."""
