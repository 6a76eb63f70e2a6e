"""`campaign`: a campaign from its file to its end. The commands stand in files of their own, in the order of a campaign's life."""

from __future__ import annotations

from accountgraph.cli.campaigns import explaining, files, looking, running, simulate
from accountgraph.cli.frame import group

app = group("Campaigns: written as files, previewed, tried out, approved, started, watched, explained.")
for part in (files, looking, simulate, running, explaining):
    app.add_typer(part.app)
COMMANDS = {"campaign": app}
