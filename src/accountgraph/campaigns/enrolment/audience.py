"""The people of a campaign: who is chosen, in which order of their account, and why the others are left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.rules.channels import ONLY_BY_CONSENT
from accountgraph.campaigns.rules.order import approach_order
from accountgraph.enums import Channel, Seniority, Strength
from accountgraph.graph.policy import ExpansionPolicy
from accountgraph.graph.scores import TargetFacts, priority_score

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accountgraph.campaigns.definition.audience import Audience
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.policy import Exclusions
    from accountgraph.db import Connectable

_POLICY = ExpansionPolicy()


class Chosen(Struct, frozen=True):
    """Somebody to approach; `rank` is their place in the order of their account, 1 is the first."""

    contact_id: UUID
    company_id: UUID | None
    rank: int


class Excluded(Struct, frozen=True):
    """Somebody whom the audience names and who is left out, and why.

    `reason`: customer, competitor, open_opportunity, owner, live_thread, do_not_contact, inactive, no_address, suppressed,
    jurisdiction (the law denies), no_consent (it asks for one), topic (they do not want to hear about the campaign's), already_enrolled,
    active_elsewhere or most_per_account.
    """

    contact_id: UUID
    reason: str


class Selection(Struct, frozen=True):
    """The people of an audience as of a moment."""

    chosen: list[Chosen]
    excluded: list[Excluded]

    @property
    def reasons(self) -> dict[str, int]:
        """How many are left out for each reason, the most frequent first."""
        return dict(Counter(person.reason for person in self.excluded).most_common())


class Named(Struct, frozen=True):
    """Who somebody of a selection is."""

    id: UUID
    name: str
    email: str | None
    title: str | None
    company: str | None


class _Person(Struct, frozen=True):
    id: UUID
    company_id: UUID | None
    title: str | None
    seniority_level: Seniority | None
    is_primary_contact: bool
    is_decision_maker: bool
    is_champion: bool
    total_touchpoints: int
    engagement_score: int
    under_way: int
    last_rank: int
    reason: str | None


async def choose(db: Connectable, definition: CampaignDefinition, now: datetime, *, is_live: bool | None = None) -> Selection:
    """Whom the campaign would enrol at `now` (UTC), in one round trip; nothing is changed.

    `is_live`: whether live enrolments or dry runs count as being in a campaign; None: as the campaign is now.

    Raises:
        InvalidValueError: what stands in a list of companies or contacts names none.
    """
    if definition.audience.is_nobody:
        return Selection([], [])
    people = await db.rows(_Person, "campaigns.audience.people", {**_query(definition, now), "is_live": is_live})
    chosen: list[Chosen] = []
    excluded = [Excluded(person.id, person.reason) for person in people if person.reason]
    most = definition.audience.most_per_account
    for group in _accounts(person for person in people if not person.reason):
        able = approach_order(group, {person.id: _priority(person) for person in group})
        room = len(able) if most is None or able[0].company_id is None else max(0, most - able[0].under_way)
        first = able[0].last_rank + 1
        chosen += [Chosen(person.id, person.company_id, rank) for rank, person in enumerate(able[:room], first)]
        excluded += [Excluded(person.id, "most_per_account") for person in able[room:]]
    return Selection(chosen, excluded)


async def named(db: Connectable, contacts: Iterable[UUID]) -> dict[UUID, Named]:
    """Who these people are, by id."""
    return {person.id: person for person in await db.rows(Named, "campaigns.audience.named", {"ids": list(contacts)})}


def _accounts(people: Iterable[_Person]) -> Iterable[list[_Person]]:
    groups: dict[UUID, list[_Person]] = defaultdict(list)
    for person in people:
        groups[person.company_id or person.id].append(person)
    return groups.values()


def _priority(person: _Person) -> float:
    """The expansion score of somebody whom nobody has introduced; the primary contact goes before everybody.

    Who is in a conversation already is left out as a live thread, or wanted all the same.
    """
    if person.is_primary_contact:
        return inf
    facts = TargetFacts(
        strength=Strength.WEAK,
        is_decision_maker=person.is_decision_maker,
        is_champion=person.is_champion,
        seniority=person.seniority_level,
        engagement_score=person.engagement_score,
        has_active_conversation=False,
        total_touchpoints=min(person.total_touchpoints, 1),
        is_implied=True,
    )
    return _score(facts)


@lru_cache(maxsize=10_000)
def _score(facts: TargetFacts) -> float:
    return priority_score(_POLICY, facts).total  # of a hundred thousand people, most are alike to it


def channels_of(definition: CampaignDefinition) -> list[Channel]:
    """The channels that a campaign may use, in the order of the enumeration."""
    used = {step.channel for step in definition.steps if step.channel}
    if any(step.channel is None for step in definition.steps):
        used |= {rule.channel for rule in definition.policy.channels.order}
    return [channel for channel in Channel if channel in used]


def _query(definition: CampaignDefinition, now: datetime) -> dict[str, Any]:
    audience, policy = definition.audience, definition.policy
    silent = audience.silent_for_days
    return {
        **_lists(audience),
        "campaign": definition.name,
        "topic": definition.topic or None,
        "account_tier": [str(tier) for tier in audience.account_tier],
        "account_status": [str(status) for status in audience.account_status],
        "industry": [industry.lower() for industry in audience.industry],
        "size": [str(size) for size in audience.size],
        "country": list(audience.country),
        "seniority_level": [str(level) for level in audience.seniority_level],
        "role": [role.lower() for role in audience.role],
        "is_decision_maker": audience.is_decision_maker,
        "has_attributes": msgspec.json.encode(audience.has_attributes).decode(),
        "silent_since": now - timedelta(days=silent) if silent else None,
        "exclusions": _exclusions(policy.exclusions),
        "talked_since": now - timedelta(days=policy.exclusions.live_thread_days),
        "reentry": policy.reentry.value,
        "is_exclusive": policy.is_exclusive,
        "channels": [str(channel) for channel in channels_of(definition)],
        "only_by_consent": [str(channel) for channel in ONLY_BY_CONSENT],
        "now": now,
    }


def _exclusions(heeded: Exclusions) -> list[str]:
    flags = {
        "customer": heeded.customers,
        "open_opportunity": heeded.open_opportunities,
        "competitor": heeded.competitors,
        "owner": heeded.owner_exclusions,
    }
    return [reason for reason, is_heeded in flags.items() if is_heeded]


def _lists(audience: Audience) -> dict[str, Any]:
    contact_ids, emails = audience.contact_keys()
    company_ids, domains = audience.company_keys()
    return {
        "by_contact": bool(audience.contacts),
        "contact_ids": contact_ids,
        "emails": emails,
        "by_company": bool(audience.companies),
        "company_ids": company_ids,
        "domains": domains,
    }
