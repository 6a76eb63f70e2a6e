"""By which channels somebody may be written to, whatever the campaign: the arbiter's own rules, asked of one person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.steps import Step, Track
from accountgraph.campaigns.facts import AccountFacts, Facts, HoldFacts, PersonFacts
from accountgraph.campaigns.rules import who
from accountgraph.campaigns.rules.calendar import zone_of
from accountgraph.campaigns.rules.case import Case
from accountgraph.campaigns.rules.channels import Refusal, law_for, refusal
from accountgraph.campaigns.rules.law import Law
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

_RULES = (who.suppressed, who.inactive, who.excluded, who.held)  # those that no campaign has to be asked for
_NONE = CampaignDefinition(name="none", steps=(Step(key="only"),))  # the default policy, by which these rules are asked
CHANNELS = (Channel.EMAIL, Channel.CALL, Channel.LINKEDIN, Channel.SMS, Channel.WHATSAPP, Channel.MAIL)


class Barrier(Struct, frozen=True, kw_only=True):
    """What stops every channel: the rule that says so, and why."""

    rule: str
    reason: str


class ChannelReach(Struct, frozen=True, kw_only=True):
    """One channel. `rule` None: it may be used; else why not, in a word, and `reason` in a sentence.

    `needs_person`: nobody has said what the law asks, so that a person approves each message. `opens_at`, `closes_at`: the hours, UTC,
    now or next; None where the channel is closed for good.
    """

    channel: Channel
    rule: str | None
    reason: str
    needs_person: bool
    opens_at: datetime | None
    closes_at: datetime | None


class Reach(Struct, frozen=True, kw_only=True):
    """Whether and how somebody can be reached. `zone` is whose hours are kept, `zone_source` whose it is; `barriers` stop every channel."""

    zone: str
    zone_source: str
    barriers: list[Barrier]
    channels: list[ChannelReach]

    @property
    def usable(self) -> list[Channel]:
        """The channels that may be used."""
        return [] if self.barriers else [one.channel for one in self.channels if one.rule is None]


class _Known(Struct, frozen=True, kw_only=True):
    contact_zone: str | None
    account_zone: str | None
    workspace_zone: str | None
    region: str | None
    country_is_known: bool
    free_days: list[str]
    person: str
    account: str | None
    holds: str
    law: str


async def reach_of(db: Connectable, contact_id: UUID, now: datetime) -> Reach:
    """Whether somebody may be written to, by channel.

    Raises:
        NotFoundError: no such contact.
    """
    known = await db.row(_Known, "campaigns.reach.of", {"id": contact_id, "now": now})
    if known is None:
        raise NotFoundError(f"There is no contact {contact_id}.")
    zone, source = zone_of(known.contact_zone, known.account_zone, None, known.workspace_zone)
    facts = _facts(known, zone, now)
    case = Case(facts, _NONE, _NONE.steps[0], now)
    found = [decision for rule in _RULES if (decision := rule(case)) is not None]
    return Reach(
        zone=zone,
        zone_source=source,
        barriers=[Barrier(rule=one.rule, reason=one.reason) for one in found],
        channels=[_reach(channel, facts, now) for channel in CHANNELS],
    )


def _facts(known: _Known, zone: str, now: datetime) -> Facts:
    person = msgspec.json.decode(known.person, type=PersonFacts)
    person = msgspec.structs.replace(person, suppressed=tuple(sorted(person.suppressed)))
    return Facts(
        enrolment_id=person.id,
        campaign=_NONE.name,
        is_live=True,
        step_key=_NONE.steps[0].key,
        track=Track.MAIN,
        attempt=1,
        state="pending",
        due_at=now,
        queue_channel=Channel.EMAIL,
        zone=zone,
        region=known.region,
        person=person,
        account=msgspec.json.decode(known.account, type=AccountFacts) if known.account else None,
        holds=tuple(msgspec.json.decode(known.holds, type=list[HoldFacts])),
        jurisdiction=msgspec.json.decode(known.law, type=dict[str, str]),
        country_is_known=known.country_is_known,
        free_days=tuple(known.free_days),
    )


def _reach(channel: Channel, facts: Facts, now: datetime) -> ChannelReach:
    rule = refusal(channel, facts)
    case = Case(msgspec.structs.replace(facts, queue_channel=channel), _NONE, _NONE.steps[0], now)
    needs_person = rule is None and law_for(channel, facts) is Law.UNKNOWN
    try:
        hours = case.opening(now)
    except InvalidValueError:  # a region with a free day every day
        hours = None
    return ChannelReach(
        channel=channel,
        rule=rule,
        reason=_reason(rule, channel, facts, needs_person=needs_person),
        needs_person=needs_person,
        opens_at=hours.opens_at if hours else None,
        closes_at=hours.closes_at if hours else None,
    )


def _reason(rule: str | None, channel: Channel, facts: Facts, *, needs_person: bool) -> str:
    if rule is not None:
        return f"{who.why_not(Refusal(channel, rule), facts.person)}.".capitalize()
    if needs_person:
        return "What the law of their country asks is not known: a person approves each message."
    return "A consent is on record." if channel in facts.person.consents else "Nothing speaks against it."
