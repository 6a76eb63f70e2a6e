"""What `mailbox add` does: finds the servers, gets the login, tries both, and only then keeps anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from accountgraph.addresses import email_key
from accountgraph.cli.mailboxes.asking import answer_to, secret_from, variable
from accountgraph.mailboxes.login.grants import GOOGLE, GOOGLE_API, microsoft
from accountgraph.mailboxes.login.oauth import Client, by_browser, by_code
from accountgraph.mailboxes.setup.by_password import reading_fields, sender_fields
from accountgraph.mailboxes.setup.connecting import VIAS, FreshSecret, Way, keep_mailbox, service_for, try_logins

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Database
    from accountgraph.mailboxes.login.grants import Grant
    from accountgraph.mailboxes.setup.domain import Dns
    from accountgraph.store.outreach.mailboxes import Mailbox

_SERVICES = {"gmail-api": "google", "graph": "microsoft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked; None is found out. `imap` and `smtp`: host, port, tls and ca_file as far as they were said."""

    address: str
    via: str
    name: str | None
    username: str | None
    password_env: str | None
    oauth: str | None
    client_id: str | None
    client_secret_env: str | None
    tenant: str
    oauth_url: str | None
    api_url: str | None
    imap: dict[str, Any]
    smtp: dict[str, Any]
    sent_folder: str | None
    sent_copy: str | None
    signature: str | None
    alias: bool
    junk: bool
    per_day: int | None
    warmup: bool


async def add_mailbox(db: Database, wanted: Wanted, dns: Dns, say: Callable[[str], None]) -> Mailbox:
    """Add a mailbox, or change how it is reached.

    Raises:
        typer.BadParameter: something has to be said.
        AccountGraphError: a login does not work; nothing is kept then.
    """
    address = email_key(wanted.address)
    way = await (_by_imap(address, wanted, db, dns, say) if wanted.via == "imap" else _by_api(address, wanted, db, say))
    sender = sender_fields(
        display_name=wanted.name,
        signature=wanted.signature,
        per_day=wanted.per_day,
        alias_replies=wanted.alias,
        warmup_from=db.now() if wanted.warmup else None,
    )
    return await keep_mailbox(db, address, way, sender)


async def _by_imap(address: str, wanted: Wanted, db: Database, dns: Dns, say: Callable[[str], None]) -> Way:
    if wanted.api_url:
        raise typer.BadParameter("goes with --via gmail-api or graph.", param_hint="--api-url")
    imap, smtp = await _servers(address, wanted, dns, say)
    grant = await _grant(address, wanted, db, say) if wanted.oauth else None
    secret = grant.access_token if grant else variable(wanted.password_env, "--password-env") or secret_from(f"Password of {address}: ")
    kind = "oauth" if grant else "password"
    login = {kind: f"secret:mailbox {address}", "username": wanted.username or address}
    imap, smtp = {**imap, **login}, {**smtp, **login}
    await try_logins(db, address, imap, smtp, FreshSecret(secret))
    return Way(protocol="imap", reading=imap, sending=smtp, secret=_encoded(grant) if grant else secret)


async def _by_api(address: str, wanted: Wanted, db: Database, say: Callable[[str], None]) -> Way:
    from accountgraph.mailboxes.reading.api_mailbox import APIS  # noqa: PLC0415 - the HTTP client is slow to load

    if wanted.oauth not in {None, _SERVICES[wanted.via]}:
        raise typer.BadParameter(f"{wanted.oauth} has no mailboxes of {wanted.via}; leave it out.", param_hint="--oauth")
    grant = await _grant(address, wanted, db, say)
    sending = {"oauth": f"secret:mailbox {address}", **_said({"base_url": wanted.api_url})}
    reading = {**sending, "reads_junk": wanted.junk}
    protocol = VIAS[wanted.via]
    async with APIS[protocol].open(reading, FreshSecret(grant.access_token)) as api:
        owner = await api.whose()
    if protocol == "gmail" and owner.lower() != address:
        say(f"The account is {owner}; it has to be allowed to send as {address}.")
    return Way(protocol=protocol, reading=reading, sending=sending, secret=_encoded(grant))


async def _servers(address: str, wanted: Wanted, dns: Dns, say: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    said_imap, said_smtp = _said(wanted.imap), _said(wanted.smtp)
    service = await service_for(address, dns, is_known=bool(said_imap.get("host") and said_smtp.get("host")))
    if service is not None and "host" not in said_imap:
        say(f"{address} is with {service.name}: {service.note}.")
    imap = {**(service.imap_settings if service else {}), **said_imap}
    smtp = {**(service.smtp_settings if service else {}), **said_smtp}
    for settings, flag, what in ((imap, "--imap-host", "IMAP"), (smtp, "--smtp-host", "SMTP")):
        if "host" not in settings:
            settings["host"] = answer_to(f"{what} server of {address}", flag)
    reading = reading_fields(sent_copy=wanted.sent_copy, sent_folder=wanted.sent_folder, reads_junk=wanted.junk)
    return {**imap, **reading}, smtp


async def _grant(address: str, wanted: Wanted, db: Database, say: Callable[[str], None]) -> Grant:
    if not wanted.client_id:
        raise typer.BadParameter("is needed for OAuth2; docs/mailboxes.md says how to make one.", param_hint="--client-id")
    client = Client(wanted.client_id, variable(wanted.client_secret_env, "--client-secret-env"))
    is_api = wanted.via in _SERVICES
    is_google = (_SERVICES.get(wanted.via) or wanted.oauth) == "google"
    google = GOOGLE_API if is_api else GOOGLE
    service = google if is_google else microsoft(wanted.tenant, graph=is_api)
    service = service.at(wanted.oauth_url) if wanted.oauth_url else service
    if is_google:
        return await by_browser(service, client, address, db.now, lambda url: say(f"Open this address in a browser here:\n{url}"))
    return await by_code(service, client, db.now, say)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _encoded(grant: Grant) -> str:
    return msgspec.json.encode(grant).decode()
