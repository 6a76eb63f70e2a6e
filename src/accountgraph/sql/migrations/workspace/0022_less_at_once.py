"""Events in bulk are recorded by one statement."""

from accountgraph.migration import sql_beside

revision = "0022"
down_revision = "0021"
upgrade = sql_beside(__file__)
