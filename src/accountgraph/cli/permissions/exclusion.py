"""`exclusion`: accounts that campaigns leave alone."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import AccountOption, NoteOption  # noqa: TC001 - Typer reads the annotations
from accountgraph.cli.render.outreach import law as drawn
from accountgraph.errors import NotFoundError
from accountgraph.store.naming import find_account
from accountgraph.store.outreach.exclusions import ExclusionReason, ExclusionRepository

app = group("Accounts that campaigns leave alone, beside customers: add, list, end.")
COMMANDS = {"exclusion": app}
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="A domain, an id or a name.", show_default=False)]
_REASONS = "competitor, open_opportunity or owner (one of us keeps it out)."


@command(app)
async def add(
    edge: Edge,
    *,
    account: Account,
    reason: Annotated[str, typer.Option("--reason", metavar="REASON", help=_REASONS)] = "owner",
    note: NoteOption = None,
) -> None:
    """Leave an account out of every campaign from now on; who is under way there ends at their next step."""
    why = one_of(ExclusionReason, "--reason", reason)
    async with edge.app() as parts:
        company = await find_account(parts.db, account)
        added = await ExclusionRepository(parts.db).exclude_account(company.id, why or "owner", note)
    edge.emit(added, lambda: f"{added.account} is left out: {drawn.EXCLUDED[added.reason]}.")


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    account: AccountOption = None,
    everything: Annotated[bool, typer.Option("--all", help="With those that ended.")] = False,
) -> None:
    """List the accounts that are left out, the oldest first."""
    async with edge.app() as parts:
        only = (await find_account(parts.db, account)).id if account else None
        found = await ExclusionRepository(parts.db).list_exclusions(only, with_ended=everything)
        now = parts.db.now()
    edge.emit(found, lambda: drawn.exclusions_table(found, now))


@command(app)
async def end(
    edge: Edge,
    *,
    account: Account,
    reason: Annotated[str | None, typer.Option("--reason", metavar="REASON", help="Only what stands for this reason [all].")] = None,
) -> None:
    """Let campaigns take an account again."""
    why = one_of(ExclusionReason, "--reason", reason)
    async with edge.app() as parts:
        company = await find_account(parts.db, account)
        ended = await ExclusionRepository(parts.db).end_exclusion(company.id, why)
    if not ended:
        raise NotFoundError(f"{company.name} is not left out{f' as {why}' if why else ''}; look with `exclusion list`.")
    edge.emit(ended, lambda: f"{company.name} may be in campaigns again.")
