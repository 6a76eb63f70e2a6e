"""OAuth2 grants: what a service gave once and gives access tokens for, again and again (RFC 6749, section 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from accountgraph.addresses import is_this_machine
from accountgraph.errors import ConfigError
from accountgraph.mailboxes.errors import GrantError, MailboxError

if TYPE_CHECKING:
    from collections.abc import Mapping

MARGIN = timedelta(minutes=3)  # a token is good for so long at least when it is given out
TIMEOUT_SECONDS = 15.0
_LASTING = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})


class Service(Struct, frozen=True, kw_only=True):
    """Where a service's tokens come from. Everything is HTTPS, unless it is this machine."""

    name: str
    authorize_url: str
    device_url: str
    token_url: str
    scope: str

    def at(self, base: str) -> Service:
        """The same service at another address.

        Raises:
            ConfigError: it is not HTTPS.
        """
        checked(base)
        base = base.rstrip("/")
        return msgspec.structs.replace(self, authorize_url=f"{base}/authorize", device_url=f"{base}/devicecode", token_url=f"{base}/token")


class Grant(Struct, frozen=True, kw_only=True):
    """What is kept sealed: the client, and the tokens of one mailbox."""

    service: str
    token_url: str
    client_id: str
    client_secret: str | None
    scope: str
    refresh_token: str
    access_token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Grant({self.service!r})"

    def is_good(self, now: datetime) -> bool:
        """Whether its access token can still be given out."""
        return now + MARGIN < self.expires_at


class _Tokens(Struct, frozen=True):
    access_token: str
    expires_in: float = 3600
    refresh_token: str | None = None
    scope: str | None = None


GOOGLE = Service(
    name="google",
    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
    device_url="https://oauth2.googleapis.com/device/code",
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    scope="https://mail.google.com/",
)
GOOGLE_API = msgspec.structs.replace(
    GOOGLE, scope="https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/gmail.send"
)
_IMAP = "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
_GRAPH = "offline_access https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/Mail.Send"


def microsoft(tenant: str = "common", *, graph: bool = False) -> Service:
    """Microsoft 365 and outlook.com; `tenant`: the organization's, or `common` for any. `graph`: for Microsoft Graph, not for IMAP."""
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    return Service(
        name="microsoft",
        authorize_url=f"{base}/authorize",
        device_url=f"{base}/devicecode",
        token_url=f"{base}/token",
        scope=_GRAPH if graph else _IMAP,
    )


def service_named(name: str, tenant: str, *, is_api: bool) -> Service:
    """Google or Microsoft, for its own interface (`is_api`) or for IMAP and SMTP."""
    if name == "google":
        return GOOGLE_API if is_api else GOOGLE
    return microsoft(tenant, graph=is_api)


def checked(url: str) -> str:
    """An address that tokens may be sent to.

    Raises:
        ConfigError: it is not HTTPS.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(parts.hostname or "")):
        raise ConfigError(f"{url}: tokens are sent over HTTPS only; write https://.")
    return url


async def refreshed(grant: Grant, now: datetime) -> Grant:
    """The grant with a new access token, and with the new refresh token where the service gave one.

    Raises:
        GrantError: the service takes it no more: the mailbox has to be connected again.
        MailboxError: the service cannot be reached, or is not able to now.
    """
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "scope": grant.scope, **client_of(grant)}
    tokens = tokens_of(await posted(grant.token_url, form), grant.service)
    return msgspec.structs.replace(
        grant,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or grant.refresh_token,
        expires_at=now + timedelta(seconds=tokens.expires_in),
    )


def granted(service: Service, client_id: str, client_secret: str | None, answer: Mapping[str, Any], now: datetime) -> Grant:
    """The grant of a service's first answer.

    Raises:
        GrantError: it gave none that lasts, or the person did not allow everything.
    """
    tokens = tokens_of(answer, service.name)
    withheld = [] if tokens.scope is None else sorted(_rights(service.scope) - _rights(tokens.scope))
    if withheld:
        raise GrantError(f"{service.name} was not allowed {', '.join(withheld)}; connect again, and tick every box.")
    if not tokens.refresh_token:
        raise GrantError(f"{service.name} gave no refresh token; remove the app's access in the account's settings, then connect again.")
    return Grant(
        service=service.name,
        token_url=service.token_url,
        client_id=client_id,
        client_secret=client_secret,
        scope=service.scope,
        refresh_token=tokens.refresh_token,
        access_token=tokens.access_token,
        expires_at=now + timedelta(seconds=tokens.expires_in),
    )


def _rights(scope: str) -> set[str]:
    """What a scope allows, by the names that are the same however a service writes them."""
    return {one.rstrip("/").rpartition("/")[2].lower() for one in scope.split()} - {"offline_access"}


def client_of(grant: Grant) -> dict[str, str]:
    """Who asks."""
    return {"client_id": grant.client_id} | ({"client_secret": grant.client_secret} if grant.client_secret else {})


def tokens_of(answer: Mapping[str, Any], service: str) -> _Tokens:
    """The tokens of an answer.

    Raises:
        GrantError, MailboxError: it says why there are none.
    """
    if "error" in answer:
        said = " ".join(f"{answer['error']}: {answer.get('error_description', '')}".split())[:300]
        if answer["error"] in _LASTING:
            raise GrantError(f"{service} gives no access any more ({said}); connect the mailbox again with `mailbox add`.")
        raise MailboxError(f"{service} gives no token now ({said}).")
    try:
        return msgspec.convert(dict(answer), _Tokens, strict=False)
    except msgspec.ValidationError:
        raise MailboxError(f"{service} gave an answer without a token.") from None


async def posted(url: str, form: Mapping[str, str]) -> dict[str, Any]:
    """What a service answers to a form, errors of the protocol included.

    Raises:
        MailboxError: it cannot be reached, or answers with something else.
    """
    import httpx  # noqa: PLC0415 - slow to load, and few calls need a token

    host = urlsplit(url).hostname
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            response = await client.post(checked(url), data=dict(form), headers={"Accept": "application/json"})
            answer = msgspec.json.decode(response.content)
    except httpx.HTTPError as error:
        raise MailboxError(f"{host} cannot be reached: {error or type(error).__name__}") from None  # the cause may hold the form
    except msgspec.DecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise MailboxError(f"{host} answers with {response.status_code} and no JSON.")
    return answer
