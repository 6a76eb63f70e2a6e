"""The audit log: who changed what; undo, search over everything, indexes of the lists."""

from accountgraph.migration import sql_beside

revision = "0011"
down_revision = "0010"
upgrade = sql_beside(__file__)
