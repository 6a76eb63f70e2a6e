"""The table of accounts as people save it, and the indexes of its filters."""

from accountgraph.migration import sql_beside

revision = "0015"
down_revision = "0014"
upgrade = sql_beside(__file__)
