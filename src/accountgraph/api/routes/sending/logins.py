"""Logging a mailbox in at its service: there with a browser, and back again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import AccessDeniedError, Denied, ForbiddenError, Permission
from accountgraph.acting import ActingKind
from accountgraph.api.call import Call
from accountgraph.api.guarding import there
from accountgraph.api.operation import Routes
from accountgraph.api.parameters import invalid
from accountgraph.api.routes.access.single_sign_on import Code, Redirect, Said
from accountgraph.errors import AccountGraphError, InvalidValueError
from accountgraph.http.problems import FieldProblem
from accountgraph.mailboxes.login.returning import (
    LoginBegun,
    LoginWanted,
    Via,
    begin_login,
    grant_of,
    refused_to,
    take_login,
    waiting_login,
)
from accountgraph.mailboxes.setup.by_password import MailServer, server_of
from accountgraph.mailboxes.setup.connecting import connect_by_grant
from accountgraph.mailboxes.setup.domain import Dns
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.mailboxes.login.grants import Grant

logins = Routes("mailboxes")
BACK = "api/v1/mailboxes/oauth/callback"
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # a path of this very host, without anything that browsers read as another
SERVICES = {"gmail-api": "google", "graph": "microsoft"}
_OVER = "This login is too old, was used, or never began here; begin again."


class MailboxLogin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a mailbox is logged in, by your own client at its service.

    `client_secret`: as the service gave it; kept sealed, and never shown. `via`: over IMAP and SMTP, or by the service's own interface.
    `tenant`: Microsoft's, of one organization. `imap`, `smtp`: servers, as far as they are not known by the address's service.
    `return_to`: where the browser goes afterwards, a path of this server.
    """

    service: Literal["google", "microsoft"]
    client_id: Annotated[str, Meta(min_length=1, max_length=500)]
    client_secret: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    via: Via = "imap"
    tenant: Annotated[str, Meta(max_length=253, pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]*$")] = "common"
    imap: MailServer = MailServer()
    smtp: MailServer = MailServer()
    reads_junk: bool = False
    return_to: Annotated[str, Meta(max_length=2000)] = "/"


@logins.post("/mailboxes/{sender_id}/authorize", needs=Permission.MAILBOXES_WRITE, writes=False, is_shown_once=True)
async def authorize_mailbox(call: Call, sender_id: UUID, body: MailboxLogin) -> LoginBegun:
    """Connect a sender's mailbox by OAuth2: send its owner's browser to the `url` of the answer.

    The service sends the browser back here within ten minutes; it has to be logged in, as whoever began this or, where a key did, as
    anybody who may connect mailboxes. The address to register at the service is `/api/v1/mailboxes/oauth/callback` of this server.
    """
    if SERVICES.get(body.via, body.service) != body.service:
        raise InvalidValueError("via", f"{body.service} has no mailboxes of {body.via}.")
    sender = there(await SenderRepository(call.db).get_sender(sender_id), "sender", sender_id)
    if sender.channel != "email":
        raise InvalidValueError("sender_id", f"{sender.address} is no mailbox; only a sender of the channel email is one.")
    wanted = LoginWanted(
        sender_id=sender_id,
        address=sender.address,
        via=body.via,
        service=call.parts.mail_services(body.service, body.tenant, is_api=body.via != "imap"),
        client_id=body.client_id,
        client_secret=body.client_secret,
        imap={**server_of(body.imap), "reads_junk": body.reads_junk},
        smtp=server_of(body.smtp),
        return_to=body.return_to if _LOCAL.fullmatch(body.return_to) else "/",
    )
    user_id = call.principal.id if call.principal.kind is ActingKind.USER else None
    redirect = f"{call.request.base_url}{BACK}"
    return await begin_login(call.registry, call.database.settings, wanted, redirect_uri=redirect, user_id=user_id)


@logins.get("/mailboxes/oauth/callback", is_open=True, status=303)
async def finish_mailbox_login(
    call: Call, *, state: Said | None = None, code: Code | None = None, error: Said | None = None, error_description: Said | None = None
) -> Redirect:
    """The service sends the browser back here: the mailbox is tried, and read from now on; the browser goes where it wanted to.

    401 where the browser is not logged in, or the login is too old or was used; 403 where it is somebody else's.
    """
    if state is None:
        raise invalid([FieldProblem("state", "is required.")])
    who = await call.parts.recognise.signed_in(call.request)
    waiting = await waiting_login(call.registry, state)
    if waiting is None:
        raise AccessDeniedError(Denied.UNKNOWN, _OVER)
    principal = who.principal(waiting.workspace)
    if not principal.may(Permission.MAILBOXES_WRITE) or waiting.user_id not in {None, who.user_id}:
        raise ForbiddenError("Somebody else began this login; begin it here yourself.")
    answer = {"code": code, "error": error, "error_description": error_description}
    async with call.parts.workspaces.use(waiting.workspace, as_agent=False) as database:
        db = database.acting_as(principal.acting(call.request_id))
        taken = await take_login(call.registry, db.settings, waiting)
        if taken is None:
            raise AccessDeniedError(Denied.UNKNOWN, _OVER)
        try:
            grant = await grant_of(taken, {name: said for name, said in answer.items() if said is not None}, call.registry.now())
            await _connect(db, taken.wanted, grant)
        except AccountGraphError as refused:
            if not taken.wanted.is_told_there:
                raise
            return Redirect(refused_to(db.settings, taken.wanted.return_to, str(refused)))
    return Redirect(taken.wanted.return_to)


async def _connect(db: Database, wanted: LoginWanted, grant: Grant) -> None:
    if wanted.sender_id is not None:
        there(await SenderRepository(db).get_sender(wanted.sender_id), "sender", wanted.sender_id)
    await connect_by_grant(db, wanted.address, grant=grant, via=wanted.via, imap=wanted.imap, smtp=wanted.smtp, dns=Dns())
