"""What is taken back for an agent is logged as taken back."""

from accountgraph.migration import sql_beside

revision = "0019"
down_revision = "0018"
upgrade = sql_beside(__file__)
