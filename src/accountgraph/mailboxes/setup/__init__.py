"""Setting a mailbox up: the big services, what the domain says, and whether it all works."""
