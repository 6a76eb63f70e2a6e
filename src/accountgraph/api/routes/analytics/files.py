"""The same answers as CSV files."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from accountgraph.access import Permission
from accountgraph.analytics import (
    Asked,
    DeliverabilityLine,
    FunnelStep,
    Group,
    HourCell,
    Point,
    account_funnel,
    best_hours,
    deliverability,
    engagement,
    grouped,
)
from accountgraph.analytics.deliverability import Along
from accountgraph.analytics.engagement import By, Span
from accountgraph.analytics.hours import What
from accountgraph.analytics.tables import as_csv
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.analytics.given import AnyTouchFilters, asked
from accountgraph.api.streams.files import FileAnswer
from accountgraph.db import Connectable

analytics_files = Routes("analytics")


class Table(StrEnum):
    """Answers that are tables."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    CHANNELS = "channels"
    CAMPAIGNS = "campaigns"
    STEPS = "steps"
    VARIANTS = "variants"
    TIERS = "tiers"
    INDUSTRIES = "industries"
    SENDERS = "senders"
    FUNNEL = "funnel"
    DELIVERABILITY = "deliverability"
    HOURS = "hours"


_SPANS = {Table.DAYS: Span.DAY, Table.WEEKS: Span.WEEK, Table.MONTHS: Span.MONTH}
_GROUPS = {
    Table.CHANNELS: By.CHANNEL,
    Table.CAMPAIGNS: By.CAMPAIGN,
    Table.STEPS: By.STEP,
    Table.VARIANTS: By.VARIANT,
    Table.TIERS: By.TIER,
    Table.INDUSTRIES: By.INDUSTRY,
    Table.SENDERS: By.SENDER,
}


class TableFile(FileAnswer):
    """A table."""

    media: ClassVar[tuple[str, ...]] = ("text/csv",)


@analytics_files.get("/analytics/files/{table}", needs=Permission.CAMPAIGNS_READ)
async def export_analytics(
    call: Call,
    table: Table,
    *,
    filters: AnyTouchFilters,
) -> TableFile:
    """An answer as CSV, for a spreadsheet: no text in it can be a formula.

    `deliverability` is by sender, domain and week; `hours` is of replies.
    """
    question = await asked(call, filters)
    text = as_csv(*await _rows(call.db, question, table))

    async def pieces() -> AsyncGenerator[bytes]:
        yield text.encode()

    return await TableFile.of(pieces(), kind="text/csv; charset=utf-8", file_name=f"{table}.csv")


async def _rows(db: Connectable, question: Asked, table: Table) -> tuple[type[Struct], Sequence[Struct]]:
    if table in _SPANS:
        return Point, (await engagement(db, question, _SPANS[table])).points
    if table in _GROUPS:
        return Group, await grouped(db, question, _GROUPS[table])
    if table is Table.FUNNEL:
        return FunnelStep, (await account_funnel(db, question)).steps
    if table is Table.DELIVERABILITY:
        return DeliverabilityLine, await deliverability(db, question, list(Along))
    return HourCell, (await best_hours(db, question, What.REPLY)).cells
