"""What came of it: engagement over time, funnels, deliverability, best hours, variants, and the health of accounts day by day.

Everything counts touches (messages and calls of ours that left) by the day they left, with all that came of them until now. Days are
days of a time zone. What machines did stands beside what people did, and is left out of what is judged.
"""

from accountgraph.analytics.behind import Came, TouchRow, Within, choices, page_touches
from accountgraph.analytics.deliverability import DeliverabilityLine, deliverability
from accountgraph.analytics.engagement import Engagement, Group, Point, engagement, grouped
from accountgraph.analytics.funnel import AccountFunnel, FunnelAccount, FunnelStep, Stage, account_funnel, page_funnel_accounts
from accountgraph.analytics.health import (
    Distribution,
    HealthDay,
    Movers,
    health_distribution,
    health_movers,
    health_series,
    health_trends,
)
from accountgraph.analytics.hours import HourCell, Hours, best_hours
from accountgraph.analytics.period import Asked, Narrowed, Period, asked_of
from accountgraph.analytics.replies import ReplyTimes, reply_times
from accountgraph.analytics.snapshots import backfill_health, snapshot_due, snapshot_health
from accountgraph.analytics.variants import ComparedStep, compare_variants

__all__ = [
    "AccountFunnel",
    "Asked",
    "Came",
    "ComparedStep",
    "DeliverabilityLine",
    "Distribution",
    "Engagement",
    "FunnelAccount",
    "FunnelStep",
    "Group",
    "HealthDay",
    "HourCell",
    "Hours",
    "Movers",
    "Narrowed",
    "Period",
    "Point",
    "ReplyTimes",
    "Stage",
    "TouchRow",
    "Within",
    "account_funnel",
    "asked_of",
    "backfill_health",
    "best_hours",
    "choices",
    "compare_variants",
    "deliverability",
    "engagement",
    "grouped",
    "health_distribution",
    "health_movers",
    "health_series",
    "health_trends",
    "page_funnel_accounts",
    "page_touches",
    "reply_times",
    "snapshot_due",
    "snapshot_health",
]
