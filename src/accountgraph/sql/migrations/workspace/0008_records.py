"""Merging contacts and companies, and what is kept of them."""

from accountgraph.migration import sql_beside

revision = "0008"
down_revision = "0007"
upgrade = sql_beside(__file__)
