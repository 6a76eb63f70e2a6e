"""The providers whose webhooks the public server takes: who may be believed, and what is made of what they say."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from accountgraph.channels.providers.event import ConfirmSubscription
from accountgraph.channels.providers.known import EVERY_WEBHOOK, webhook_for
from accountgraph.channels.providers.ses.certificates import SnsCertificates
from accountgraph.channels.providers.webhooks import WebhookRefusedError, WebhookRequest
from accountgraph.errors import AccountGraphError, ConfigError
from accountgraph.intake import take_told
from accountgraph.intake.bringing import bring, filled, missing
from accountgraph.web.fetching import fetch, fetch_mail
from accountgraph.web.processor import FetchFirstError, UnreadableError
from accountgraph.web.verifying import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.channels.providers.event import Told
    from accountgraph.channels.providers.webhooks import Webhook
    from accountgraph.db import Session
    from accountgraph.store.intake import Payload
    from accountgraph.web.doors import Door
    from accountgraph.web.verifying import Delivery, Verifiers

BIG = 200_000  # bytes of a payload

logger = logging.getLogger(__name__)


class Providers:
    """All providers that are known. `get`: fetches an https address of the public internet, once; `get_mail`: a mail from there."""

    def __init__(self, get: Callable[[str], Awaitable[bytes]] = fetch, get_mail: Callable[[str], Awaitable[bytes]] = fetch_mail) -> None:
        self._get, self._get_mail = get, get_mail
        certificates = SnsCertificates()
        self._webhooks = {name: webhook_for(name, certificates) for name in EVERY_WEBHOOK}

    @property
    def verifiers(self) -> Verifiers:
        """What checks the requests of each."""
        return {name: partial(_verify, webhook) for name, webhook in self._webhooks.items()}

    async def handle(self, session: Session, payload: Payload) -> list[str]:
        """Make something of a payload, in the transaction.

        Raises:
            UnreadableError: it is not what the provider documents.
            FetchFirstError: it only tells of a mail, which was not fetched yet.
        """
        told = filled(await self._read(payload), payload.brought)
        if lacking := missing(told):
            raise FetchFirstError(f"The mail {lacking[0].provider_id} is still at {payload.provider}.")
        return await take_told(session, told, payload.received_at)

    async def before(self, door: Door, payload: Payload) -> dict[str, bytes]:
        """Fetch the mails that a payload only tells of, outside of any transaction.

        Raises:
            AccountGraphError: one cannot be had; it may be later.
        """
        return await bring(door.db, _Vault(door), await self._read(payload), self._get_mail)

    async def after(self, payload: Payload) -> None:
        """Say yes to a provider that asks whether it may send; once the payload is worked off, outside of any transaction."""
        for one in await self._read(payload):
            if isinstance(one, ConfirmSubscription):
                try:
                    await self._get(one.url)
                except AccountGraphError as error:
                    logger.warning("The subscription of %s is not confirmed; ask %s for it again: %s", one.topic, one.provider, error)

    async def _read(self, payload: Payload) -> list[Told]:
        """As `told`; a large payload beside the event loop, so that nobody who opens a mail waits for it."""
        return await asyncio.to_thread(self.told, payload) if len(payload.body) > BIG else self.told(payload)

    def told(self, payload: Payload) -> list[Told]:
        """What a payload says.

        Raises:
            UnreadableError: it is not what the provider documents, or no provider of that name is known.
        """
        webhook = self._webhooks.get(payload.provider)
        if webhook is None:
            raise UnreadableError(f"There is no provider {payload.provider!r}.")
        try:
            return webhook.events(payload.body, payload.headers, dict(parse_qsl(payload.query, keep_blank_values=True)))
        except WebhookRefusedError as error:
            raise UnreadableError(str(error)) from None


class _Vault:
    """The stored secrets of a workspace, as transports ask for them."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def secret(self, name: str) -> str:
        """What it says."""
        return await self._door.stored(name)

    async def access_token(self, name: str, refused: str | None = None) -> str:
        """Providers have keys, and no grants."""
        del refused
        raise ConfigError(f"secret {name!r} is no key of a provider.")


async def _verify(webhook: Webhook, delivery: Delivery, secret: str) -> None:
    request = WebhookRequest(url=delivery.url, headers=delivery.headers, query=delivery.query, body=delivery.body, now=delivery.now)
    try:
        await webhook.verify(request, secret)
    except WebhookRefusedError as error:
        raise RefusedError(error.status, str(error)) from None
