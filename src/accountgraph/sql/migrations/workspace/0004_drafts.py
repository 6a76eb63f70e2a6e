"""Messages that a model writes, and which model that is."""

from accountgraph.migration import sql_beside

revision = "0004"
down_revision = "0003"
upgrade = sql_beside(__file__)
