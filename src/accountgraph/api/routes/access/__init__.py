"""Who may enter: sessions, members and invitations, keys, and the log of all that."""
