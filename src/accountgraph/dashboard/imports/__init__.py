"""Importing in the browser: a file is dropped, looked at, tried and imported; rows that are rejected are put right in place."""

from accountgraph.dashboard.imports.routes import routes

__all__ = ["routes"]
