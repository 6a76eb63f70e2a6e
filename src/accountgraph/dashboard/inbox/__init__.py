"""What waits for people, worked through one after the other: what came in, tasks, messages to approve."""

from accountgraph.dashboard.inbox.routes import routes

__all__ = ["routes"]
