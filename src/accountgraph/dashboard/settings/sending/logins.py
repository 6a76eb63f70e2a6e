"""Signing a mailbox in at its service: the workspace's own client there, the way to the service, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from starlette.responses import RedirectResponse

from accountgraph.access import Permission
from accountgraph.addresses import email_key
from accountgraph.api.routes.sending.logins import BACK, SERVICES
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import Typed, does, drawn, registry_of, shows, to
from accountgraph.dashboard.settings.sending.mailboxes import connecting_page, servers_of
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.mailboxes.login.clients import MAIL_SERVICES, OwnClient, forget_client, get_client, put_client
from accountgraph.mailboxes.login.returning import LoginWanted, begin_login, why_refused
from accountgraph.mailboxes.setup.by_password import MailServer, server_of
from accountgraph.mailboxes.setup.services import SERVICES as KNOWN
from accountgraph.store.outreach.mailboxes import MailboxRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

_BY_API = {service: via for via, service in SERVICES.items()}


async def put(visit: Visit, form: Form) -> Done:
    """Keep the client that the service gave."""
    service = _service(form)
    fields = {
        "client_id": form.required("client_id", "as the service calls the client."),
        "client_secret": form.get("client_secret") or None,
        "tenant": form.get("tenant") or "common",
    }
    await put_client(visit.db, service, msgspec.convert(fields, OwnClient))
    return Done(f"Mailboxes can be signed in with {MAIL_SERVICES[service]}.", to=to(visit, "connect"))


async def forget(visit: Visit, form: Form) -> Done:
    """Forget it."""
    service = _service(form)
    if not await forget_client(visit.db, service):
        raise NotFoundError(f"There is no client of {MAIL_SERVICES[service]} here.")
    words = f"The client at {MAIL_SERVICES[service]} is forgotten. Mailboxes that were signed in by it go on."
    return Done(words, to=to(visit, "connect"))


async def begin(visit: Visit, form: Form) -> Response:
    """Lead to the service.

    By a page, for a browser does not follow a form's answer to another host under our policy.
    """
    service, address = _service(form), form.required("address", "the mailbox's address.")
    client = await get_client(visit.db, service)
    known: Any = next(one for one in KNOWN if one.oauth == service)
    said = {name: server_of(msgspec.convert(given, MailServer)) for name, given in servers_of(form).items()}
    path = f"{to(visit, 'connect/back')}?{urlencode({'address': email_key(address)})}"
    is_api = form.is_on("by_api")
    wanted = LoginWanted(
        sender_id=None,
        address=email_key(address),
        via=_BY_API[service] if is_api else "imap",  # type: ignore[arg-type]
        service=visit.parts.mail_services(service, client.tenant, is_api=is_api),
        client_id=client.client_id,
        client_secret=client.client_secret,
        imap={**known.imap_settings, **said["imap"], "reads_junk": form.is_on("reads_junk")},
        smtp={**known.smtp_settings, **said["smtp"]},
        return_to=path,
        is_told_there=True,
    )
    redirect = f"{visit.request.base_url}{BACK}"
    begun = await begin_login(registry_of(visit), visit.db.settings, wanted, redirect_uri=redirect, user_id=visit.principal.id)
    page = drawn(visit, "sending/leaving", "Sign in", "senders", url=begun.url, address=wanted.address, service=MAIL_SERVICES[service])
    page.headers["Refresh"] = f"0; url={begun.url}"
    return page


async def back_page(visit: Visit, typed: Typed) -> Response:
    """The browser came back: the mailbox is connected, or the page says why it is not."""
    given = visit.asked("address")
    address = email_key(given) if given else ""
    if refused := visit.asked("refused"):
        words = why_refused(visit.db.settings, refused) or "The service did not agree; sign in again."
        return await connecting_page(visit, Typed("login", {"address": [address]}, "", words, 409))
    found = next((one for one in await MailboxRepository(visit.db).list_mailboxes() if one.address == address), None)
    if found is None:
        return await connecting_page(visit, typed)
    done = Done(f"{address} is signed in: it sends, and its answers are read from now on.")
    return done.put_on(RedirectResponse(to(visit, f"senders/{found.sender_id}"), status_code=303))


def _service(form: Form) -> str:
    if (service := form.get("service")) not in MAIL_SERVICES:
        raise InvalidValueError("service", f"choose one of {', '.join(MAIL_SERVICES)}.")
    return service


WAYS = (
    does("connect/login", Permission.MAILBOXES_WRITE, begin, connecting_page),
    shows("connect/back", Permission.MAILBOXES_READ, back_page),
    does("connect/client", Permission.SETTINGS_WRITE, put, connecting_page),
    does("connect/client/forget", Permission.SETTINGS_WRITE, forget),
)
