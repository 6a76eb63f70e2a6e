"""Entering: API keys in full, passwords, sessions, invitations, single sign-on, the access log."""

from accountgraph.migration import sql_beside

revision = "0002"
down_revision = "0001"
upgrade = sql_beside(__file__)
