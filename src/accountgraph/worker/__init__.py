"""The worker: runs the campaigns of all workspaces of a database, any number of processes side by side."""

from accountgraph.worker.worker import Worker

__all__ = ["Worker"]
