"""The dashboard: pages for people at a browser, drawn here, over the same functions as the API."""

from accountgraph.dashboard.app import dashboard_app
from accountgraph.dashboard.setup import Setup

__all__ = ["Setup", "dashboard_app"]
