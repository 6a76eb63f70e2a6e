"""Tasks: who is at one, and when it is handed out."""

from accountgraph.migration import sql_beside

revision = "0005"
down_revision = "0004"
upgrade = sql_beside(__file__)
