"""Everything a message to a contact needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.graph.answers import ConversationContext
from accountgraph.graph.decoding import decoded, show_score

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable
    from accountgraph.graph.policy import PathPolicy

MOST_TOUCHPOINTS = 10
MOST_PEOPLE = 50
MOST_CHARACTERS = 1000


async def conversation_context(
    db: Connectable, policy: PathPolicy, contact_id: UUID, *, include_company_context: bool, include_relationship_context: bool
) -> ConversationContext | None:
    """The context of a contact; None where there is none."""
    now = db.now()
    text = await db.value(
        "graph.context",
        {
            "contact_id": contact_id,
            "now": now,
            "in_touch_since": now - timedelta(days=policy.in_touch_days),
            "with_company": include_company_context,
            "with_relationships": include_relationship_context,
            "most_touchpoints": MOST_TOUCHPOINTS,
            "most_people": MOST_PEOPLE,
            "most_characters": MOST_CHARACTERS,
        },
    )
    if text is None:
        return None
    context = decoded(ConversationContext, text)
    show_score(context["contact"], context["engagement"]["engagement_score"])
    return context
