"""`CompanyGraph`: what an account is and what to do next, each question in one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.db import Connectable, default_database
from accountgraph.enums import Channel, RelationshipType, Strength
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.graph.context import conversation_context
from accountgraph.graph.conversation_health import conversations_health
from accountgraph.graph.expansion import expansion_targets
from accountgraph.graph.health import account_health
from accountgraph.graph.overview import account_overview
from accountgraph.graph.paths import warm_paths
from accountgraph.graph.policy import ScorePolicy

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from typing import TypeVar
    from uuid import UUID

    from accountgraph.graph.answers import (
        AccountHealth,
        AccountOverview,
        ConversationContext,
        ConversationHealth,
        ExpansionTarget,
        WarmPath,
    )

    T = TypeVar("T")


_DEFAULT = ScorePolicy()


class CompanyGraph:
    """Questions about accounts. Without an argument it uses the process's default database and the default policy."""

    def __init__(self, db: Connectable | None = None, policy: ScorePolicy | None = None) -> None:
        self._db = db or default_database()
        self.policy = policy or _DEFAULT

    async def get_account_overview(self, company_id: UUID) -> AccountOverview:
        """The company, its people with their conversations, their relationships, what happened last, and counts.

        Counts are exact; lists hold at most 1,000 contacts (10 conversations each), 5,000
        relationships, 500 active conversations and 20 touchpoints.

        Raises:
            NotFoundError: no such company.
        """
        return _there(await account_overview(self._db, company_id), "company", company_id)

    async def find_expansion_targets(
        self,
        primary_contact_id: UUID,
        min_relationship_strength: str = Strength.MEDIUM,
        *,
        types: Collection[str] = (RelationshipType.COLLEAGUES,),
        include_implied: bool = False,
        channel: str | None = Channel.EMAIL,
    ) -> list[ExpansionTarget]:
        """Whom of the same company to talk to next, best first, with the parts of each score.

        Suppressed, inactive, excluded and do-not-contact people never appear.

        Args:
            primary_contact_id: the contact to start from.
            min_relationship_strength: `weak`, `medium` or `strong`; does not hold for implied people.
            types: the relationship types that count.
            include_implied: also contacts of the company without any edge to the primary, as weak.
            channel: leaves out who is suppressed on it, besides who is suppressed on all; None looks at the latter alone.

        Raises:
            NotFoundError: no such contact.
            InvalidValueError: no such strength, type or channel.
        """
        targets = await expansion_targets(
            self._db,
            self.policy.expansion,
            primary_contact_id,
            min_strength=min_relationship_strength,
            types=types,
            include_implied=include_implied,
            channel=channel,
        )
        return _there(targets, "contact", primary_contact_id)

    async def get_conversation_context(
        self, contact_id: UUID, include_company_context: bool = True, include_relationship_context: bool = True
    ) -> ConversationContext:
        """Everything a message to this contact needs; `as_prompt` makes text of it.

        Raises:
            NotFoundError: no such contact.
        """
        context = await conversation_context(
            self._db,
            self.policy.paths,
            contact_id,
            include_company_context=include_company_context,
            include_relationship_context=include_relationship_context,
        )
        return _there(context, "contact", contact_id)

    async def get_account_health_score(self, company_id: UUID, as_of: datetime | None = None) -> AccountHealth:
        """How the account is doing (0-100), why, and what is missing.

        `as_of` counts engagement anew from the events until then, and takes the conversations and
        relationships there were; who was a contact then is not known, so they are today's.

        Raises:
            NotFoundError: no such company.
            InvalidValueError: `as_of` has no time zone.
        """
        if as_of is not None and as_of.tzinfo is None:
            raise InvalidValueError("as_of", "needs a time zone, such as datetime.UTC.")
        return _there(await account_health(self._db, self.policy.health, company_id, as_of), "company", company_id)

    async def get_conversation_health(self, conversation_id: UUID) -> ConversationHealth:
        """Whose turn it is in a conversation, for how long, and why.

        Raises:
            NotFoundError: no such conversation.
        """
        found = await conversations_health(self._db, self.policy.conversation, ids=[conversation_id])
        return _there(found[0] if found else None, "conversation", conversation_id)

    async def get_conversations_health(
        self, company_id: UUID | None = None, *, conversation_ids: Sequence[UUID] = ()
    ) -> list[ConversationHealth]:
        """The health of a company's active conversations (the latest 1,000), or of those named, in one call.

        By conversation id; ids that do not exist are left out.

        Raises:
            InvalidValueError: both or neither were given.
        """
        if (company_id is None) == (not conversation_ids):
            raise InvalidValueError("conversation_ids", "give either a company_id or conversation_ids.")
        return await conversations_health(self._db, self.policy.conversation, ids=conversation_ids, company_id=company_id)

    async def find_warm_paths(self, contact_id: UUID, limit: int = 10) -> list[WarmPath]:
        """The best chains of relationships from people we are in touch with to this contact, best first.

        One chain for each such person (a human event in the last 180 days, not unsubscribed, not
        refused). A chain's score, 0-1, is the product of each edge's strength (weak 0.3, medium
        0.6, strong 0.9) and confidence; direction does not matter; at most 4 hops.

        Raises:
            NotFoundError: no such contact.
            InvalidValueError: `limit` is not 1 to 1,000.
        """
        return _there(await warm_paths(self._db, self.policy.paths, contact_id, limit), "contact", contact_id)


def _there(found: T | None, what: str, key: UUID) -> T:
    if found is None:
        raise NotFoundError(f"There is no {what} {key} in this workspace.")
    return found
