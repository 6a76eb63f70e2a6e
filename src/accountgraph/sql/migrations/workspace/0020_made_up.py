"""What is made up is told by one function."""

from accountgraph.migration import sql_beside

revision = "0020"
down_revision = "0019"
upgrade = sql_beside(__file__)
