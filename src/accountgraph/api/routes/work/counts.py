"""How much there is: the figures of a side bar."""

from __future__ import annotations

from msgspec import Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing.counts import Count, count_everything

counts = Routes("answers")
_SHOWN_TO = {
    "inbox": Permission.TASKS_READ,
    "tasks": Permission.TASKS_READ,
    "my_tasks": Permission.TASKS_READ,
    "approvals": Permission.CAMPAIGNS_READ,
    "campaigns": Permission.CAMPAIGNS_READ,
}


class CountsShown(Struct, frozen=True, kw_only=True):
    """How much there is; null: you may not see it.

    `inbox`: what came in and is open. `my_tasks`: those of who asks. `approvals`: messages that wait for a person. `campaigns`: those that
    run.
    """

    inbox: Count | None = None
    tasks: Count | None = None
    my_tasks: Count | None = None
    approvals: Count | None = None
    campaigns: Count | None = None
    accounts: Count


@counts.get("/counts", needs=Permission.GRAPH_READ)
async def get_counts(call: Call) -> CountsShown:
    """How much there is of what one works with, in one round trip.

    Up to 10,000 of each are counted; of more accounts an estimate is told, of the rest that there are at least so many.
    """
    found = await count_everything(call.db, call.now, me=(call.principal.name, str(call.principal.id)))
    shown = {name: getattr(found, name) for name, needed in _SHOWN_TO.items() if call.principal.may(needed)}
    return CountsShown(accounts=found.accounts, **shown)
