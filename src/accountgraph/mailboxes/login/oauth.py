"""Connecting a mailbox by the user's own OAuth2 client: in a browser on this machine, or by a code on any other.

The browser comes back to a port of this machine with a code (RFC 8252), which only who began can use (PKCE, RFC 7636). The device
grant (RFC 8628) needs no browser here.
"""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from msgspec import Struct

from accountgraph.mailboxes.errors import GrantError, MailboxError
from accountgraph.mailboxes.login.grants import checked, granted, posted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from accountgraph.mailboxes.login.grants import Grant, Service

LONGEST_WAIT = 600.0  # seconds that a person has
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_DONE = b"<!DOCTYPE html><title>AccountGraph</title><p>The mailbox is connected. You can close this page."
_FAILED = b"<!DOCTYPE html><title>AccountGraph</title><p>The mailbox is not connected; the command line says why."


class Client(Struct, frozen=True):
    """The user's own client at a service. Google gives its desktop clients a secret; Microsoft's public clients have none."""

    id: str
    secret: str | None = None

    def __repr__(self) -> str:
        return f"Client({self.id!r})"


class _Device(Struct, frozen=True):
    device_code: str
    user_code: str
    expires_in: float
    verification_uri: str = ""
    verification_url: str = ""  # as Google has it
    interval: float = 5


async def by_browser(service: Service, client: Client, address: str, now: Callable[[], datetime], show: Callable[[str], None]) -> Grant:
    """A grant by a browser of this machine; `show` is given the address to open.

    Raises:
        GrantError: the person or the service refused, or nobody came back in 10 minutes.
        MailboxError: the service cannot be reached.
    """
    verifier, state = token_urlsafe(64), token_urlsafe(32)
    came_back: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _answer(reader, writer, state, came_back)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    redirect = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        show(authorization_url(service, client, address, redirect=redirect, verifier=verifier, state=state))
        try:
            answer = await asyncio.wait_for(came_back, LONGEST_WAIT)
        except TimeoutError:
            raise GrantError("Nobody came back from the browser in 10 minutes; begin again.") from None
    return await exchanged(service, client, answer, redirect=redirect, verifier=verifier, now=now())


def authorization_url(service: Service, client: Client, address: str, *, redirect: str, verifier: str, state: str) -> str:
    """Where a person allows it; the service sends their browser back to `redirect`, with `state` and a code that needs `verifier`.

    Raises:
        ConfigError: the service's address is not HTTPS.
    """
    query = {
        "client_id": client.id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": service.scope,
        "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "state": state,
        "login_hint": address,
        "access_type": "offline",
        "prompt": "consent",
    }
    return f"{checked(service.authorize_url)}?{urlencode(query)}"


async def exchanged(service: Service, client: Client, answer: Mapping[str, str], *, redirect: str, verifier: str, now: datetime) -> Grant:
    """The grant for what a browser came back with.

    Raises:
        GrantError: the person or the service refused.
        MailboxError: the service cannot be reached.
    """
    if "code" not in answer:
        raise GrantError(f"{service.name} did not agree: {answer.get('error_description') or answer.get('error') or 'no reason given'}.")
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": redirect, "code_verifier": verifier}
    return granted(service, client.id, client.secret, await posted(service.token_url, {**form, **_said(client)}), now)


async def by_code(service: Service, client: Client, now: Callable[[], datetime], show: Callable[[str], None]) -> Grant:
    """A grant by a code that a person types into a browser anywhere; `show` is given what to do, in a sentence.

    Raises:
        GrantError: the person or the service refused, or the code ran out.
        MailboxError: the service cannot be reached.
    """
    answer = await posted(service.device_url, {"client_id": client.id, "scope": service.scope})
    if "error" in answer:
        raise GrantError(f"{service.name} gives no code: {answer.get('error_description') or answer['error']}.")
    try:
        device = msgspec.convert(answer, _Device, strict=False)
    except msgspec.ValidationError as error:
        raise MailboxError(f"{service.name} gave an answer without a code: {error}") from None
    show(f"Open {device.verification_uri or device.verification_url} and type the code {device.user_code}.")
    form = {"grant_type": _DEVICE, "device_code": device.device_code, **_said(client)}
    pause = max(device.interval, 0.05)
    loop = asyncio.get_running_loop()
    until = loop.time() + min(device.expires_in, LONGEST_WAIT)
    while loop.time() < until:
        await asyncio.sleep(pause)
        answer = await posted(service.token_url, form)
        match answer.get("error"):
            case "authorization_pending":
                continue
            case "slow_down":
                pause += 5
            case None:
                return granted(service, client.id, client.secret, answer, now())
            case error:
                raise GrantError(f"{service.name} did not agree: {answer.get('error_description') or error}.")
    raise GrantError("The code ran out before anybody typed it; begin again.")


def _said(client: Client) -> dict[str, str]:
    return {"client_id": client.id} | ({"client_secret": client.secret} if client.secret else {})


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: str, came_back: asyncio.Future[dict[str, str]]
) -> None:
    """One request of the browser. Whatever does not carry our state (an icon, a stranger's page) is no answer."""
    try:
        async with asyncio.timeout(10):
            line = (await reader.readline()).decode("ascii", "replace").split(" ")
        asked = {key: values[0] for key, values in parse_qs(urlsplit(line[1] if len(line) > 1 else "").query).items()}
        is_ours = asked.get("state") == state
        page = (_DONE if "code" in asked else _FAILED) if is_ours else b""
        status = "200 OK" if is_ours else "404 Not Found"
        head = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(page)}", "Connection: close", "", ""]
        writer.write("\r\n".join(head).encode() + page)
        await writer.drain()
        if is_ours and not came_back.done():
            came_back.set_result(asked)
    except (OSError, TimeoutError, ValueError):
        pass  # a browser that went away comes again
    finally:
        writer.close()
