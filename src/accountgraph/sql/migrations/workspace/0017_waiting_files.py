"""Who is erased while a file waits to be imported does not come back by it."""

from accountgraph.migration import sql_beside

revision = "0017"
down_revision = "0016"
upgrade = sql_beside(__file__)
