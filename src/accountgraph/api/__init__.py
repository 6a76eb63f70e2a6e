"""The HTTP API: every question and every action, for programs. It parses, authorizes, calls and formats; no rule lives here."""

from accountgraph.api.app import api_app
from accountgraph.api.parts import Parts, Workspaces
from accountgraph.api.recognising import Recogniser

__all__ = ["Parts", "Recogniser", "Workspaces", "api_app"]
