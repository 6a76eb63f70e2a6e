"""`serve`: the API for programs, and what the world reaches: webhooks, opens and clicks, people's choices."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
from contextlib import ExitStack
from ipaddress import ip_network
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.api.measuring import FOLDER as METRICS_FOLDER
from accountgraph.cli.frame import Edge, command, group, run_async
from accountgraph.cli.render.outreach.permissions import public_address_text
from accountgraph.errors import AccountGraphError, InvalidValueError
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.web.asgi import TRUSTED
from accountgraph.web.fetching import FetchError
from accountgraph.web.verification import verify_public_url, verify_tracking_hosts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Database
    from accountgraph.store.outreach.settings import WorkspaceSettings

app = group("")
COMMANDS = {"serve": app}
ASKED_FOR = 60  # seconds that the public address has to lead here
ASKED_EVERY = 2


@command(app)
def serve(
    edge: Edge,
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Listen on this address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Listen on this port.")] = 8080,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="So many processes.")] = 1,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option("--trusted-proxy", metavar="ADDRESS", help="A proxy, or a network of them, that says who asks; may be repeated."),
    ] = None,
    public_url: Annotated[
        str | None, typer.Option("--public-url", metavar="URL", help="Set the workspace's public address, and verify it over HTTPS.")
    ] = None,
) -> None:
    """Serve until Ctrl-C: the API under /api/v1, and of all workspaces what the world reaches: webhooks, opens and clicks, preferences.

    It speaks plain HTTP: a proxy before it speaks HTTPS. With two workers or more, SIGHUP begins them anew, one after the other,
    and no request is lost. Nothing is tracked until the public address was verified.
    """
    proxies = [_proxy(one) for one in trusted_proxy or []]
    refuse_unless_free(host, port)
    url = edge.url()
    held, hosts = run_async(_public_address(edge, public_url))
    edge.say(f"Serving on http://{host}:{port} for all workspaces, the API at /api/v1; stop with Ctrl-C.")
    edge.say(f"Workspace {edge.settings.workspace}, public address {public_address_text(held).plain}.")
    if public_url or (held.public_url and hosts):
        threading.Thread(target=lambda: run_async(_verify(edge, is_new=bool(public_url))), daemon=True).start()
    run_server(edge, url, host=host, port=port, workers=workers, proxies=proxies)


def run_server(edge: Edge, url: str, *, host: str, port: int, workers: int = 1, proxies: Sequence[str] = ()) -> None:
    """Serve until it is stopped; the processes are told by their environment."""
    import uvicorn  # noqa: PLC0415 - no other command needs it

    settings = edge.settings
    os.environ |= {"DATABASE_URL": url, "ACCOUNTGRAPH_WORKSPACE": settings.workspace, TRUSTED: ",".join(proxies)}
    os.environ["ACCOUNTGRAPH_POOLER"] = "transaction" if settings.pooler else "none"
    with ExitStack() as stack:
        if workers > 1:  # each counts for itself, and the counts are added up where they are read
            os.environ.setdefault(METRICS_FOLDER, stack.enter_context(TemporaryDirectory(prefix="accountgraph-metrics-")))
        # The access log would hold people's tokens.
        uvicorn.run(
            "accountgraph.serving:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=10,
        )


def _proxy(given: str) -> str:
    """A proxy's address or network; with another text nobody would be believed, and every open would be the proxy's."""
    try:
        return given if given == "*" else str(ip_network(given.strip(), strict=False))
    except ValueError:
        raise typer.BadParameter(
            f"{given!r} is no address or network; write 127.0.0.1 or 10.0.0.0/8.", param_hint="--trusted-proxy"
        ) from None


def refuse_unless_free(host: str, port: int) -> None:
    """Say what is in the way before anything is started: the server itself would only give the system's words."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        socket.create_server(address[:2], family=family).close()
    except socket.gaierror:
        raise InvalidValueError(
            "--host", f"{host!r} is no address of this machine; 127.0.0.1 is for a proxy beside it, 0.0.0.0 for all."
        ) from None
    except OSError as error:
        flag = "--host" if error.errno == errno.EADDRNOTAVAIL else "--port"
        why = (error.strerror or str(error)).rstrip(".")
        raise InvalidValueError(flag, f"{host}:{port} cannot be listened on: {why}; choose another, or end what holds it.") from None


async def _public_address(edge: Edge, given: str | None) -> tuple[WorkspaceSettings, list[str]]:
    """The public address, and the hosts for links that are not verified."""
    async with edge.app() as parts:
        repository = SettingsRepository(parts.db)
        held = await (repository.update_settings({"public_url": given}) if given else repository.get_settings())
        return held, await SenderRepository(parts.db).unverified_hosts()


async def _verify(edge: Edge, *, is_new: bool) -> None:
    """Once the server listens, ask the public address, if it is new, and then the hosts for links until they lead here, or for a minute."""
    async with edge.app() as parts:
        if is_new and not await _verified(edge, parts.db):
            return
        for left in reversed(range(0, ASKED_FOR, ASKED_EVERY)):
            hosts = await verify_tracking_hosts(parts.db)
            for host, why in hosts.items():
                if why is None:
                    edge.say(f"{host} leads here: it is verified.")
                elif not left:
                    edge.say(f"{host} is not verified, so that the public address stands in: {why}")
            if not any(hosts.values()):
                return
            await asyncio.sleep(ASKED_EVERY)


async def _verified(edge: Edge, db: Database) -> bool:
    """Whether the public address leads here, asked for a minute."""
    for left in reversed(range(0, ASKED_FOR, ASKED_EVERY)):
        await asyncio.sleep(ASKED_EVERY)
        try:
            url = await verify_public_url(db)
        except FetchError as error:
            if not left:
                edge.say(f"The public address is not verified, so that nothing is tracked: {error}")
        except AccountGraphError as error:  # to ask again changes nothing
            edge.say(f"The public address is not verified, so that nothing is tracked: {error}")
            return False
        else:
            edge.say(f"{url} leads here: it is verified.")
            return True
    return False
