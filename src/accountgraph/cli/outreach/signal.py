"""`signal`: something that happened, told by a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import ByOption, moment, pairs, who
from accountgraph.store.naming import find_account, find_contact

app = group("Things that happened: a reply, a bounce, a meeting, a deal.")
COMMANDS = {"signal": app}
_KINDS = ", ".join(kind.value for kind in SignalKind)


@app.callback()
def _group() -> None:
    """Things that happened: a reply, a bounce, a meeting, a deal."""


@command(app)
async def record(
    edge: Edge,
    *,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {_KINDS}.", show_default=False)],
    contact: Annotated[str | None, typer.Option("--contact", metavar="CONTACT", help="Whom it came from.")] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="ACCOUNT", help="The account, of a deal without a person.")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="What was written or said.")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it happened [now].")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="The date it gives: back from leave, time of a meeting.")
    ] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="NAME", help="Whom they name: a name or an e-mail address.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help="What was unsubscribed from.")] = None,
    learned: Annotated[
        list[str] | None, typer.Option("--learned", metavar="KEY=TEXT", help="For the context: topics_discussed=..., may be repeated.")
    ] = None,
    message_id: Annotated[str | None, typer.Option("--message-id", metavar="ID", help="The Message-ID of their mail.")] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="TEXT", help="What identifies it; the same again changes nothing.")] = None,
    by: ByOption = None,
) -> None:
    """Record what happened, and show what it did. The same of the same day again changes nothing."""
    if contact is None and account is None:
        raise typer.BadParameter("say whom it is about: --contact or --account.", param_hint="--contact")
    chosen = SignalKind(one_of(SignalKind, "KIND", kind.replace("-", "_")) or "")
    named: dict[str, Any] | None = None
    if person is not None:
        named = {"email": person} if "@" in person else {"name": person}
    async with edge.app() as parts:
        someone = await find_contact(parts.db, contact) if contact else None
        company = await find_account(parts.db, account) if account else None
        told = Told(
            kind=chosen,
            by=who(by),
            contact_id=someone.id if someone else None,
            company_id=company.id if company else None,
            at=moment("--at", at),
            until=moment("--until", until),
            text=text,
            message_id=message_id,
            person=named,
            channel=channel,
            learned={name: [value] for name, value in pairs("--learned", learned or []).items()},
            key=key,
        )
        recorded = await parts.db.run(lambda session: tell(session, told, session.now()))
    head = "Recorded." if recorded.is_new else "Nothing changed: it was recorded before, and did this:"
    effects = recorded.effects or ["nothing: nobody is moved by it"]
    edge.emit(recorded, lambda: "\n".join([head, *(f"  {effect}" for effect in effects)]))
