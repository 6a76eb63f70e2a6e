"""`provider list`: what each provider of mail and text messages can do."""

from __future__ import annotations

from accountgraph.channels.providers.features import features
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render.providers import providers_table

app = group("Mail and text providers: what each can do.")
COMMANDS = {"provider": app}


@app.callback()
def _group() -> None:
    """Mail and text providers: what each can do."""


@command(app, "list")
def list_(edge: Edge) -> None:
    """List the providers, what each can do, and how its webhook proves who sent it."""
    found = features()
    edge.emit(found, lambda: providers_table(found))
