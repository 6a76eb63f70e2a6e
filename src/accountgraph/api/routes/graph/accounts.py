"""The table of accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta
from msgspec.structs import replace

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.parameters import FREE_TEXT
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.listing import Page
from accountgraph.listing.accounts.table import AccountRow, page_accounts
from accountgraph.listing.accounts.wanted import AccountSort, AccountsWanted

accounts = Routes("companies")
Words = Annotated[str, Meta(min_length=1, max_length=500)]
Industry = Annotated[str, Meta(min_length=1, max_length=500, extra=FREE_TEXT)]
Rows = Annotated[int, Meta(ge=1, le=200, description="Rows of a page at most.")]


@accounts.get("/accounts", needs=Permission.GRAPH_READ)
async def list_accounts(
    call: Call,
    *,
    q: Words | None = None,
    tier: list[AccountTier] = [],  # noqa: B006 - read by the declaration alone
    status: list[AccountStatus] = [],  # noqa: B006 - as above
    industry: list[Industry] = [],  # noqa: B006 - as above
    country: list[Annotated[str, Meta(pattern="^[A-Z]{2}$")]] = [],  # noqa: B006 - as above
    owner: UUID | None = None,
    has_open_work: bool = False,
    sort: AccountSort = AccountSort.NAME,
    limit: Rows = A_PAGE,
    after: After = None,
) -> Page[AccountRow]:
    """Accounts as a table: health, people and who of them decides, what somebody did last, and what is next.

    `q`: anywhere in name or main domain. Of a filter with several values any holds. With tier, status, industry, country or owner alone
    it is sorted by name. What is next is null for whoever may not see tasks and campaigns.
    """
    wanted = AccountsWanted(
        q=q,
        tier=tuple(tier),
        status=tuple(status),
        industry=tuple(industry),
        country=tuple(country),
        owner=owner,
        has_open_work=has_open_work,
        sort=sort,
    )
    page = await page_accounts(call.db, wanted, call.now, limit=limit, after=after)
    if call.principal.may(Permission.TASKS_READ) and call.principal.may(Permission.CAMPAIGNS_READ):
        return page
    return Page([replace(row, next_step=None) for row in page.items], page.next)
