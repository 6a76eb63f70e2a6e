"""`task`: work for people. The commands stand in files of their own."""

from __future__ import annotations

from accountgraph.cli.frame import group
from accountgraph.cli.tasks import closing, queue

app = group("Work for people, one after the other: calls, letters, LinkedIn, meetings, answers, questions.")
for part in (queue, closing):
    app.add_typer(part.app)
COMMANDS = {"task": app}
