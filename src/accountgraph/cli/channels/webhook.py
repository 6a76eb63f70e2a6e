"""`webhook`: what providers told the public server, and the same again from a file; below it, what we tell others."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

import typer
from msgspec import Struct, to_builtins

from accountgraph.channels.providers.known import EVERY_WEBHOOK, webhook_for
from accountgraph.channels.providers.ses.certificates import SnsCertificates
from accountgraph.cli.choices import one_of, one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outgoing import delivery, drawing, endpoint
from accountgraph.intake import take_told
from accountgraph.intake.bringing import bring, filled
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.outgoing.deliveries import Payload
from accountgraph.outgoing.kinds import EXAMPLE_AT, KINDS, SUBSCRIBABLE, Kind
from accountgraph.store.intake import PayloadRepository, PayloadState, StoredPayload
from accountgraph.web.fetching import fetch_mail

_HELP = "Webhooks: what providers told the public server (list, replay), and the systems that are told (endpoint, delivery, kinds)."
app = group(_HELP)
app.add_typer(endpoint.app, name="endpoint")
app.add_typer(delivery.app, name="delivery")
COMMANDS = {"webhook": app}
_FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, show_default=False, help="The body as it came.")
]


class Replayed(Struct, frozen=True):
    """What a payload said, and did: `told` things, and the effects in words."""

    provider: str
    told: int
    effects: list[str]


@command(app)
async def kinds(
    edge: Edge, *, example: Annotated[str | None, typer.Option("--example", metavar="KIND", help="Show its payload.")] = None
) -> None:
    """List what endpoints can hear about, or show the payload of a kind."""
    chosen = one_of(Kind, "--example", example)
    if chosen is not None:
        edge.print_json(Payload(type=chosen, timestamp=EXAMPLE_AT, data=to_builtins(KINDS[Kind(chosen)].example)))
        return
    table = [{"kind": kind, "description": KINDS[kind].description, "example": KINDS[kind].example} for kind in SUBSCRIBABLE]
    edge.emit(table, lambda: drawing.kinds_table({kind: KINDS[kind] for kind in SUBSCRIBABLE}))


@command(app)
async def replay(
    edge: Edge,
    *,
    file: _FileArgument,
    provider: Annotated[str, typer.Option("--provider", metavar="NAME", help="Whose it is; see `provider list`.", show_default=False)],
    content_type: Annotated[
        str, typer.Option("--content-type", metavar="TYPE", help="Of the body, where it is no JSON.")
    ] = "application/json",
    query: Annotated[str, typer.Option("--query", metavar="TEXT", help="The query of the address it was sent to.")] = "",
) -> None:
    """Take the body of a provider's request from a file, as the public server would. What is known already changes nothing.

    No signature is asked for: you vouch for the file.
    """
    name = one_of_words(list(EVERY_WEBHOOK), "--provider", provider)
    assert name is not None  # noqa: S101 - it was given
    webhook = webhook_for(name, SnsCertificates())
    told = webhook.events(file.read_bytes(), {"content-type": content_type}, dict(parse_qsl(query, keep_blank_values=True)))
    async with edge.app() as parts:
        brought = await bring(parts.db, WorkspaceVault(parts.db), told, fetch_mail)
        whole = filled(told, brought)
        effects = await parts.db.run(lambda session: take_told(session, whole, datetime.now(UTC)))
    done = Replayed(name, len(told), effects)
    edge.emit(done, lambda: "\n".join([f"{name} told {len(told)}:", *(f"  {line}" for line in effects or ["nothing"])]))


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help=f"One of {', '.join(PayloadState)}.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most, the latest first.")] = 20,
) -> None:
    """List what providers told, and what each did or why it failed."""
    chosen = one_of(PayloadState, "--state", state)
    async with edge.app() as parts:
        found = await PayloadRepository(parts.db).listing(state=PayloadState(chosen) if chosen else None, limit=limit)
    nothing = "No provider has told anything. docs/public-server.md says how they reach you."
    edge.emit(found, lambda: "\n".join(_lines(one) for one in found) or nothing)


def _lines(payload: StoredPayload) -> str:
    head = f"{payload.id}  {payload.received_at:%Y-%m-%d %H:%M}  {payload.provider:<10} {payload.state}  {payload.size:,} bytes"
    return "\n".join([head, *(f"    {line}" for line in [*payload.effects, *([payload.error] if payload.error else [])])])
