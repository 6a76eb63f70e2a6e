"""`approval`: messages that a person sees before they leave."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.work import approvals
from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.choices import one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import ByOption, CampaignOption, LimitOption, NoteOption, campaign_id_of, who, whole_hash, words_from
from accountgraph.cli.render.outreach import approvals as drawn
from accountgraph.cli.render.outreach.messages import below_text

app = group("Messages that wait for a person: list, show, edit, accept, reject.")
COMMANDS = {"approval": app}
Which = Annotated[str, typer.Argument(metavar="APPROVAL", help="Its id, or 4 or more of its first digits.", show_default=False)]
SeenOption = Annotated[
    str | None, typer.Option("--seen", metavar="HASH", help="The hash of what you saw, 8 or more digits: what changed since is left alone.")
]
_STATES = ["pending", "accepted", "rejected", "withdrawn", "all"]


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    campaign: CampaignOption = None,
    state: Annotated[str, typer.Option("--state", metavar="STATE", help=f"{', '.join(_STATES)}.")] = "pending",
    limit: LimitOption = 100,
) -> None:
    """List the messages that wait, the oldest first."""
    wanted = one_of_words(_STATES, "--state", state)
    async with edge.app() as parts:
        chosen = await campaign_id_of(parts.db, campaign)
        found = await approvals.list_approvals(parts.db, state=None if wanted == "all" else wanted, campaign_id=chosen, limit=limit)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.approvals_table(found, now))


@command(app)
async def show(edge: Edge, approval: Which) -> None:
    """Show a message as it would leave, with whom, why it waits, and what is known."""
    async with edge.app() as parts:
        found = await approvals.show_approval(parts.db, await find_id(parts.db, "approval", approval), parts.db.now())
    edge.emit(found, lambda: drawn.approval_page(found))


@command(app)
async def edit(
    edge: Edge,
    *,
    approval: Which,
    subject: Annotated[str | None, typer.Option("--subject", metavar="TEXT", help="Another subject.")] = None,
    content: Annotated[str | None, typer.Option("--content", metavar="TEXT", help="Other words.")] = None,
    file: Annotated[str | None, typer.Option("--file", metavar="FILE", help="Other words, from a file; - is standard input.")] = None,
    seen: SeenOption = None,
    by: ByOption = None,
) -> None:
    """Change the words of a message that waits; it has another hash then."""
    text = words_from(content, file)
    if subject is None and text is None:
        raise typer.BadParameter("say what changes: --subject, --content or --file.", param_hint="--content")
    async with edge.app() as parts:
        known = await approvals.get_approval(parts.db, await find_id(parts.db, "approval", approval))
        digest = whole_hash(seen, known.content_hash) if seen else known.content_hash
        changed = await parts.db.run(
            lambda session: approvals.edit_approval(session, known.id, by=who(by), subject=subject, content=text, seen=digest)
        )
    edge.emit(changed, lambda: f"The message to {changed.person} is changed; its hash is {changed.content_hash[:12]}.")


@command(app)
async def accept(edge: Edge, approval: Which, seen: SeenOption = None, note: NoteOption = None, by: ByOption = None) -> None:
    """Let exactly these words leave, at once within hours and caps. Without --seen it shows them and asks."""
    async with edge.app() as parts:
        known = await approvals.show_approval(parts.db, await find_id(parts.db, "approval", approval), parts.db.now())
        digest = known.approval.content_hash
        if seen is not None:
            digest = whole_hash(seen, digest)
        elif known.approval.state == "pending":
            _asked(edge, known)
        ruling = await parts.db.run(
            lambda session: approvals.accept_approval(session, known.approval.id, digest, by=who(by), note=note, now=session.now())
        )
    edge.emit(ruling, lambda: drawn.ruling_text(ruling))


@command(app)
async def reject(
    edge: Edge,
    *,
    approval: Which,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.", show_default=False)],
    skip: Annotated[bool, typer.Option("--skip", help="Pass over the step and go on with the next one.")] = False,
    by: ByOption = None,
) -> None:
    """Keep a message from leaving. The person stays paused until `inbox resume`, unless --skip goes on without it."""
    then = approvals.AfterRejection.SKIP if skip else approvals.AfterRejection.PAUSE
    async with edge.app() as parts:
        which = await find_id(parts.db, "approval", approval)
        ruling = await parts.db.run(
            lambda session: approvals.reject_approval(session, which, by=who(by), note=note, then=then, now=session.now())
        )
    edge.emit(ruling, lambda: drawn.ruling_text(ruling))


def _asked(edge: Edge, known: approvals.Shown) -> None:
    """Show it on standard error and ask; whoever cannot answer says what they saw."""
    edge.say(f"To {known.approval.person} <{known.approval.address}>: {known.approval.subject or known.approval.channel}")
    edge.say(f"\n{known.approval.content}\n")
    edge.say(below_text(known.signature, known.footer, known.tracks))
    try:
        typer.confirm("Let exactly this leave?", abort=True, err=True)
    except typer.Abort:
        raise typer.BadParameter(
            f"not accepted; say what you saw with --seen {known.approval.content_hash[:12]} where nobody can be asked.", param_hint="--seen"
        ) from None
