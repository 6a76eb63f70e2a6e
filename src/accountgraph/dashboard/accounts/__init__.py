"""The table of accounts: filters, views and columns that stand in the address, what is done in a row or to many, the file of it."""

from accountgraph.dashboard.accounts.routes import routes

__all__ = ["routes"]
