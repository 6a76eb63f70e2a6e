"""Mailboxes: reading what comes in, seeing what people send by hand, and filing copies of what we sent."""
