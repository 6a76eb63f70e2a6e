"""The room of people: the list of all, one person with everything one needs before a call, and what is added and changed by hand."""

from accountgraph.dashboard.people.routes import routes

__all__ = ["routes"]
