"""Imports over HTTP; what is told to who watches."""

from accountgraph.migration import sql_beside

revision = "0012"
down_revision = "0011"
upgrade = sql_beside(__file__)
