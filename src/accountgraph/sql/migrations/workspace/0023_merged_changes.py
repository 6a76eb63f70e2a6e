"""A change of an object changes what it names of it."""

from accountgraph.migration import sql_beside

revision = "0023"
down_revision = "0022"
upgrade = sql_beside(__file__)
