"""The room of campaigns: written, previewed, simulated, started, watched, explained."""

from accountgraph.dashboard.campaigns.routes import routes

__all__ = ["routes"]
