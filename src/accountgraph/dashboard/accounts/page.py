"""The page of the table."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.access import Permission
from accountgraph.dashboard.account.known import members_of
from accountgraph.dashboard.accounts.asked import Shown, shown
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.listing.accounts.table import page_accounts
from accountgraph.listing.accounts.views import Viewer, list_views
from accountgraph.listing.accounts.wanted import Column
from accountgraph.listing.counts import count_everything
from accountgraph.listing.outreach import page_campaigns
from accountgraph.listing.page import Page

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.access.people.memberships import Member
    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.visits import Visit
    from accountgraph.listing.accounts.table import AccountRow
    from accountgraph.listing.accounts.views import AccountView
    from accountgraph.listing.counts import Count

ROWS = 50  # of a page


async def accounts_page(visit: Visit) -> Response:
    """The table."""
    table = shown(visit)
    page, (views, members, campaigns, everything) = await asyncio.gather(rows_of(visit, table), _around(visit, table))
    # How many these are is told where it is cheap: all of them, or so few that they are on the page.
    count = len(page.items) if table.after is None and page.next is None else everything
    may = visit.principal.may
    return visit.drawn(
        "accounts/page",
        "Accounts",
        table=table,
        rows=page.items,
        next_page=table.address(after=page.next) if page.next else None,
        count=count,
        has_trends=any(score is not None for one in page.items for score in one.trend),
        views=views,
        members={one.user_id: one.name or one.email for one in members},
        campaigns=campaigns,
        all_columns=list(Column),
        tiers=list(AccountTier),
        statuses=list(AccountStatus),
        may_export=may(Permission.EXPORTS_READ),
        may_import=may(Permission.IMPORTS_WRITE),
        may_write=may(Permission.GRAPH_WRITE),
        may_run=may(Permission.CAMPAIGNS_RUN),
        may_keep=may(Permission.VIEWS_WRITE),
        me=viewer_of(visit),
    )


async def rows_of(visit: Visit, table: Shown, *, limit: int = ROWS) -> Page[AccountRow]:
    """A page of the table; what is next is for who may see tasks and campaigns."""
    page = await page_accounts(visit.db, table.wanted, visit.now, limit=limit, after=table.after)
    if visit.principal.may(Permission.TASKS_READ) and visit.principal.may(Permission.CAMPAIGNS_READ):
        return page
    return Page([replace(row, next_step=None) for row in page.items], page.next)


def viewer_of(visit: Visit) -> Viewer:
    """Who looks, as saved views know them."""
    return Viewer(id=str(visit.principal.id), keeps_all=visit.principal.may(Permission.SETTINGS_WRITE))


async def _around(visit: Visit, table: Shown) -> tuple[list[AccountView], list[Member], list[Campaign], Count | None]:
    """What stands around the rows, one after another: it is there before they are, and leaves other pages their connections."""
    return await _views(visit), await members_of(visit), await _campaigns(visit), await _everything(visit, table)


async def _views(visit: Visit) -> list[AccountView]:
    return await list_views(visit.db, viewer_of(visit)) if visit.principal.may(Permission.SETTINGS_READ) else []


async def _campaigns(visit: Visit) -> list[Campaign]:
    """Those that accounts can be brought into."""
    return (await page_campaigns(visit.db, status="active")).items if visit.principal.may(Permission.CAMPAIGNS_RUN) else []


async def _everything(visit: Visit, table: Shown) -> Count | None:
    """How many accounts there are, where none is left out."""
    return None if table.wanted.is_filtered else (await count_everything(visit.db, visit.now)).accounts
