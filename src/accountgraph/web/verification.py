"""Seeing that the public address, and hosts for links, lead to a server of this very workspace, over HTTPS, before anything leads there."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.tracking import proof
from accountgraph.tracking.keys import ensure_ring, stored_secrets
from accountgraph.web.fetching import FetchError, fetch
from accountgraph.web.health import new_nonce

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.tracking.keys import SecretsOf

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Gives what is at an https address, or raises FetchError."""

logger = logging.getLogger(__name__)


class _Answer(Struct, frozen=True):
    nonce: str = ""
    proof: str = ""


async def verify_public_url(db: Database, *, secrets_of: SecretsOf = stored_secrets, fetch: Fetch = fetch) -> str:
    """Ask the workspace's public address for a proof that only a server with this workspace's keys can give; gives the address.

    Raises:
        FetchError: there is no address, it does not answer over HTTPS, or somebody else answers there. Nothing is changed then.
    """
    url = (await SettingsRepository(db).get_settings()).public_url
    if url is None:
        raise FetchError("There is no public address; give one with --public-url.")
    await _prove(db, url, secrets_of, fetch)
    if not await SettingsRepository(db).confirm_public_url(url, db.now()):
        raise FetchError(f"The public address was changed from {url} meanwhile; verify the new one.")
    return url


async def verify_tracking_hosts(db: Database, *, secrets_of: SecretsOf = stored_secrets, fetch: Fetch = fetch) -> dict[str, str | None]:
    """Ask the hosts that senders have for their links for the same proof, those that have not given it; each with why not, None: it did.

    A host that is not verified is used for nothing: the public address stands in. Without one nothing is tracked, and nobody is asked.
    """
    senders, url = SenderRepository(db), (await SettingsRepository(db).get_settings()).public_url
    found: dict[str, str | None] = {}
    path = urlsplit(url).path if url else ""
    for host in await senders.unverified_hosts() if url else ():
        try:
            await _prove(db, f"https://{host}{path}", secrets_of, fetch)
        except FetchError as error:
            found[host] = str(error)
        else:
            await senders.confirm_tracking_host(host, db.now())
            found[host] = None
    return found


async def _prove(db: Database, url: str, secrets_of: SecretsOf, fetch: Fetch) -> None:
    ring = await db.run(lambda session: ensure_ring(session, secrets_of))
    workspace, nonce = db.settings.workspace, new_nonce()
    said = await fetch(f"{url.rstrip('/')}/healthz?{urlencode({'workspace': workspace, 'nonce': nonce})}")
    answer = _read(said)
    if answer.nonce != nonce or not hmac.compare_digest(answer.proof.encode(), proof(ring, f"{workspace}:{nonce}").encode()):
        raise FetchError(f"{url} leads to another server, or to one without this workspace; look at what stands before it.")


def _read(said: bytes) -> _Answer:
    try:
        return msgspec.json.decode(said, type=_Answer)
    except msgspec.DecodeError:
        return _Answer()
