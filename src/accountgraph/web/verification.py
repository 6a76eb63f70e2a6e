"""Seeing that the public address leads to a server of this very workspace, over HTTPS, before anything is sent there."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

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
    ring = await db.run(lambda session: ensure_ring(session, secrets_of))
    workspace, nonce = db.settings.workspace, new_nonce()
    said = await fetch(f"{url.rstrip('/')}/healthz?{urlencode({'workspace': workspace, 'nonce': nonce})}")
    answer = _read(said)
    if answer.nonce != nonce or not hmac.compare_digest(answer.proof.encode(), proof(ring, f"{workspace}:{nonce}").encode()):
        raise FetchError(f"{url} leads to another server, or to one without this workspace; look at what stands before it.")
    if not await SettingsRepository(db).confirm_public_url(url, db.now()):
        raise FetchError(f"The public address was changed from {url} meanwhile; verify the new one.")
    return url


def _read(said: bytes) -> _Answer:
    try:
        return msgspec.json.decode(said, type=_Answer)
    except msgspec.DecodeError:
        return _Answer()
