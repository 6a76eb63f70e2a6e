"""How long the audit log is kept is a rule among the others."""

from accountgraph.migration import sql_beside

revision = "0013"
down_revision = "0012"
upgrade = sql_beside(__file__)
