"""`hold`: the kill switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.campaigns.work import holds
from accountgraph.campaigns.work.holds import HoldScope
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import NoteOption, moment
from accountgraph.cli.render.outreach import permissions as drawn
from accountgraph.errors import NotFoundError
from accountgraph.store.naming import find_account, find_contact
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

app = group("Kill switches: stop everything, a mailbox, an account or a person: set, lift, list.")
COMMANDS = {"hold": app}
Scope = Annotated[str, typer.Argument(metavar="SCOPE", help="workspace, sender, account or contact.", show_default=False)]
Target = Annotated[
    str | None, typer.Argument(metavar="[TARGET]", help="Which sender, account or contact; a workspace has none.", show_default=False)
]


@command(app, "set")
async def set_(
    edge: Edge,
    *,
    scope: Scope,
    target: Target = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a word.")] = holds.BY_HAND,
    note: NoteOption = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="When it ends by itself [when it is lifted].")] = None,
) -> None:
    """Stop everything there that is not being called at this moment."""
    chosen, end = _scope(scope, target), moment("--until", until)
    async with edge.app() as parts:
        which = await _target(parts.db, chosen, target)
        made = await parts.db.run(
            lambda session: holds.set_hold(session, chosen, which, reason=reason, note=note, until=end, now=session.now())
        )
    edge.emit(made, lambda: drawn.hold_text(made))


@command(app)
async def lift(
    edge: Edge,
    *,
    scope: Scope,
    target: Target = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Only what stands for this reason [all].")] = None,
) -> None:
    """Let go what a hold stopped; whom it paused goes on."""
    chosen = _scope(scope, target)
    async with edge.app() as parts:
        which = await _target(parts.db, chosen, target)
        lifted = await parts.db.run(lambda session: holds.lift_holds(session, chosen, which, reason=reason, now=session.now()))
    edge.emit(lifted, lambda: drawn.lifted_text(lifted))


@command(app, "list")
async def list_(edge: Edge, everything: Annotated[bool, typer.Option("--all", help="With those that are over.")] = False) -> None:
    """List the holds that stand, the oldest first."""
    async with edge.app() as parts:
        now = parts.db.now()
        found = await holds.list_holds(parts.db, now, everything=everything)
    edge.emit(found, lambda: drawn.holds_table(found, now))


def _scope(said: str, target: str | None) -> HoldScope:
    scope = HoldScope(one_of(HoldScope, "SCOPE", said) or "")
    if (scope is HoldScope.WORKSPACE) == (target is not None):
        cure = "a workspace has no target; choose one with --workspace." if target else f"say which {scope}."
        raise typer.BadParameter(cure, param_hint="TARGET")
    return scope


async def _target(db: Connectable, scope: HoldScope, said: str | None) -> UUID | None:
    match scope:
        case HoldScope.WORKSPACE:
            return None
        case HoldScope.ACCOUNT:
            return (await find_account(db, said or "")).id
        case HoldScope.CONTACT:
            return (await find_contact(db, said or "")).id
        case HoldScope.SENDER:
            found = [one for one in await SenderRepository(db).list_senders() if one.address == (said or "").strip().lower()]
            if not found:
                raise NotFoundError(f"There is no sender {said}; look with `sender list`.")
            return found[0].id
