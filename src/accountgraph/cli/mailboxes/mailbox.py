"""`mailbox`: mailboxes that we send from and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.campaigns.work.trial import send_trial
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.mailboxes import options as o
from accountgraph.cli.mailboxes.adding import Wanted, add_mailbox
from accountgraph.cli.outreach.shared import transports_over
from accountgraph.cli.render.outreach import mailboxes as drawn
from accountgraph.errors import AccountGraphError, ConfigError
from accountgraph.intake import take_mail
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.mailboxes.setup.checks import check_mailbox, tried
from accountgraph.mailboxes.setup.domain import Check, Dns, Verdict
from accountgraph.mailboxes.setup.trial import signature_of_own_mail
from accountgraph.store.outreach.mailboxes import MailboxRepository

if TYPE_CHECKING:
    from accountgraph.app import App
    from accountgraph.store.outreach.mailboxes import Mailbox

app = group("Mailboxes that are read: add, test, list, sync, remove.")
COMMANDS = {"mailbox": app}
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The mailbox's e-mail address.", show_default=False)]
Resolver = Annotated[str | None, typer.Option("--resolver", metavar="HOST", help="Ask this DNS server [this machine's].")]


@command(app)
async def add(
    edge: Edge,
    *,
    address: Address,
    via: o.Via = "imap",
    name: o.Name = None,
    username: o.Username = None,
    password_env: o.PasswordEnv = None,
    oauth: o.OAuth = None,
    client_id: o.ClientId = None,
    client_secret_env: o.ClientSecretEnv = None,
    tenant: o.Tenant = "common",
    oauth_url: o.OAuthUrl = None,
    api_url: o.ApiUrl = None,
    imap_host: o.ImapHost = None,
    imap_port: o.ImapPort = None,
    imap_tls: o.ImapTls = None,
    smtp_host: o.SmtpHost = None,
    smtp_port: o.SmtpPort = None,
    smtp_tls: o.SmtpTls = None,
    ca_file: o.CaFile = None,
    sent_folder: o.SentFolder = None,
    sent_copy: o.SentCopy = None,
    signature: o.Signature = None,
    alias: o.Alias = False,
    junk: o.Junk = False,
    per_day: o.PerDay = None,
    warmup: o.Warmup = False,
    resolver: Resolver = None,
) -> None:
    """Read a mailbox from now on, and send from it.

    The password comes from a prompt or standard input, never from the command line. The login is tried before anything is kept.
    """
    said: dict[str, Any] = {name: value for name, value in locals().items() if name in Wanted.__slots__}  # they have the same names
    imap, smtp = o.server(imap_host, imap_port, imap_tls, ca_file), o.server(smtp_host, smtp_port, smtp_tls, ca_file)
    async with edge.app() as parts:
        made = await add_mailbox(parts.db, Wanted(**said, imap=imap, smtp=smtp), Dns(resolver), edge.say)
        facts = drawn.facts_of(made, parts.db.now())
    edge.emit(facts, lambda: f"{made.address} is there; the worker reads it, or `mailbox sync {made.address}`.")


@command(app, "test")
async def try_out(
    edge: Edge,
    *,
    address: Address,
    send: Annotated[bool, typer.Option("--send", help="Send a mail to itself, read it back, verify its signature.")] = False,
    wait: Annotated[int, typer.Option("--wait", min=1, max=600, help="Seconds to wait for that mail.")] = 60,
    selector: Annotated[
        list[str] | None, typer.Option("--selector", metavar="NAME", help="Where the domain's DKIM key stands; may be repeated.")
    ] = None,
    resolver: Resolver = None,
) -> None:
    """Try the logins, look for the folders, and look at what the domain says (SPF, DKIM, DMARC)."""
    async with edge.app() as parts:
        mailbox = await MailboxRepository(parts.db).get_mailbox_by_address(address)
        dns = Dns(resolver)
        checks = await check_mailbox(parts.db, mailbox, dns, selector)
        if send:
            checks.append(await tried("Signature", lambda _: _to_itself(edge, parts, mailbox, dns, wait)))
    edge.emit({"address": mailbox.address, "checks": checks}, lambda: drawn.checks_table(checks))
    failed = [check for check in checks[:2] if check.verdict is Verdict.MISSING]
    if failed:
        raise ConfigError(f"{mailbox.address}: {failed[0].name} does not work.")


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List the mailboxes that are read, and how they fare."""
    async with edge.app() as parts:
        found = await MailboxRepository(parts.db).list_mailboxes()
        now = parts.db.now()
    edge.emit([drawn.facts_of(one, now) for one in found], lambda: drawn.mailboxes_table(found, now))


@command(app)
async def sync(
    edge: Edge, address: Annotated[str | None, typer.Argument(metavar="[ADDRESS]", help="This one [all].", show_default=False)] = None
) -> None:
    """Take what is new, once; the worker does so all the time."""
    async with edge.app() as parts:
        mailboxes = MailboxRepository(parts.db)
        wanted = [await mailboxes.get_mailbox_by_address(address)] if address else await mailboxes.list_mailboxes()
        rows = []
        for mailbox in wanted:
            try:
                done = await sync_mailbox(
                    parts.db,
                    mailbox,
                    WorkspaceVault(parts.db),
                    take_mail,
                    lambda seen: edge.say(f"Headers of {seen.folder}: {seen.done:,} of {seen.total:,} ..."),
                )
                rows.append(drawn.Row(mailbox.address, done, None))
            except AccountGraphError as error:
                rows.append(drawn.Row(mailbox.address, None, str(error)))
    edge.emit(rows, lambda: drawn.synced_text(rows))
    failed = [row.address for row in rows if row.error]
    if failed:
        raise ConfigError(f"{', '.join(failed)} could not be read to the end.")


@command(app)
async def remove(edge: Edge, address: Address) -> None:
    """Read a mailbox no more; it goes on sending, and follow-ups wait for it no longer."""
    async with edge.app() as parts:
        mailboxes = MailboxRepository(parts.db)
        found = await mailboxes.get_mailbox_by_address(address)
        await mailboxes.remove_mailbox(found.sender_id)
    edge.emit({"address": found.address}, lambda: f"{found.address} is not read any more.")


async def _to_itself(edge: Edge, parts: App, mailbox: Mailbox, dns: Dns, wait: int) -> Check:
    transports = transports_over(edge, parts.db)
    try:
        trial = await send_trial(parts.db, transports.transport_for, mailbox.address, sender=mailbox.address)
    finally:
        await transports.close()
    if trial.outcome is not Sent.SENT or mailbox.transport == "console":
        return Check("Signature", Verdict.UNKNOWN, f"no mail could be sent to itself: {trial.detail}", "See to sending first.")
    vault = WorkspaceVault(parts.db)
    return await signature_of_own_mail(parts.db, mailbox, vault, trial.message_id, dns, wait_seconds=wait)
