"""What agents asked for is read a page at a time."""

from accountgraph.migration import sql_beside

revision = "0018"
down_revision = "0017"
upgrade = sql_beside(__file__)
