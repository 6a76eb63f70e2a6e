"""`inbox`: what came in and wants an answer."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.campaigns.work import inbox
from accountgraph.campaigns.work.answers import Answer, answer
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.finding import find_id
from accountgraph.campaigns.work.resume import resume as resume_people
from accountgraph.campaigns.work.tasks import TaskKind, Wanted
from accountgraph.cli.choices import one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import (
    AccountOption,
    ByOption,
    CampaignOption,
    LimitOption,
    SnoozedOption,
    campaign_id_of,
    transports_over,
    who,
    words_from,
)
from accountgraph.cli.render.outreach import inbox as drawn
from accountgraph.store.naming import find_account, find_contact

app = group("What came in: list, show, reply, assign, and let people go on.")
COMMANDS = {"inbox": app}
Which = Annotated[str, typer.Argument(metavar="ITEM", help="Its id, or 4 or more of its first digits.", show_default=False)]
_KINDS = ["reply", "proposal", "meeting_outcome", "question"]


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help=f"{', '.join(_KINDS)}.")] = None,
    account: AccountOption = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Only what this person does.")] = None,
    snoozed: SnoozedOption = False,
    limit: LimitOption = 100,
) -> None:
    """List what came in and is open, what is due first before the rest."""
    chosen = one_of_words(_KINDS, "--kind", kind)
    async with edge.app() as parts:
        company = await find_account(parts.db, account) if account else None
        wanted = Wanted(
            kind=TaskKind(chosen) if chosen else None,
            owner=owner,
            company_id=company.id if company else None,
            include_snoozed=snoozed,
            limit=limit,
        )
        now = parts.db.now()
        found = await inbox.list_inbox(parts.db, wanted, now)
    edge.emit(found, lambda: drawn.inbox_table(found, now))


@command(app)
async def show(edge: Edge, item: Which) -> None:
    """Show what came in, the conversation before it, and who stands still because of it."""
    async with edge.app() as parts:
        now = parts.db.now()
        found = await inbox.open_item(parts.db, await find_id(parts.db, "task", item), now)
    edge.emit(found, lambda: drawn.item_page(found, now))


@command(app)
async def reply(
    edge: Edge,
    *,
    item: Which,
    content: Annotated[str | None, typer.Option("--content", metavar="TEXT", help="What you write; nothing is added to it.")] = None,
    file: Annotated[str | None, typer.Option("--file", metavar="FILE", help="The same from a file; - is standard input.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="TEXT", help="Another subject than the thread's.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", metavar="ADDRESS", help="Another mailbox than the one that wrote.")] = None,
    by: ByOption = None,
) -> None:
    """Answer by e-mail, in the thread, from the mailbox that wrote. The same words again send nothing."""
    words = words_from(content, file)
    if words is None:
        raise typer.BadParameter("say something: --content, or --file with a text.", param_hint="--content")
    given = Answer(content=words, by=who(by), subject=subject, sender=sender)
    async with edge.app() as parts:
        transports = transports_over(edge, parts.db)
        try:
            done = await answer(parts.db, transports.transport_for, await find_id(parts.db, "task", item), given)
        finally:
            await transports.close()
    if done.outcome is not Sent.SENT:
        raise WorkStateError(drawn.not_sent(done))
    edge.emit(done, lambda: drawn.answered_text(done))


@command(app)
async def assign(
    edge: Edge, item: Which, owner: Annotated[str, typer.Argument(metavar="OWNER", help="Who answers: a name, or a user's id.")]
) -> None:
    """Give it to somebody."""
    async with edge.app() as parts:
        which = await find_id(parts.db, "task", item)
        task = await parts.db.run(lambda session: inbox.assign(session, which, owner, session.now()))
    edge.emit(task, lambda: f"{task.owner} does it: {task.title}.")


@command(app)
async def resume(
    edge: Edge,
    *,
    account: Annotated[str | None, typer.Option("--account", metavar="ACCOUNT", help="Everybody of this account.")] = None,
    contact: Annotated[str | None, typer.Option("--contact", metavar="CONTACT", help="This person alone.")] = None,
    campaign: CampaignOption = None,
) -> None:
    """Let paused people go on: a whole account, or one person."""
    if (account is None) == (contact is None):
        raise typer.BadParameter("say who goes on: --account or --contact.", param_hint="--account")
    async with edge.app() as parts:
        company = await find_account(parts.db, account) if account else None
        person = await find_contact(parts.db, contact) if contact else None
        chosen = await campaign_id_of(parts.db, campaign)
        done = await parts.db.run(
            lambda session: resume_people(
                session,
                company_id=company.id if company else None,
                contact_id=person.id if person else None,
                campaign_id=chosen,
                now=session.now(),
            )
        )
    edge.emit(done, lambda: drawn.resumed_text(done))
