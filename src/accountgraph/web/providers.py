"""The providers whose webhooks the public server takes: who may be believed, and what is made of what they say."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from accountgraph.channels.providers.event import ConfirmSubscription
from accountgraph.channels.providers.known import EVERY_WEBHOOK, webhook_for
from accountgraph.channels.providers.ses.certificates import SnsCertificates
from accountgraph.channels.providers.webhooks import WebhookRefusedError, WebhookRequest
from accountgraph.errors import AccountGraphError
from accountgraph.intake import take_told
from accountgraph.web.fetching import fetch
from accountgraph.web.processor import UnreadableError
from accountgraph.web.verifying import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.channels.providers.event import Told
    from accountgraph.channels.providers.webhooks import Webhook
    from accountgraph.db import Session
    from accountgraph.store.intake import Payload
    from accountgraph.web.verifying import Delivery, Verifiers

logger = logging.getLogger(__name__)


class Providers:
    """All providers that are known. `get`: fetches an https address of the public internet, once."""

    def __init__(self, get: Callable[[str], Awaitable[bytes]] = fetch) -> None:
        self._get = get
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
        """
        return await take_told(session, self.told(payload), payload.received_at)

    async def after(self, payload: Payload) -> None:
        """Say yes to a provider that asks whether it may send; once the payload is worked off, outside of any transaction."""
        for one in self.told(payload):
            if isinstance(one, ConfirmSubscription):
                try:
                    await self._get(one.url)
                except AccountGraphError as error:
                    logger.warning("The subscription of %s is not confirmed; ask %s for it again: %s", one.topic, one.provider, error)

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


async def _verify(webhook: Webhook, delivery: Delivery, secret: str) -> None:
    request = WebhookRequest(url=delivery.url, headers=delivery.headers, query=delivery.query, body=delivery.body, now=delivery.now)
    try:
        await webhook.verify(request, secret)
    except WebhookRefusedError as error:
        raise RefusedError(error.status, str(error)) from None
