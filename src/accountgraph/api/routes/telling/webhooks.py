"""Outgoing webhooks, by the Standard Webhooks specification."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.outgoing import (
    KINDS,
    CreatedEndpoint,
    Deliveries,
    Delivery,
    DeliveryDetail,
    Endpoint,
    EndpointChanges,
    Kind,
    NewEndpoint,
    Poster,
    create_endpoint,
    delete_endpoint,
    get_delivery,
    get_endpoint,
    list_deliveries,
    list_endpoints,
    replay,
    resend,
    rotate_secret,
    send_test,
    update_endpoint,
)
from accountgraph.outgoing.deliveries import DeliveryState

webhooks = Routes("webhooks")
Moment = Annotated[datetime, Meta(tz=True)]


class KindTold(Struct, frozen=True):
    """A kind of event, when it is told, and the `data` of an example."""

    kind: Kind
    description: str
    example: dict[str, Any]


class NewSecret(Struct, frozen=True):
    """A signing secret, which is shown here and never again."""

    secret: str


class Overlap(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the old secret signs too."""

    overlap_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 86_400


class Period(Struct, frozen=True, forbid_unknown_fields=True):
    """From when until when."""

    since: Moment
    until: Moment


class Replayed(Struct, frozen=True):
    """How many deliveries go out again."""

    replayed: int


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    """The kind whose example is sent."""

    kind: Kind = Kind.WEBHOOK_TEST


@webhooks.get("/webhooks/kinds", needs=Permission.WEBHOOKS_READ)
async def list_webhook_kinds(call: Call) -> Page[KindTold]:
    """What endpoints can be told of, with an example of each."""
    del call
    return Page([KindTold(kind, about.description, msgspec.to_builtins(about.example)) for kind, about in KINDS.items()])


@webhooks.get("/webhooks/endpoints", needs=Permission.WEBHOOKS_READ)
async def list_webhook_endpoints(call: Call) -> Page[Endpoint]:
    """The systems that want to hear, without their secrets."""
    return Page(await list_endpoints(call.db))


@webhooks.post("/webhooks/endpoints", needs=Permission.WEBHOOKS_WRITE, status=201, is_shown_once=True)
async def create_webhook_endpoint(call: Call, body: NewEndpoint) -> CreatedEndpoint:
    """Add an endpoint; its signing secret is shown this once."""
    return await create_endpoint(call.db, body)


@webhooks.get("/webhooks/endpoints/{endpoint_id}", needs=Permission.WEBHOOKS_READ)
async def get_webhook_endpoint(call: Call, endpoint_id: UUID) -> Endpoint:
    """One endpoint, and how it fares."""
    return await get_endpoint(call.db, endpoint_id)


@webhooks.patch("/webhooks/endpoints/{endpoint_id}", needs=Permission.WEBHOOKS_WRITE)
async def update_webhook_endpoint(call: Call, endpoint_id: UUID, body: EndpointChanges) -> Endpoint:
    """Change an endpoint, pause it or resume it."""
    return await update_endpoint(call.db, endpoint_id, body, call.now)


@webhooks.delete("/webhooks/endpoints/{endpoint_id}", needs=Permission.WEBHOOKS_WRITE)
async def delete_webhook_endpoint(call: Call, endpoint_id: UUID) -> None:
    """Remove an endpoint, and what waited for it."""
    await delete_endpoint(call.db, endpoint_id)


@webhooks.post("/webhooks/endpoints/{endpoint_id}/rotate", needs=Permission.WEBHOOKS_WRITE, is_shown_once=True)
async def rotate_webhook_secret(call: Call, endpoint_id: UUID, body: Overlap) -> NewSecret:
    """A new signing secret, shown this once; for a while both sign."""
    return NewSecret(await rotate_secret(call.db, endpoint_id, call.now, overlap=timedelta(seconds=body.overlap_seconds)))


@webhooks.post("/webhooks/endpoints/{endpoint_id}/test", needs=Permission.WEBHOOKS_WRITE, writes=False)
async def test_webhook_endpoint(call: Call, endpoint_id: UUID, body: Trial) -> DeliveryDetail:
    """Send an example now, and see what comes back."""
    return await send_test(call.database, Poster(call.database.settings.webhook_networks), endpoint_id, body.kind)


@webhooks.post("/webhooks/endpoints/{endpoint_id}/replay", needs=Permission.WEBHOOKS_WRITE)
async def replay_webhook_deliveries(call: Call, endpoint_id: UUID, body: Period) -> Replayed:
    """Send what happened in a period again."""
    return Replayed(await replay(call.db, endpoint_id, body.since, body.until, call.now))


@webhooks.get("/webhooks/deliveries", needs=Permission.WEBHOOKS_READ)
async def list_webhook_deliveries(
    call: Call,
    *,
    endpoint_id: UUID | None = None,
    state: DeliveryState | None = None,
    kind: Kind | None = None,
    limit: Limit = A_PAGE,
    after: int | None = None,
) -> Page[Delivery]:
    """What was told to whom, the latest first."""
    return await list_deliveries(call.db, Deliveries(endpoint_id=endpoint_id, state=state, kind=kind, after=after, limit=limit))


@webhooks.get("/webhooks/deliveries/{delivery_id}", needs=Permission.WEBHOOKS_READ)
async def get_webhook_delivery(call: Call, delivery_id: int) -> DeliveryDetail:
    """One delivery: what it says, and every try."""
    return await get_delivery(call.db, delivery_id)


@webhooks.post("/webhooks/deliveries/{delivery_id}/resend", needs=Permission.WEBHOOKS_WRITE)
async def resend_webhook_delivery(call: Call, delivery_id: int) -> Delivery:
    """Send one delivery again, under the same id."""
    return await resend(call.db, delivery_id, call.now)
