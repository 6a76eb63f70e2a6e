"""The registry: workspaces, users, memberships, API keys, wake-ups."""

from accountgraph.migration import sql_beside

revision = "0001"
down_revision = None
upgrade = sql_beside(__file__)
