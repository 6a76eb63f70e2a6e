"""`send test`: prove that a mailbox can send."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.trial import send_trial
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import transports_over

app = group("Send a test message.")
COMMANDS = {"send": app}


@app.callback()
def _group() -> None:
    """Send a test message."""


@command(app, "test")
async def send_one(
    edge: Edge,
    *,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where to: an address of your own.", show_default=False)],
    sender: Annotated[str | None, typer.Option("--sender", metavar="ADDRESS", help="From which mailbox [the only one].")] = None,
) -> None:
    """Send one made-up message through a mailbox, and say what its service answered."""
    async with edge.app() as parts:
        transports = transports_over(edge, parts.db)
        try:
            trial = await send_trial(parts.db, transports.transport_for, address, sender=sender)
        finally:
            await transports.close()
    if trial.outcome is not Sent.SENT:
        raise WorkStateError(f"{trial.sender} through {trial.transport}: {trial.outcome}: {trial.detail}")
    said = f"From {trial.sender} to {trial.recipient} through {trial.transport}: {trial.detail or 'sent.'}"
    edge.emit(trial, lambda: said)
