"""Merging contacts and companies, and what is kept of them."""

from accountgraph.migration import sql_beside

revision = "0007"
down_revision = "0006"
upgrade = sql_beside(__file__)
