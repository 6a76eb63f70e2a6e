"""Commands of mailboxes and of the secrets that they need."""
