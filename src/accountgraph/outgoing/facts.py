"""What is told of each kind of thing that happens: ids, and words of the product's own; never people's names, addresses or words.

The database puts these together (`sql/schema/outgoing/`); what is not known is left out.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The `data` of a payload."""


class AboutAccount(Facts, frozen=True, kw_only=True):
    """An account. `changed`: which fields are other than before."""

    account_id: UUID
    name: str | None = None
    domain: str | None = None
    tier: str | None = None
    status: str | None = None
    changed: list[str] | None = None


class AboutContact(Facts, frozen=True, kw_only=True):
    """A person. `changed`: which fields are other than before."""

    contact_id: UUID
    account_id: UUID | None = None
    status: str | None = None
    changed: list[str] | None = None


class AboutRefusal(Facts, frozen=True, kw_only=True):
    """Somebody who is not written to any more, on a channel or `all`. Without `contact_id`: an address that is nobody's here."""

    channel: str
    reason: str
    contact_id: UUID | None = None
    account_id: UUID | None = None
    suppression_id: UUID | None = None


class AboutMessage(Facts, frozen=True, kw_only=True):
    """A message, or a meeting. `message_id`: its touchpoint. `detail`: what a reply means, how hard a bounce is."""

    event_id: int
    message_id: UUID | None = None
    conversation_id: UUID | None = None
    contact_id: UUID | None = None
    account_id: UUID | None = None
    campaign_id: UUID | None = None
    channel: str | None = None
    detail: str | None = None


class AboutIntent(Facts, frozen=True, kw_only=True):
    """A message of a campaign of which nobody knows whether it left."""

    intent_id: UUID
    enrolment_id: UUID
    campaign_id: UUID
    channel: str
    step: str
    is_live: bool
    contact_id: UUID | None = None
    account_id: UUID | None = None


class AboutConversation(Facts, frozen=True, kw_only=True):
    """A conversation."""

    conversation_id: UUID
    contact_id: UUID
    status: str
    account_id: UUID | None = None
    campaign_id: UUID | None = None
    qualification_tier: str | None = None


class AboutEnrolment(Facts, frozen=True, kw_only=True):
    """One person's way through a campaign. `is_live` false: a dry run. `step`: the one that is next. `until`: of a pause."""

    enrolment_id: UUID
    campaign_id: UUID
    campaign: str
    is_live: bool
    step: str
    contact_id: UUID | None = None
    account_id: UUID | None = None
    reason: str | None = None
    until: datetime | None = None


class AboutApproval(Facts, frozen=True, kw_only=True):
    """A message that waits for a person, or was decided about."""

    approval_id: UUID
    enrolment_id: UUID
    campaign_id: UUID
    campaign: str
    is_live: bool
    step: str
    channel: str
    state: str
    contact_id: UUID | None = None
    account_id: UUID | None = None


class AboutTask(Facts, frozen=True, kw_only=True):
    """Work for a person."""

    task_id: UUID
    kind: str
    state: str
    due_at: datetime
    account_id: UUID | None = None
    contact_id: UUID | None = None
    enrolment_id: UUID | None = None
    outcome: str | None = None


class AboutCampaign(Facts, frozen=True, kw_only=True):
    """A campaign."""

    campaign_id: UUID
    campaign: str
    is_live: bool


class AboutHold(Facts, frozen=True, kw_only=True):
    """A stop. `scope`: `workspace`, `sender` (a mailbox), `account` or `contact`."""

    hold_id: UUID
    scope: str
    reason: str
    sender_id: UUID | None = None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    until: datetime | None = None


class AboutSignal(Facts, frozen=True, kw_only=True):
    """A deal, or a person who left."""

    signal_id: UUID
    account_id: UUID | None = None
    contact_id: UUID | None = None


class AboutTest(Facts, frozen=True, kw_only=True):
    """A trial."""

    endpoint_id: UUID
