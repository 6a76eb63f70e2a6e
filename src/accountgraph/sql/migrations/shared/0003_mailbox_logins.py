"""Logins of mailboxes that go to their service in a browser."""

from accountgraph.migration import sql_beside

revision = "0003"
down_revision = "0002"
upgrade = sql_beside(__file__)
