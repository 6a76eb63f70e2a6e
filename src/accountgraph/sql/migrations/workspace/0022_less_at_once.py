"""Recording events, sending and keeping due times take fewer statements."""

from accountgraph.migration import sql_beside

revision = "0022"
down_revision = "0021"
upgrade = sql_beside(__file__)
