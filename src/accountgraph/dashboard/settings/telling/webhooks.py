"""Webhooks: the systems that want to hear. A signing secret is shown once, when it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import NOTHING, Typed, does, drawn, shows, to
from accountgraph.outgoing import (
    KINDS,
    Deliveries,
    DeliveryDetail,
    EndpointChanges,
    Kind,
    NewEndpoint,
    Poster,
    create_endpoint,
    delete_endpoint,
    get_endpoint,
    list_deliveries,
    list_endpoints,
    rotate_secret,
    send_test,
    update_endpoint,
)

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

_LATEST = 10  # deliveries beside an endpoint
CHOICES = [
    ("*", "everything, also what is new later"),
    *((kind, about.description) for kind, about in KINDS.items() if kind is not Kind.WEBHOOK_TEST),
]


async def webhooks_page(visit: Visit, typed: Typed) -> Response:
    """All endpoints."""
    return drawn(visit, "telling/webhooks", "Webhooks", "webhooks", typed, endpoints=await list_endpoints(visit.db), kinds=CHOICES)


async def endpoint_page(visit: Visit, typed: Typed) -> Response:
    """One of them."""
    return await _page(visit, typed)


async def _page(visit: Visit, typed: Typed, secret: str | None = None, trial: DeliveryDetail | None = None) -> Response:
    key = visit.id_in_path("endpoint_id", "endpoint")
    endpoint = await get_endpoint(visit.db, key)
    latest = (await list_deliveries(visit.db, Deliveries(endpoint_id=key, limit=_LATEST))).items
    return drawn(
        visit,
        "telling/endpoint",
        "Endpoint",
        "webhooks",
        typed,
        endpoint=endpoint,
        latest=latest,
        kinds=CHOICES,
        secret=secret,
        trial=trial,
        status=201 if secret else typed.status,
    )


async def add(visit: Visit, form: Form) -> Response:
    """Add an endpoint, and show its signing secret this once."""
    url = form.required("url", "where it is told, https://...")
    made = await create_endpoint(visit.db, NewEndpoint(url=url, kinds=tuple(form.all("kinds")), description=form.get("description")))
    return drawn(
        visit,
        "telling/webhooks",
        "Webhooks",
        "webhooks",
        NOTHING,
        endpoints=await list_endpoints(visit.db),
        kinds=CHOICES,
        made=made,
        status=201,
    )


async def change(visit: Visit, form: Form) -> Done:
    """Another address, other kinds."""
    key = visit.id_in_path("endpoint_id", "endpoint")
    given = EndpointChanges(url=form.get("url"), kinds=tuple(form.all("kinds")), description=form.get("description"))
    await update_endpoint(visit.db, key, given, visit.now)
    return Done("The endpoint is changed.", to=to(visit, f"webhooks/{key}"))


async def pause(visit: Visit, form: Form) -> Done:
    """What happens waits for it."""
    return await _switch(visit, form, is_active=False)


async def resume(visit: Visit, form: Form) -> Done:
    """What waited goes out."""
    return await _switch(visit, form, is_active=True)


async def _switch(visit: Visit, form: Form, *, is_active: bool) -> Done:
    del form
    key = visit.id_in_path("endpoint_id", "endpoint")
    await update_endpoint(visit.db, key, EndpointChanges(is_active=is_active), visit.now)
    words, back = ("What waited for it goes out now.", "pause") if is_active else ("It is paused; what happens waits for it.", "resume")
    return Done(words, undo=Undo(to(visit, f"webhooks/{key}/{back}")))


async def rotate(visit: Visit, form: Form) -> Response:
    """A new signing secret, shown this once; for a day both sign."""
    del form
    return await _page(visit, NOTHING, secret=await rotate_secret(visit.db, visit.id_in_path("endpoint_id", "endpoint"), visit.now))


async def test(visit: Visit, form: Form) -> Response:
    """Send an example now, and see what comes back."""
    del form
    key = visit.id_in_path("endpoint_id", "endpoint")
    trial = await send_test(visit.db, Poster(visit.db.settings.webhook_networks), key)
    return await _page(visit, NOTHING, trial=trial)


async def remove(visit: Visit, form: Form) -> Done:
    """Remove it, with its secret and the log of its deliveries."""
    del form
    await delete_endpoint(visit.db, visit.id_in_path("endpoint_id", "endpoint"))
    return Done("It is told nothing any more; its secret and the log of its deliveries are gone.", to=to(visit, "webhooks"))


WAYS = (
    shows("webhooks", Permission.WEBHOOKS_READ, webhooks_page),
    does("webhooks", Permission.WEBHOOKS_WRITE, add, webhooks_page),
    shows("webhooks/{endpoint_id}", Permission.WEBHOOKS_READ, endpoint_page),
    does("webhooks/{endpoint_id}", Permission.WEBHOOKS_WRITE, change, endpoint_page),
    does("webhooks/{endpoint_id}/pause", Permission.WEBHOOKS_WRITE, pause),
    does("webhooks/{endpoint_id}/resume", Permission.WEBHOOKS_WRITE, resume),
    does("webhooks/{endpoint_id}/rotate", Permission.WEBHOOKS_WRITE, rotate),
    does("webhooks/{endpoint_id}/test", Permission.WEBHOOKS_WRITE, test),
    does("webhooks/{endpoint_id}/remove", Permission.WEBHOOKS_WRITE, remove),
)
