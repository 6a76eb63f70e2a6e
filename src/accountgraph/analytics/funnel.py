"""The funnel of accounts: known, contacted, engaged, replied, met, won; and who stands behind each number."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct, structs

from accountgraph.analytics.period import Asked, Period
from accountgraph.analytics.rates import Rate, rate
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class Stage(StrEnum):
    """How far an account came."""

    ACCOUNT = "account"
    CONTACTED = "contacted"
    ENGAGED = "engaged"
    REPLIED = "replied"
    MEETING = "meeting"
    WON = "won"


_STAGES = tuple(Stage)


class FunnelStep(Struct, frozen=True, kw_only=True):
    """A stage. `reached`: accounts that came at least so far. `seen`: those of which this very thing is known: who met us without a
    reply has reached `replied`, and was not seen there. `from_before`: of those that reached the stage before; `from_contacted`: of
    those that were contacted.
    """

    stage: Stage
    reached: int
    seen: int
    from_before: Rate | None
    from_contacted: Rate | None


class AccountFunnel(Struct, frozen=True, kw_only=True):
    """The accounts of a workspace by how far the touches of a period brought them."""

    period: Period
    steps: list[FunnelStep]


class FunnelAccount(Struct, frozen=True, kw_only=True):
    """An account, and how far it came. `contacted_at`: its first touch in the period."""

    id: UUID
    name: str
    domain: str | None
    account_tier: str | None
    industry: str | None
    stage: Stage
    contacted_at: datetime | None


class _Counted(Struct, frozen=True):
    level: int
    reached: int
    seen: int


class _Row(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    domain: str | None
    account_tier: str | None
    industry: str | None
    level: int
    contacted_at: datetime | None


_ACCOUNTS = Listing(
    kind=_Row,
    query="analytics.funnel.accounts",
    key="c.id",
    sorts={"name": Sort("c.name", Type.TEXT, "name")},
    filters={"to_level": Filter("p.level <= %(to_level)s", is_narrow=True)},
)


async def account_funnel(db: Connectable, asked: Asked) -> AccountFunnel:
    """How many accounts came how far. One round trip."""
    rows = await db.rows(_Counted, "analytics.funnel.stages", asked.params)
    reached = [row.reached for row in rows]
    steps = [
        FunnelStep(
            stage=_STAGES[row.level],
            reached=row.reached,
            seen=row.seen,
            from_before=rate(row.reached, reached[row.level - 1]) if row.level else None,
            from_contacted=rate(row.reached, reached[1]) if row.level > 1 else None,
        )
        for row in rows
    ]
    return AccountFunnel(period=asked.period, steps=steps)


async def page_funnel_accounts(
    db: Connectable,
    asked: Asked,
    stage: Stage,
    *,
    only_stopped: bool = False,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[FunnelAccount]:
    """The accounts that reached a stage, by name; `only_stopped`: those that came no further. Raises as `read_page`."""
    level = _STAGES.index(stage)
    listing = structs.replace(_ACCOUNTS, params={**asked.params, "from_level": level})
    most = {"to_level": level if only_stopped else len(_STAGES) - 1}
    page = await read_page(db, listing, most, sort=sort, limit=limit, after=after)
    return Page(items=[_account(row) for row in page.items], next=page.next)


def _account(row: _Row) -> FunnelAccount:
    fields = structs.asdict(row)
    return FunnelAccount(stage=_STAGES[fields.pop("level")], **fields)
