"""The table of accounts, a page of it in one round trip."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from accountgraph.enums import AccountStatus, AccountTier, CompanySize, EventKind
from accountgraph.graph.policy import HealthPolicy
from accountgraph.graph.scores import HealthFacts, health_status, health_total
from accountgraph.listing.accounts.next_step import NextStep, StepKind, suggested
from accountgraph.listing.accounts.wanted import AccountSort, AccountsWanted, checked
from accountgraph.listing.graph import COMPANIES
from accountgraph.listing.page import Page, written
from accountgraph.listing.reading import Asked, Filter, Listing, ask
from accountgraph.queries import beside, for_each
from accountgraph.store.companies import searchable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable

TREND = 30  # days
_BY_NAME = ("name",)
_OPEN_WORK = """companies.id = ANY (ARRAY(
        SELECT t.company_id FROM tasks AS t WHERE t.state = 'open' AND (t.snoozed_by IS NULL OR t.waits_until <= %(now)s)
        UNION SELECT e.company_id FROM approvals AS a INNER JOIN enrolments AS e ON e.id = a.enrolment_id WHERE a.state = 'pending'
    ))"""
# Of these filters one leads: for each of its values an index holds the rows in their order. The others take rows away.
_LEADS = {
    "owner": "owner_user_id",
    "industry": "lower(companies.industry)",
    "country": "country",
    "tier": "account_tier",
    "status": "account_status",
}


class LastEngagement(Struct, frozen=True, kw_only=True):
    """What somebody of an account did last that counts as a person's. `kind` None: its event is kept no more."""

    at: datetime
    kind: EventKind | None
    contact_id: UUID
    contact: str | None


class AccountRow(Struct, frozen=True, kw_only=True):
    """A row of the table. `is_made_up`: it is the demo's. `health`: 0-100, as of now; `trend`: of the 30 days to today, the oldest first,
    None where none is kept. `people`: all that are known; `decision_makers`: of those who are active.

    `next_step` None: who asks may not see it.
    """

    id: UUID
    name: str
    domain: str | None
    industry: str | None
    country: str | None
    size: CompanySize | None
    account_tier: AccountTier | None
    account_status: AccountStatus
    owner_user_id: UUID | None
    created_at: datetime
    is_made_up: bool
    health: float
    health_status: str
    trend: list[float | None]
    people: int
    decision_makers: int
    last_engagement: LastEngagement | None
    next_step: NextStep | None


class _Found(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    domain: str | None
    industry: str | None
    country: str | None
    size: CompanySize | None
    account_tier: AccountTier | None
    account_status: AccountStatus
    owner_user_id: UUID | None
    created_at: datetime
    is_made_up: bool
    active_conversations: int
    people: int
    active_people: int
    decision_makers: int
    top_scores: list[int]
    relationships: int
    days: list[int]
    scores: list[float]
    engaged_id: UUID | None
    engaged: str | None
    engaged_at: datetime | None
    engaged_by: EventKind | None
    step: StepKind | None
    step_item_id: UUID | None
    step_detail: str | None
    step_campaign: str | None
    step_at: datetime | None
    step_contact_id: UUID | None
    step_contact: str | None


ACCOUNTS: Listing[_Found] = Listing(
    kind=_Found,
    query="listing.accounts.page",
    key="companies.id",
    sorts=COMPANIES.sorts,
    filters={
        "q": Filter(COMPANIES.filters["text"].condition.replace("%(text)s", "%(q)s"), is_narrow=True),
        "has_open_work": Filter(_OPEN_WORK, is_narrow=True),
        **{name: Filter("", sorts=_BY_NAME) for name in _LEADS},
    },
)


async def page_accounts(
    db: Connectable,
    wanted: AccountsWanted,
    now: datetime,
    *,
    limit: int = 50,
    after: str | None = None,
    policy: HealthPolicy | None = None,
) -> Page[AccountRow]:
    """A page of the table. `after`: the `next` of the page before, of the same order.

    Raises:
        InvalidValueError: naming the field; as of `read_page`.
    """
    policy = policy or HealthPolicy()
    asked = page_query(checked(wanted), now, limit=limit, after=after)
    whole = beside(asked.query, "listing.accounts.beside")
    found = await db.rows(_Found, whole, {**asked.params, **around(policy, now)})
    items = [_row(one, policy) for one in found[:limit]]
    if len(found) <= limit:
        return Page(items, None)
    value = getattr(items[-1], wanted.sort.removeprefix("-"))
    return Page(items, written(ACCOUNTS.order(wanted.sort), value, items[-1].id))


def around(policy: HealthPolicy, now: datetime) -> dict[str, Any]:
    """What the query asks for that reads what stands beside the accounts of a page."""
    return {"most_contacts": policy.most_contacts, "since": now.date() - timedelta(days=TREND - 1), "until": now.date()}


def page_query(wanted: AccountsWanted, now: datetime, *, limit: int, after: str | None) -> Asked:
    """The query that finds the accounts of a page, without what stands beside them."""
    values: dict[str, Any] = {
        "q": searchable(wanted.q) if wanted.q is not None else None,
        "has_open_work": wanted.has_open_work or None,
        "tier": list(wanted.tier),
        "status": list(wanted.status),
        "industry": list(dict.fromkeys(industry.lower() for industry in wanted.industry)),
        "country": list(wanted.country),
        "owner": [wanted.owner] if wanted.owner else [],
    }
    given = {name: value for name, value in values.items() if value}
    lead = None if wanted.is_narrow else next((name for name in _LEADS if name in given), None)
    conditions = {name: _condition(name, is_lead=name == lead) for name in _LEADS}
    listing = replace(ACCOUNTS, filters=ACCOUNTS.filters | {name: Filter(said, sorts=_BY_NAME) for name, said in conditions.items()})
    asked = ask(listing, given, sort=wanted.sort, limit=limit, after=after)
    params = {**asked.params, "now": now}
    if lead is None:
        return Asked(asked.query, params)
    way = " DESC" if wanted.sort is AccountSort.NAME_DOWN else ""
    kind = "uuid" if lead == "owner" else "text"
    led = for_each(asked.query, f"unnest(%({lead})s::{kind}[]) AS lead (value)", f"a.name{way}, a.id{way}")
    return Asked(led, params)


def _condition(name: str, *, is_lead: bool) -> str:
    column = _LEADS[name] if "(" in _LEADS[name] else f"companies.{_LEADS[name]}"
    return f"{column} = lead.value" if is_lead else f"{column} = ANY (%({name})s)"


def _row(found: _Found, policy: HealthPolicy) -> AccountRow:
    facts = HealthFacts(
        active_contacts=found.active_people,
        top_scores=found.top_scores,
        active_conversations=found.active_conversations,
        relationships=found.relationships,
        decision_makers=found.decision_makers,
    )
    total = health_total(policy, facts)
    same = {name: getattr(found, name) for name in _SAME}
    return AccountRow(
        **same,
        health=total,
        health_status=health_status(policy, total),
        trend=by_day(found.days, found.scores, TREND),
        last_engagement=_engagement(found),
        next_step=_step(found),
    )


_SAME = tuple(name for name in AccountRow.__struct_fields__ if name in _Found.__struct_fields__)


def by_day(days: Sequence[int], scores: Sequence[float], count: int) -> list[float | None]:
    """The scores of `count` days in order; None: of that day none is kept. `days`: which they are of, counted from the first."""
    found: list[float | None] = [None] * count
    for day, score in zip(days, scores, strict=True):
        found[day] = score
    return found


def _engagement(found: _Found) -> LastEngagement | None:
    if found.engaged_at is None or found.engaged_id is None:
        return None
    return LastEngagement(at=found.engaged_at, kind=found.engaged_by, contact_id=found.engaged_id, contact=found.engaged)


def _step(found: _Found) -> NextStep:
    if found.step is None:
        return suggested(
            active_people=found.active_people,
            decision_makers=found.decision_makers,
            active_conversations=found.active_conversations,
        )
    return NextStep(
        kind=found.step,
        detail=found.step_detail,
        campaign=found.step_campaign,
        at=found.step_at,
        contact_id=found.step_contact_id,
        contact=found.step_contact,
        item_id=found.step_item_id,
    )
