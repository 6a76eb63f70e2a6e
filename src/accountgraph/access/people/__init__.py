"""People who use the product: their passwords, sessions, memberships and invitations."""
