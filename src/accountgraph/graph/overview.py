"""An account at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.graph.answers import AccountOverview
from accountgraph.graph.decoding import decoded, show_score

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

MOST_CONTACTS = 1000
MOST_RELATIONSHIPS = 5000
MOST_ACTIVE = 500
MOST_CONVERSATIONS = 10  # of one contact
MOST_TOUCHPOINTS = 20


async def account_overview(db: Connectable, company_id: UUID) -> AccountOverview | None:
    """The overview of an account; None where there is none. Lists are cut at the sizes above, counts are not."""
    text = await db.value(
        "graph.overview",
        {
            "company_id": company_id,
            "now": db.now(),
            "most_contacts": MOST_CONTACTS,
            "most_relationships": MOST_RELATIONSHIPS,
            "most_active": MOST_ACTIVE,
            "most_conversations": MOST_CONVERSATIONS,
            "most_touchpoints": MOST_TOUCHPOINTS,
        },
    )
    if text is None:
        return None
    overview = decoded(AccountOverview, text)
    for entry in overview["contacts"].values():
        show_score(entry["contact"], entry["engagement_score"])
    return overview
