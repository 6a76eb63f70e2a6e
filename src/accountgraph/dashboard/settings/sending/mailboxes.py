"""Mailboxes: connected by a password, tried step by step, read no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.access import Permission
from accountgraph.api.routes.sending.logins import BACK
from accountgraph.channels.smtp_settings import Tls
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import NOTHING, Typed, does, drawn, shows, to
from accountgraph.dashboard.settings.sending.senders import draw_sender
from accountgraph.mailboxes.login.clients import MAIL_SERVICES, services_with_client
from accountgraph.mailboxes.setup.by_password import NewMailbox, connected
from accountgraph.mailboxes.setup.checks import check_mailbox
from accountgraph.mailboxes.setup.domain import Dns
from accountgraph.mailboxes.setup.services import SERVICES
from accountgraph.store.outreach.mailboxes import MailboxRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

_TEXTS = ("username", "display_name", "signature", "sent_folder")


async def connecting_page(visit: Visit, typed: Typed) -> Response:
    """How a mailbox is connected: signed in at its service, or by its password here."""
    return drawn(
        visit,
        "sending/connecting",
        "Connect a mailbox",
        "senders",
        typed,
        services=SERVICES,
        tls=[("", "as the port says"), *((one, one) for one in Tls)],
        with_client=await services_with_client(visit.db),
        mail_services=MAIL_SERVICES,
        came_back=f"{visit.request.base_url}{BACK}",
    )


async def connect(visit: Visit, form: Form) -> Done:
    """Try both logins, and keep the mailbox where both work."""
    given: dict[str, Any] = {"address": form.required("address", "the mailbox's address."), "password": form.text("password") or ""}
    given |= {name: value for name in _TEXTS if (value := form.get(name))}
    given |= {"reads_junk": form.is_on("reads_junk"), "warmup": form.is_on("warmup"), "alias_replies": form.is_on("alias_replies")}
    if (most := form.number("per_day")) is not None:
        given["per_day"] = most
    mailbox = await connected(visit.db, msgspec.convert({**given, **servers_of(form)}, NewMailbox))
    return Done(
        f"Both logins work: {mailbox.address} sends, and its answers are read from now on.", to=to(visit, f"senders/{mailbox.sender_id}")
    )


def servers_of(form: Form) -> dict[str, dict[str, Any]]:
    """What a form says of the servers, as far as it does."""
    found: dict[str, dict[str, Any]] = {}
    for server in ("imap", "smtp"):
        said = {"host": form.get(f"{server}.host"), "port": form.number(f"{server}.port"), "tls": form.get(f"{server}.tls")}
        found[server] = {name: value for name, value in said.items() if value}
    return found


async def test(visit: Visit, form: Form) -> Response:
    """Try both logins, the folders, and what the domain says."""
    del form
    found = await MailboxRepository(visit.db).get_mailbox(visit.id_in_path("sender_id", "sender"))
    return await draw_sender(visit, NOTHING, checks=await check_mailbox(visit.db, found, Dns()))


async def leave(visit: Visit, form: Form) -> Done:
    """Read it no more; it goes on sending."""
    del form
    repository = MailboxRepository(visit.db)
    found = await repository.get_mailbox(visit.id_in_path("sender_id", "sender"))
    await repository.remove_mailbox(found.sender_id)
    return Done(
        f"{found.address} is read no more. It goes on sending; connect it again to read it.", to=to(visit, f"senders/{found.sender_id}")
    )


WAYS = (
    shows("connect", Permission.MAILBOXES_READ, connecting_page),
    does("connect", Permission.MAILBOXES_WRITE, connect, connecting_page),
    does("senders/{sender_id}/test", Permission.MAILBOXES_WRITE, test),
    does("senders/{sender_id}/leave", Permission.MAILBOXES_WRITE, leave),
)
