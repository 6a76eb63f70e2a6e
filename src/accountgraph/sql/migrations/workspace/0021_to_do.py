"""People give themselves and each other tasks."""

from accountgraph.migration import sql_beside

revision = "0021"
down_revision = "0020"
upgrade = sql_beside(__file__)
