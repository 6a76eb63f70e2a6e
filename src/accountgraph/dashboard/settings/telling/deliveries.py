"""What endpoints were told: the log, one delivery with every try, and telling again."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from accountgraph.access import Permission
from accountgraph.dashboard import reading
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.dashboard.settings.telling.webhooks import endpoint_page
from accountgraph.errors import InvalidValueError
from accountgraph.outgoing import Deliveries, Kind, get_delivery, list_deliveries, list_endpoints, replay, resend
from accountgraph.outgoing.deliveries import DeliveryState

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROWS = 50
WORDS = {DeliveryState.PENDING: "waits", DeliveryState.DELIVERED: "was taken", DeliveryState.FAILED: "given up"}


async def deliveries_page(visit: Visit, typed: Typed) -> Response:
    """The log, the latest first."""
    asked = {name: visit.asked(name) for name in ("endpoint", "state", "kind")}
    wanted = Deliveries(
        endpoint_id=reading.id_of("endpoint", asked["endpoint"]),
        state=_state(asked["state"]),
        kind=asked["kind"],
        after=reading.row_before("after", visit.asked("after")),
        limit=ROWS,
    )
    found = await list_deliveries(visit.db, wanted)
    kept = {name: value for name, value in asked.items() if value}
    return drawn(
        visit,
        "telling/deliveries",
        "Deliveries",
        "webhooks",
        typed,
        found=found.items,
        endpoints=await list_endpoints(visit.db),
        asked=asked,
        states=list(WORDS.items()),
        words=WORDS,
        kinds=list(Kind),
        following=f"?{urlencode({**kept, 'after': found.next})}" if found.next else None,
    )


async def delivery_page(visit: Visit, typed: Typed) -> Response:
    """One: what it says, and every try."""
    detail = await get_delivery(visit.db, _id(visit))
    payload = msgspec.json.format(msgspec.json.encode(detail.payload), indent=2).decode()
    return drawn(visit, "telling/delivery", "Delivery", "webhooks", typed, detail=detail, payload=payload, words=WORDS)


async def again(visit: Visit, form: Form) -> Done:
    """Tell it once more, under the same id."""
    del form
    delivery = await resend(visit.db, _id(visit), visit.now)
    return Done("It goes out again within a minute.", to=to(visit, f"deliveries/{delivery.id}"))


async def replay_days(visit: Visit, form: Form) -> Done:
    """Tell an endpoint what happened on some days again."""
    key = visit.id_in_path("endpoint_id", "endpoint")
    since, until = form.day("since"), form.day("until")
    begin, end = datetime.combine(since, time.min, UTC), datetime.combine(until, time.max, UTC)
    sent = await replay(visit.db, key, begin, end, visit.now)
    words = "1 delivery goes out again." if sent == 1 else f"{sent} deliveries go out again."
    return Done(words if sent else "Nothing was written down for it on these days.", to=to(visit, f"webhooks/{key}"))


def _state(said: str | None) -> DeliveryState | None:
    try:
        return DeliveryState(said) if said else None
    except ValueError:
        raise InvalidValueError("state", "choose one of the list.") from None


def _id(visit: Visit) -> int:
    return reading.row_number(visit.request.path_params["delivery_number"], "delivery")


WAYS = (
    shows("deliveries", Permission.WEBHOOKS_READ, deliveries_page),
    shows("deliveries/{delivery_number}", Permission.WEBHOOKS_READ, delivery_page),
    does("deliveries/{delivery_number}/resend", Permission.WEBHOOKS_WRITE, again),
    does("webhooks/{endpoint_id}/replay", Permission.WEBHOOKS_WRITE, replay_days, endpoint_page),
)
