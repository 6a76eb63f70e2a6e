"""Reading mailboxes: over IMAP by UIDs, and by the services' own interfaces, each with its cursor; and the time before we came."""
