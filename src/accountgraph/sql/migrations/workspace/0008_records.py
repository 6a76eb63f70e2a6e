"""Merging contacts and companies, what is kept of them; erasing people, and how long things are kept."""

from accountgraph.migration import sql_beside

revision = "0008"
down_revision = "0007"
upgrade = sql_beside(__file__)
