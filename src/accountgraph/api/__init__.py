"""The HTTP API: every question and every action, for programs. It parses, authorizes, calls and formats; no rule lives here."""

from accountgraph.api.app import api_app
from accountgraph.api.parts import Parts, Recognises, Workspaces

__all__ = ["Parts", "Recognises", "Workspaces", "api_app"]
