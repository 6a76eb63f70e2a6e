"""The interfaces that mail services give beside SMTP and IMAP: the Gmail API and Microsoft Graph, in the name of a mailbox's owner."""

NAMES = ("gmail", "graph")
"""The transports there are; loaded when they are used, for the HTTP client is slow to load."""
