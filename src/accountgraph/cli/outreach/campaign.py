"""`campaign`: a campaign from its file to its end. The commands stand in files of their own."""

from __future__ import annotations

from accountgraph.cli.frame import group
from accountgraph.cli.outreach import simulate

app = group("Campaigns: tried out before they run.")
for part in (simulate,):
    app.add_typer(part.app)
COMMANDS = {"campaign": app}
