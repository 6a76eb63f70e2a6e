"""The embedded PostgreSQL server: started, shared, stopped and brought back; nothing of it listens on a network port."""

from accountgraph.postgres.server import EmbeddedServer, ServerStatus

__all__ = ["EmbeddedServer", "ServerStatus"]
