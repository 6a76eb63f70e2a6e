"""How we come into a mailbox: OAuth2 grants, how a person gives one, and the workspace's secrets."""
