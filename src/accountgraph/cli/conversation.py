"""`conversation`: whose turn it is, and what was said."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render import conversation as drawn
from accountgraph.errors import NotFoundError
from accountgraph.store.events import events_of
from accountgraph.store.naming import find_account, find_conversation

app = group("Conversations: whose turn it is, and what was said.")
COMMANDS = {"conversation": app}
Conversation = Annotated[
    str,
    typer.Argument(metavar="CONVERSATION", help="An id, an external id, or an e-mail address: that contact's latest.", show_default=False),
]


@command(app)
async def health(
    edge: Edge,
    conversation: Annotated[
        str | None, typer.Argument(metavar="[CONVERSATION]", help="An id, an external id, or an e-mail address.", show_default=False)
    ] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="ACCOUNT", help="All active conversations of this account.")] = None,
) -> None:
    """Show whose turn it is, for how long, and why: of one conversation, or of an account's active ones."""
    if (conversation is None) == (account is None):
        raise typer.BadParameter("name a conversation, or an account with --account.", param_hint="CONVERSATION")
    async with edge.app() as parts:
        if account is not None:
            company = await find_account(parts.db, account)
            found = await parts.graph.get_conversations_health(company.id)
        else:
            talk = await find_conversation(parts.db, conversation or "")
            found = [await parts.graph.get_conversation_health(talk.id)]
    edge.emit(found, lambda: drawn.health_page(found))


@command(app)
async def history(edge: Edge, conversation: Conversation) -> None:
    """Show what was said, in order, and what became of each message."""
    async with edge.app() as parts:
        talk = await find_conversation(parts.db, conversation)
        contact = await parts.contacts.get_contact_by_id(talk.contact_id)
        if contact is None:
            raise NotFoundError(f"The contact of conversation {talk.id} was removed meanwhile.")
        touchpoints = await parts.touchpoints.get_touchpoint_history(talk.id)
        events = await events_of(parts.db, [touchpoint.id for touchpoint in touchpoints])
        now = parts.db.now()
    data = [{"touchpoint": touchpoint, "events": events[touchpoint.id]} for touchpoint in touchpoints]
    edge.emit(data, lambda: drawn.history_page(talk, contact, touchpoints, events, now))
