"""What came of it, as pages: charts with their tables, one bar of filters for all, and the messages behind every number."""

from accountgraph.dashboard.analytics.routes import routes

__all__ = ["routes"]
