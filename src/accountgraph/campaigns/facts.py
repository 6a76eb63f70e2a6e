"""What a decision is made by: everything the arbiter may look at for one due step, and nothing else.

Facts are read in one statement, stored with the decision as JSON, and decide the same again.
All times are UTC.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.definition.steps import Track
from accountgraph.enums import AccountStatus, Channel, ContactStatus, QualificationTier, Seniority

CONSOLE = "console"  # the transport that prints, and reaches nobody


class PersonFacts(Struct, frozen=True, kw_only=True):
    """The contact. `consents`: channels with a consent that stands. `suppressed`: channel (or `all`) and reason of each suppression.

    `refused_topics`: what they do not want to hear about. `gave_address`: the person gave us the address themselves (source),
    so that a first mail needs no notice of where it is from. `is_made_up`: somebody of the rich demo, at an address in `.example`.
    `last_touch_at`: the last thing we sent on any channel, from any campaign or by hand.
    """

    id: UUID
    name: str
    email: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    status: ContactStatus = ContactStatus.ACTIVE
    country: str | None = None
    seniority: Seniority | None = None
    is_made_up: bool = False
    do_not_contact: bool = False
    preferred_channel: Channel | None = None
    consents: tuple[Channel, ...] = ()
    suppressed: tuple[tuple[str, str], ...] = ()
    refused_topics: tuple[str, ...] = ()
    source: str | None = None
    collected_at: datetime | None = None
    gave_address: bool = False
    engagement_score: int = 0
    qualification_tier: QualificationTier | None = None
    last_touch_at: datetime | None = None
    last_human_reply_at: datetime | None = None


class AccountFacts(Struct, frozen=True, kw_only=True):
    """The account, as far as it binds this person. `touches`: what we sent anybody there in the last 7 days, oldest first.

    `contacts_at_once`: other people there whom live enrolments approach now (touched, not finished).
    `ahead`: of those with a better rank in this campaign, how many have not been approached yet, and when the last of the others was.
    `exclusions`: why it is left out (customer, competitor, open_opportunity, owner).
    `stopped_by`: kinds of the signals of colleagues that are older than this untouched enrolment and not dealt with: their task is
    open, or those whom they paused still are; `stopped_by_in_campaign`: the same of this campaign alone.
    """

    id: UUID
    status: AccountStatus = AccountStatus.PROSPECTING
    country: str | None = None
    exclusions: tuple[str, ...] = ()
    contacts_at_once: int = 0
    touches: tuple[datetime, ...] = ()
    ahead_not_approached: int = 0
    ahead_last_touch_at: datetime | None = None
    stopped_by: tuple[str, ...] = ()
    stopped_by_in_campaign: tuple[str, ...] = ()


class SenderFacts(Struct, frozen=True, kw_only=True):
    """The mailbox or number. `sent_last_hour`, `sent_last_day`: what counts against its caps, planned ones too.

    `frees_at`: when its throttle (caps and jitter) next lets one go; None: now. `per_hour`, `per_day`: limits of its own.
    `recent`, `recent_bounces`, `recent_complaints`: of its last messages (as many as the policy looks at).
    """

    id: UUID
    address: str
    transport: str = CONSOLE
    per_hour: int | None = None
    per_day: int | None = None
    warmup_started_at: datetime | None = None
    inbound_synced_at: datetime | None = None
    sent_last_hour: int = 0
    sent_last_day: int = 0
    frees_at: datetime | None = None
    recent: int = 0
    recent_bounces: int = 0
    recent_complaints: int = 0
    has_legal_identity: bool = False


class HoldFacts(Struct, frozen=True, kw_only=True):
    """A stop that stands: of `workspace`, `sender`, `account` or `contact`; `until` None: until it is lifted."""

    scope: str
    reason: str
    until: datetime | None = None


class StepFacts(Struct, frozen=True, kw_only=True):
    """What is known of this enrolment's own messages. Opens and clicks are those that a person made."""

    opened: bool = False
    clicked: bool = False
    has_colleague: bool = False
    has_thread: bool = False


class DraftFacts(Struct, frozen=True, kw_only=True):
    """What a model wrote for the step. `state`: `missing`, `wanted`, `written`, `refused`, `failed`, or `stale`: somebody answered since,
    or it was written for another channel. `model`: the one that writes in this workspace.
    """

    state: str
    model: str


class Facts(Struct, frozen=True, kw_only=True):
    """One due step.

    `attempt` is 1 for the first touch. `queue_channel`: the one whose queue it was due in.
    `domain_sends`: what any sender sent to the recipient's domain in 24 hours, oldest first.
    `has_approval`: a person accepted this step's content. `mentions_colleague`: that content names one. `elsewhere`: other campaigns
    that are approaching the person. `jurisdiction`: what the law of the country says, by channel (`allow`, `consent`, `deny`);
    `country_is_known` False: neither the person's nor the company's country is known. `free_days`: the workspace's own, ISO dates.
    `draft` None: no model writes in this workspace.
    """

    enrolment_id: UUID
    campaign: str
    campaign_status: str = "active"
    is_live: bool
    step_key: str
    track: Track
    attempt: int
    state: str
    due_at: datetime
    queue_channel: Channel
    zone: str
    region: str | None = None
    person: PersonFacts
    account: AccountFacts | None = None
    sender: SenderFacts | None = None
    domain_sends: tuple[datetime, ...] = ()
    holds: tuple[HoldFacts, ...] = ()
    elsewhere: tuple[str, ...] = ()
    jurisdiction: dict[str, str] = {}
    country_is_known: bool = True
    free_days: tuple[str, ...] = ()
    has_approval: bool = False
    mentions_colleague: bool = False
    messages: StepFacts = StepFacts()
    draft: DraftFacts | None = None
