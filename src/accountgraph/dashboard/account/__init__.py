"""An account's page: its people as a map and as a table, its health and what it is made of, all that happened, what to do next."""

from accountgraph.dashboard.account.routes import routes

__all__ = ["routes"]
