"""The public server: webhooks of providers, opens and clicks, and the page where people choose what they hear."""

from accountgraph.web.public import Parts, public_app

__all__ = ["Parts", "public_app"]
