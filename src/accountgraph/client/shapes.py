"""What is sent and answered. Made by tools/client.py."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, TypedDict
from uuid import UUID

import msgspec

from accountgraph.enums import (
    AccountStatus,
    AccountTier,
    Channel,
    CompanySize,
    ConsentBasis,
    ContactStatus,
    ConversationStatus,
    Direction,
    EventKind,
    Outcome,
    QualificationTier,
    RelationshipType,
    Seniority,
    Strength,
    SuppressionReason,
)
from accountgraph.models import (
    CommunicationPreferences,
    Contact,
    EngagementMetrics,
    NewEvent,
    Touchpoint,
)


class BulkAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """What became of the rows. `ids` has one for each that was sent, null where there is an error; a bad row spoils no other."""

    created: int
    ids: list[UUID | None]
    errors: list[RowProblem]


class RowProblem(msgspec.Struct, kw_only=True, frozen=True):
    """Why the row at `position` (from 0) was not taken."""

    position: int
    field: str
    message: str


class Domains(msgspec.Struct, kw_only=True, frozen=True):
    """All domains of a company."""

    domains: list[str]


class AccountRow(msgspec.Struct, kw_only=True, frozen=True):
    """A row of the table. `is_made_up`: it is the demo's. `health`: 0-100, as of now; `trend`: of the 30 days to today, the oldest first, None where none is kept. `people`: all that are known; `decision_makers`: of those who are active."""

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


class LastEngagement(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody of an account did last that counts as a person's. `kind` None: its event is kept no more."""

    at: datetime
    kind: EventKind | None
    contact_id: UUID
    contact: str | None


class NextStep(msgspec.Struct, kw_only=True, frozen=True):
    """What is next. `detail`: a task's title, a message's subject, a campaign's step, or why it is held or paused."""

    kind: Literal[
        "reply", "approval", "task", "hold", "planned", "paused", "find_people", "find_decision_maker", "start_conversation", "nothing_due"
    ]
    detail: str | None = None
    campaign: str | None = None
    at: datetime | None = None
    contact_id: UUID | None = None
    contact: str | None = None
    item_id: UUID | None = None


class BulkChange(msgspec.Struct, kw_only=True, frozen=True):
    """What was changed. `batch`: what the audit log calls it; None: nothing was. `people`: who was enrolled, or goes on."""

    batch: str | None
    changed: list[UUID]
    left_out: list[LeftOut]
    people: list[UUID] = []


class LeftOut(msgspec.Struct, kw_only=True, frozen=True):
    """An account, or somebody of it, that was left out."""

    company_id: UUID
    contact_id: UUID | None = None
    reason: str


class AccountView(msgspec.Struct, kw_only=True, frozen=True):
    """The table of accounts as somebody saved it. `owner_id`: of the user (or key) whose it is; others see it where it `is_shared`."""

    id: UUID | None = None
    owner_id: str
    name: str
    wanted: AccountsWanted | None = None
    is_shared: bool = False
    position: int = 0
    created_at: datetime
    updated_at: datetime


class AccountsWanted(msgspec.Struct, kw_only=True, frozen=True):
    """Which accounts, in which order and columns. All filters hold; of one with several values any does."""

    q: str | None = None
    tier: tuple[AccountTier, ...] = ()
    status: tuple[AccountStatus, ...] = ()
    industry: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    owner: UUID | None = None
    has_open_work: bool = False
    sort: Literal["name", "-name", "created_at", "-created_at"] | None = None
    columns: tuple[
        Literal[
            "domain",
            "tier",
            "status",
            "industry",
            "country",
            "size",
            "owner",
            "health",
            "people",
            "decision_makers",
            "last_engagement",
            "next_step",
            "created_at",
        ],
        ...,
    ] = ()


class PersonRow(msgspec.Struct, kw_only=True, frozen=True):
    """A person of the list. `engagement`: 0-100, as of now; 0 for whoever refused, bounced or complained."""

    id: UUID
    name: str | None
    email: str | None
    company_id: UUID | None
    company: str | None
    title: str | None
    role: str | None
    department: str | None
    seniority_level: Seniority | None
    status: ContactStatus
    is_primary_contact: bool
    is_decision_maker: bool
    is_champion: bool
    engagement: int
    last_engaged_at: datetime | None
    created_at: datetime
    do_not_contact: bool
    suppressed: list[str]
    may_be_mailed: bool = False


class Recorded(msgspec.Struct, kw_only=True, frozen=True):
    """How many of the events were new."""

    recorded: int


class Campaign(msgspec.Struct, kw_only=True, frozen=True):
    """A campaign and its newest version. `is_live` False: what it does goes to the console and counts nowhere."""

    id: UUID
    name: str
    status: str
    is_live: bool
    preview_hash: str | None
    preview_approved_by: str | None
    preview_approved_at: datetime | None
    started_at: datetime | None
    created_at: datetime
    version_id: UUID
    number: int
    content_hash: str
    approved_version_id: UUID | None


class Example(msgspec.Struct, kw_only=True, frozen=True):
    """A campaign to begin from. `text`: a commented TOML file."""

    name: str
    description: str | None
    text: str


class CampaignCheck(msgspec.Struct, kw_only=True, frozen=True):
    """What is wrong with a campaign's text (`problems`), or worth knowing (notes among them). `is_sound`: it can be applied."""

    name: str | None
    is_sound: bool
    problems: list[Problem]


class Problem(msgspec.Struct, kw_only=True, frozen=True):
    """`key` is the path in the file (`steps[2].template`). A note (`is_note`) is worth knowing and stops nothing."""

    key: str
    message: str
    cure: str = ""
    is_note: bool = False


class CampaignPlan(msgspec.Struct, kw_only=True, frozen=True):
    """What applying would do: `problems` stand against it (notes do not), `changes` are key by key. `latest`: the newest version."""

    campaign: str
    content_hash: str
    latest: int | None
    is_changed: bool
    problems: list[Problem]
    changes: list[Change]


class Change(msgspec.Struct, kw_only=True, frozen=True):
    """One key: `before` and `after` as text, None where it is not there. Steps and variants go by their own keys, not their places."""

    key: str
    before: str | None
    after: str | None


class Applied(msgspec.Struct, kw_only=True, frozen=True):
    """What `apply` did. `created`: the campaign is new; `is_changed`: there is a new version, `number`. `notes` are worth knowing."""

    campaign_id: UUID
    version_id: UUID
    number: int
    created: bool
    is_changed: bool
    changes: list[Change] = []
    notes: list[Problem] = []


class VersionLine(msgspec.Struct, kw_only=True, frozen=True):
    """A version of a campaign. `people`: those who began with it; `is_approved`: somebody approved its preview."""

    id: UUID
    number: int
    content_hash: str
    created_at: datetime
    people: int
    is_approved: bool


class CampaignWritten(msgspec.Struct, kw_only=True, frozen=True):
    """A version of a campaign: as data, and as YAML without what is as it is by default."""

    campaign: str
    number: int
    content_hash: str
    definition: CampaignDefinition
    yaml: str


class CampaignDefinition(msgspec.Struct, kw_only=True, frozen=True):
    """A campaign as it is written, reviewed and applied."""

    name: str
    description: str | None = None
    topic: str | None = None
    senders: tuple[str, ...] = ()
    audience: Audience | None = None
    approach_colleagues: bool = False
    steps: tuple[Step, ...]
    templates: dict[str, Template] = {}
    policy: Policy | None = None


class Audience(msgspec.Struct, kw_only=True, frozen=True):
    """Of the fields that are given, all must hold; a list holds where one of its values does."""

    companies: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    account_tier: tuple[AccountTier, ...] = ()
    account_status: tuple[AccountStatus, ...] = ()
    industry: tuple[str, ...] = ()
    size: tuple[CompanySize, ...] = ()
    country: tuple[str, ...] = ()
    seniority_level: tuple[Seniority, ...] = ()
    role: tuple[str, ...] = ()
    is_decision_maker: bool | None = None
    silent_for_days: int | None = None
    has_attributes: dict[str, str | float | bool] = {}
    most_per_account: int | None = None


class Step(msgspec.Struct, kw_only=True, frozen=True):
    """One touch. Without a `channel` the policy chooses one, by how often the contact was approached."""

    key: str
    track: Literal["main", "positive", "negative"] | None = None
    wait_business_days: int | None = None
    channel: Channel | None = None
    template: str | None = None
    instructions: str | None = None
    same_thread: bool = True
    only_if: Condition | None = None
    branches: tuple[Branch, ...] = ()
    needs_approval: bool | None = None
    drafted: bool | None = None
    max_words: int | None = None
    trusts_drafts: bool | None = None


class Condition(msgspec.Struct, kw_only=True, frozen=True):
    """What must hold; of the fields that are given, all. Opens and clicks count only where a person made them."""

    opened: bool | None = None
    clicked: bool | None = None
    engagement_at_least: int | None = None
    qualification_tier: tuple[QualificationTier, ...] = ()
    has_phone: bool | None = None
    has_linkedin: bool | None = None
    has_colleague: bool | None = None


class Branch(msgspec.Struct, kw_only=True, frozen=True):
    """Where `condition` holds once the next step is due, it is `to` instead of the one below; the first that holds wins."""

    condition: Condition
    to: str


class Template(msgspec.Struct, kw_only=True, frozen=True):
    """The words of a step, in Jinja over the conversation's context. `subject` is for e-mail."""

    subject: str | None = None
    body: str = ""
    variants: tuple[Variant, ...] = ()


class Variant(msgspec.Struct, kw_only=True, frozen=True):
    """Other words for the same step; who gets which is fixed by the enrolment. `weight` is its share against the others'."""

    key: str
    subject: str | None = None
    body: str
    weight: int = 1


class Policy(msgspec.Struct, kw_only=True, frozen=True):
    """Everything a campaign is decided by."""

    schedule: Schedule | None = None
    pace: Pace | None = None
    channels: Channels | None = None
    sender: SenderLimits | None = None
    account: AccountLimits | None = None
    contact: ContactLimits | None = None
    colleagues: Colleagues | None = None
    exclusions: Exclusions | None = None
    reactions: Reactions | None = None
    retry: Retry | None = None
    escalation: Escalation | None = None
    reentry: Literal["once", "not_while_active", "any"] | None = None
    is_exclusive: bool = True
    requires_approval: bool = True
    sync_limit_minutes: int = 60
    lease_seconds: int = 120
    trusts_drafts: bool | None = None


class Schedule(msgspec.Struct, kw_only=True, frozen=True):
    """Send windows by channel (`other` for those not named), and whether public holidays of the contact's region are free days."""

    email: Window | None = None
    sms: Window | None = None
    call: Window | None = None
    other: Window | None = None
    skip_holidays: bool = True


class Window(msgspec.Struct, kw_only=True, frozen=True):
    """When a channel may be used, in the recipient's zone. `days`: ISO weekdays, 1 is Monday. The end is not included."""

    days: tuple[int, ...] | None = None
    start: str = "09:00"
    end: str = "17:00"


class Pace(msgspec.Struct, kw_only=True, frozen=True):
    """How many touchpoints an enrolment has at most, and the business days between them; the last gap repeats."""

    most_touchpoints: int = 7
    gaps_business_days: tuple[int, ...] | None = None


class Channels(msgspec.Struct, kw_only=True, frozen=True):
    """Which channel for which attempt. One that cannot be used (no address, no consent) gives way to the next in `order`."""

    order: tuple[ChannelRule, ...] | None = None
    linkedin_between: bool = True


class ChannelRule(msgspec.Struct, kw_only=True, frozen=True):
    """A channel for the attempts `first` to `last` (1 is the first touch; None: to the end)."""

    channel: Channel
    first: int = 1
    last: int | None = None


class SenderLimits(msgspec.Struct, kw_only=True, frozen=True):
    """What one mailbox or number may do; a sender may have narrower limits of its own."""

    per_day: int = 30
    per_hour: int = 8
    jitter_seconds: tuple[int, int] | None = None
    warmup_first_day: int = 5
    warmup_step: int = 2
    recipient_domain_per_day: int = 5
    hold_of_last: int = 100
    hold_bounce_percent: float = 3.0
    hold_complaint_percent: float = 0.1


class AccountLimits(msgspec.Struct, kw_only=True, frozen=True):
    """What one account bears: contacts approached at the same time, and touches in any 7 days."""

    most_contacts_at_once: int = 3
    touches_per_week: int = 5


class ContactLimits(msgspec.Struct, kw_only=True, frozen=True):
    """What one person bears: business days between touches over all channels and campaigns."""

    business_days_between: int = 2


class Colleagues(msgspec.Struct, kw_only=True, frozen=True):
    """When the next person of an account is approached: so many business days after the ones before were silent so long."""

    silence_hours: int = 48
    wait_business_days: int = 3


class Exclusions(msgspec.Struct, kw_only=True, frozen=True):
    """Whom an audience leaves out, with the reason. `live_thread_days`: somebody of ours and they exchanged messages within."""

    customers: bool = True
    open_opportunities: bool = True
    competitors: bool = True
    owner_exclusions: bool = True
    live_thread_days: int = 180


class Reactions(msgspec.Struct, kw_only=True, frozen=True):
    """The table. Replies have a row a meaning, so that a policy can resume, switch track or stop by it."""

    scope: Literal["account", "business_unit", "campaign"] | None = None
    reply: Reaction | None = None
    reply_positive: Reaction | None = None
    reply_question: Reaction | None = None
    reply_objection: Reaction | None = None
    reply_not_now: Reaction | None = None
    reply_refusal: Reaction | None = None
    referral: Reaction | None = None
    manual_message: Reaction | None = None
    out_of_office: Reaction | None = None
    hard_bounce: Reaction | None = None
    soft_bounce: Reaction | None = None
    policy_bounce: Reaction | None = None
    unsubscribe: Reaction | None = None
    complaint: Reaction | None = None
    meeting_booked: Reaction | None = None
    meeting_held: Reaction | None = None
    meeting_missed: Reaction | None = None
    deal_opened: Reaction | None = None
    deal_won: Reaction | None = None
    deal_lost: Reaction | None = None
    left_company: Reaction | None = None
    manual_stop: Reaction | None = None


class Reaction(msgspec.Struct, kw_only=True, frozen=True):
    """What one kind of signal does."""

    person: Literal["nothing", "finish", "pause", "fail", "retry"] | None = None
    pause_days: int | None = None
    suppress: str | None = None
    rest: Literal["nothing", "pause", "stop", "switch_track", "hold"] | None = None
    rest_track: Literal["main", "positive", "negative"] | None = None
    asks_owner: bool = False
    propose: bool = False


class Retry(msgspec.Struct, kw_only=True, frozen=True):
    """How a definite transient failure is tried again: `tries` in all, `backoff_minutes` doubling."""

    tries: int = 3
    backoff_minutes: int = 15


class Escalation(msgspec.Struct, kw_only=True, frozen=True):
    """Business days until a task is due, and until one that nobody did escalates."""

    task_due_business_days: int = 1
    escalate_business_days: int = 3


class ShownCampaign(msgspec.Struct, kw_only=True, frozen=True):
    """A campaign as of its newest version. `sequence`: in plain words. `policy`: what is not as by default, which is `before`."""

    campaign: Campaign
    definition: CampaignDefinition
    sequence: list[ToldStep]
    policy: list[Change]
    versions: list[VersionLine]


class ToldStep(msgspec.Struct, kw_only=True, frozen=True):
    """One step: `what` is done and `when`, and what else there is to `notes`: its words, conditions, branches, approval."""

    key: str
    track: str
    what: str
    when: str
    notes: tuple[str, ...] = ()


class ShownAudience(msgspec.Struct, kw_only=True, frozen=True):
    """How many a campaign takes and leaves out, for which reasons; the first of each by name, as `Excluded` has the reasons."""

    campaign: str
    takes: int
    leaves_out: int
    reasons: dict[str, int]
    chosen: list[AudiencePerson]
    excluded: list[AudiencePerson]


class AudiencePerson(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody of an audience. `rank`: their place in the order of their account, 1 the first; or `reason`: why they are left out."""

    contact_id: UUID
    name: str
    email: str | None
    title: str | None
    company: str | None
    rank: int | None = None
    reason: str | None = None


class ShownPreview(msgspec.Struct, kw_only=True, frozen=True):
    """Every step in every variant as somebody would get it. `content_hash`: of the campaign's text, for whoever approves what they saw."""

    campaign: str
    content_hash: str
    contact_id: UUID
    messages: list[Preview]


class Preview(msgspec.Struct, kw_only=True, frozen=True):
    """One step in one of its variants, as the person would get it. `warnings`: what keeps it from leaving by itself, or is missing."""

    step_key: str
    track: str
    channel: Channel
    variant: str | None = None
    subject: str | None = None
    content: str | None = None
    signature: str = ""
    footer: str = ""
    tracks: tuple[str, ...] = ()
    size: TextSize | None = None
    names: str | None = None
    needs_approval: bool = False
    warnings: tuple[str, ...] = ()


class TextSize(msgspec.Struct, kw_only=True, frozen=True):
    """How a text travels, for people to see before it is sent."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int
    left: int
    costly: tuple[str, ...] = ()


class Conflict(msgspec.Struct, kw_only=True, frozen=True):
    """Something that keeps a campaign from approaching somebody. `kind`: `elsewhere`, `live_thread`, `suppressed` or `hold`."""

    contact_id: UUID
    name: str
    kind: str
    detail: str


class Started(msgspec.Struct, kw_only=True, frozen=True):
    """What a start did: how many people began, and how many were left out for which reason."""

    campaign: Campaign
    enrolled: int
    left_out: dict[str, int]


class MovedPeople(msgspec.Struct, kw_only=True, frozen=True):
    """How many people of a campaign paused, went on or ended by it."""

    campaign: str
    people: int


class CampaignStanding(msgspec.Struct, kw_only=True, frozen=True):
    """Where a campaign stands. `progress`: people by state and reason. `work`: what was sent, and what waits for somebody."""

    campaign: Campaign
    under_way: int
    next_due_at: datetime | None
    progress: list[Progress]
    work: Work
    funnel: list[Funnel]


class Progress(msgspec.Struct, kw_only=True, frozen=True):
    """How many people are in one place."""

    is_live: bool
    state: str
    reason: str | None
    people: int
    next_due_at: datetime | None


class Work(msgspec.Struct, kw_only=True, frozen=True):
    """What was sent, and what waits for somebody; `unknown`: nobody knows whether it left."""

    sent: int
    dry_runs: int
    unknown: int
    open_tasks: int
    pending_approvals: int


class Funnel(msgspec.Struct, kw_only=True, frozen=True):
    """People by how far they came, each counted once a stage; live and dry runs apart."""

    is_live: bool
    enrolled: int
    approached: int
    delivered: int
    opened: int
    clicked: int
    bounced: int
    answered: int
    positive: int
    meetings: int
    unsubscribed: int


class CampaignRun(msgspec.Struct, kw_only=True, frozen=True):
    """What was done of what was due. `asked`: steps that wait for a person. `unknown`: nobody knows whether they left."""

    campaign: str
    decided: int
    sent: int
    asked: int
    unknown: int


class Why(msgspec.Struct, kw_only=True, frozen=True):
    """All there is to say about writing to one person. `story` is in the order of time."""

    contact_id: UUID
    name: str
    email: str | None
    enrolments: list[EnrolmentStory]
    story: list[Line]
    barriers: list[Barrier]
    outside: Outside | None = None


class EnrolmentStory(msgspec.Struct, kw_only=True, frozen=True):
    """Where somebody stands in a campaign."""

    id: UUID
    campaign: str
    is_live: bool
    state: str
    reason: str | None
    paused_until: datetime | None
    step_key: str
    track: Literal["main", "positive", "negative"]
    touch_count: int
    next_due_at: datetime | None
    zone: str
    zone_source: str
    sender: str | None
    started_at: datetime
    finished_at: datetime | None


class Line(msgspec.Struct, kw_only=True, frozen=True):
    """One thing that was decided or happened. `kind`: a verdict, an intent's state, `approval ...`, `task ...`, `answer ...` or `signal`."""

    enrolment_id: UUID | None
    at: datetime
    kind: str
    step_key: str | None
    rule: str
    reason: str
    until: datetime | None
    count: int


class Barrier(msgspec.Struct, kw_only=True, frozen=True):
    """A suppression or a hold: `what` is the channel or the scope."""

    kind: str
    what: str
    reason: str
    since: datetime
    until: datetime | None


class Outside(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody who is not in a campaign. `reason`: why its audience leaves them out (`not_in_audience`: it does not name them)."""

    campaign: str
    reason: str | None


class ShownReplay(msgspec.Struct, kw_only=True, frozen=True):
    """A history decided again. `before`, `after`: how many decisions each rule made. `different`: how many came out another way."""

    campaign: str
    decisions: int
    before: dict[str, int]
    after: dict[str, int]
    different: int
    differences: list[Difference]
    missing_steps: int


class Difference(msgspec.Struct, kw_only=True, frozen=True):
    """One decision that would have been another. `at`: when it was made; `until`: of a deferral (UTC). `before` and `after` are rules."""

    at: datetime
    name: str
    step_key: str
    verdict_before: Literal["allow", "defer", "deny"]
    before: str
    until_before: datetime | None
    verdict_after: Literal["allow", "defer", "deny"]
    after: str
    until_after: datetime | None
    reason: str


class Simulated(msgspec.Struct, kw_only=True, frozen=True):
    """What a simulation found. `states`: how many people ended where; `reasons`: how many were left out for which reason."""

    campaign: str
    start: datetime
    until: datetime
    seed: int
    left_out: list[ReportLeftOut] = []
    touches: list[TouchMade]
    answers: list[Answer]
    put_off: list[PutOff]
    endings: list[Ending]
    load: list[Load]
    scripts_of_nobody: list[str] = []
    states: dict[str, int]
    reasons: dict[str, int]


class ReportLeftOut(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody whom the audience names and who is not approached. The reasons are those of `accountgraph campaign preview`."""

    contact_id: UUID
    address: str
    name: str | None
    company: str | None
    reason: str


class TouchMade(msgspec.Struct, kw_only=True, frozen=True):
    """One touch; `sender` None: a person did it by hand."""

    at: datetime
    contact_id: UUID
    address: str
    name: str | None
    company: str | None
    channel: Channel
    sender: str | None
    step: str
    subject: str | None


class Answer(msgspec.Struct, kw_only=True, frozen=True):
    """What somebody did."""

    at: datetime
    contact_id: UUID | None
    address: str
    kind: str


class PutOff(msgspec.Struct, kw_only=True, frozen=True):
    """What one rule deferred (`defer`) or denied (`deny`): for how many people, and how often in all."""

    verdict: str
    rule: str
    people: int
    times: int
    example: str


class Ending(msgspec.Struct, kw_only=True, frozen=True):
    """Where somebody stands at the end."""

    contact_id: UUID
    address: str
    name: str | None
    company: str | None
    state: str
    reason: str | None
    track: str
    step: str
    touches: int
    paused_until: datetime | None
    next_due_at: datetime | None


class Load(msgspec.Struct, kw_only=True, frozen=True):
    """Messages of one mailbox on one day (UTC), and the most that its policy lets it send on such a day."""

    sender: str
    day: date
    messages: int
    cap: int


class OutreachTemplate(msgspec.Struct, kw_only=True, frozen=True):
    """A template in its newest version."""

    id: UUID
    name: str
    created_at: datetime
    number: int
    definition: dict[str, Any]
    content_hash: str


class TemplateVersion(msgspec.Struct, kw_only=True, frozen=True):
    """A version of a template; `number` 1 is the first."""

    number: int
    definition: Template
    content_hash: str
    created_at: datetime


class Enrolment(msgspec.Struct, kw_only=True, frozen=True):
    """A person in a campaign. `version`: the number of the one they began with. `step_key`: the step that is next, or in work."""

    id: UUID
    campaign_id: UUID
    campaign: str
    version_id: UUID
    version: int
    is_live: bool
    contact_id: UUID | None
    company_id: UUID | None
    conversation_id: UUID | None
    state: str
    reason: str | None
    paused_until: datetime | None
    track: str
    step_key: str
    touch_count: int
    account_rank: int
    sender_id: UUID | None
    next_due_at: datetime | None
    zone: str
    zone_source: str
    region: str | None
    referred_by_id: UUID | None
    first_touch_at: datetime | None
    last_touch_at: datetime | None
    started_at: datetime
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime


class DecisionMade(msgspec.Struct, kw_only=True, frozen=True):
    """What was decided at a step of somebody's. `count`: how often the same deferral was given, `first_at` to `last_at`."""

    id: int
    enrolment_id: UUID
    campaign_id: UUID
    campaign: str
    contact_id: UUID | None
    step_key: str
    verdict: Literal["allow", "defer", "deny"]
    rule: str
    reason: str
    until: datetime | None
    count: int
    first_at: datetime
    last_at: datetime
    version: int


class Added(msgspec.Struct, kw_only=True, frozen=True):
    """Who began. `left_out`: whom the campaign's rule of re-entry keeps out, for they are in it or were."""

    campaign: str
    enrolled: list[Enrolled]
    left_out: list[UUID]


class Enrolled(msgspec.Struct, kw_only=True, frozen=True):
    """A new enrolment."""

    id: UUID
    contact_id: UUID
    next_due_at: datetime


class EnrolledPerson(msgspec.Struct, kw_only=True, frozen=True):
    """An enrolment, told by names."""

    id: UUID
    campaign_id: UUID
    campaign: str
    version_id: UUID
    version: int
    is_live: bool
    contact_id: UUID | None
    company_id: UUID | None
    conversation_id: UUID | None
    state: str
    reason: str | None
    paused_until: datetime | None
    track: str
    step_key: str
    touch_count: int
    account_rank: int
    sender_id: UUID | None
    next_due_at: datetime | None
    zone: str
    zone_source: str
    region: str | None
    referred_by_id: UUID | None
    first_touch_at: datetime | None
    last_touch_at: datetime | None
    started_at: datetime
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime
    person: str | None
    email: str | None
    company: str | None
    sender: str | None


class ProcessedLead(msgspec.Struct, kw_only=True, frozen=True):
    """What came of a lead. `enrolments`: the new ones, the lead's own first; none where the campaign has them already."""

    company_id: UUID | None
    contact_id: UUID
    conversation_id: UUID
    is_new_company: bool
    is_new_contact: bool
    is_new_message: bool
    enrolments: list[UUID]


class TakenLead(msgspec.Struct, kw_only=True, frozen=True):
    """What became of the lead at `position` (from 0): the lead as it was processed, or why it was not."""

    position: int
    processed: ProcessedLead | None
    error: str | None


class Intent(msgspec.Struct, kw_only=True, frozen=True):
    """The decision to do one step for one person: a message, a call. `state`: planned, calling, sent, refused, unknown or withdrawn."""

    id: UUID
    enrolment_id: UUID
    step_key: str
    state: str
    is_live: bool
    channel: Channel
    sender_id: UUID | None
    contact_id: UUID | None
    company_id: UUID | None
    address: str | None
    subject: str | None
    content: str | None
    content_hash: str | None
    variant: str | None
    mentions_id: UUID | None
    tries: int
    message_id: str | None
    wire_message_id: str | None
    provider_id: str | None
    in_reply_to: str | None
    touchpoint_id: UUID | None
    detail: str | None
    links: list[str] | None
    planned_at: datetime
    called_at: datetime | None
    settled_at: datetime | None


class Attempt(msgspec.Struct, kw_only=True, frozen=True):
    """One call to a provider, and what came of it. `raw`: what it answered."""

    id: int
    intent_id: UUID
    number: int
    outcome: str
    detail: str | None
    raw: dict[str, Any]
    started_at: datetime
    finished_at: datetime


class ShownIntent(msgspec.Struct, kw_only=True, frozen=True):
    """An intent with every call that was made for it."""

    intent: Entry
    attempts: list[Attempt]


class Entry(msgspec.Struct, kw_only=True, frozen=True):
    """An intent, told by names. `task_id`: the task that is open about it."""

    id: UUID
    enrolment_id: UUID
    step_key: str
    state: str
    is_live: bool
    channel: Channel
    sender_id: UUID | None
    contact_id: UUID | None
    company_id: UUID | None
    address: str | None
    subject: str | None
    content: str | None
    content_hash: str | None
    variant: str | None
    mentions_id: UUID | None
    tries: int
    message_id: str | None
    wire_message_id: str | None
    provider_id: str | None
    in_reply_to: str | None
    touchpoint_id: UUID | None
    detail: str | None
    links: list[str] | None
    planned_at: datetime
    called_at: datetime | None
    settled_at: datetime | None
    campaign: str
    sender: str | None
    person: str | None
    task_id: UUID | None


class Closed(msgspec.Struct, kw_only=True, frozen=True):
    """What closing a task did, in words. `is_new` False: it was closed before, and nothing changed."""

    task: Task
    is_new: bool
    effects: list[str]


class Task(msgspec.Struct, kw_only=True, frozen=True):
    """Work for a person."""

    id: UUID
    kind: Literal[
        "call",
        "linkedin",
        "mail",
        "sms",
        "whatsapp",
        "meeting",
        "reply",
        "proposal",
        "meeting_outcome",
        "resolve_unknown",
        "question",
        "to_do",
    ]
    title: str
    body: str | None
    company_id: UUID | None
    company: str | None
    contact_id: UUID | None
    person: str | None
    intent_id: UUID | None
    step_key: str | None
    is_live: bool | None
    enrolment_id: UUID | None
    campaign: str | None
    enrolment_state: str | None
    enrolment_reason: str | None
    signal_id: UUID | None
    signal: str | None
    signal_at: datetime | None
    said: str | None
    owner: str | None
    state: str
    due_at: datetime
    escalate_at: datetime | None
    escalated_at: datetime | None
    outcome: str | None
    note: str | None
    closed_by: str | None
    closed_at: datetime | None
    created_at: datetime
    answer: str | None
    held_by: str | None
    held_until: datetime | None
    waits_until: datetime | None
    snoozed_by: str | None


class Approval(msgspec.Struct, kw_only=True, frozen=True):
    """A message that waits, or waited, for a person."""

    id: UUID
    enrolment_id: UUID
    campaign: str
    is_live: bool
    step_key: str
    channel: Channel
    address: str | None
    subject: str | None
    content: str
    content_hash: str
    variant: str | None
    mentions_id: UUID | None
    mentions: str | None
    state: str
    is_edited: bool
    decided_by: str | None
    decided_at: datetime | None
    note: str | None
    created_at: datetime
    contact_id: UUID | None
    person: str | None
    company: str | None
    enrolment_state: str
    enrolment_reason: str | None
    why: str | None
    written_by: str | None
    facts: list[UsedFact]
    held_by: str | None
    held_until: datetime | None


class UsedFact(msgspec.Struct, kw_only=True, frozen=True):
    """Something that a draft says, and the row that says so. `id`: as the model was given it."""

    id: str
    table: str
    row_id: UUID | None
    text: str


class Shown(msgspec.Struct, kw_only=True, frozen=True):
    """An approval with what stands below the message, and what is known of the person."""

    approval: Approval
    signature: str = ""
    footer: str
    tracks: tuple[str, ...] = ()
    known: dict[str, str]
    context: dict[str, Any]
    size: TextSize | None = None


class Ruling(msgspec.Struct, kw_only=True, frozen=True):
    """What came of a decision, in words. `is_new` False: it had been decided so before, and nothing changed."""

    approval: Approval
    is_new: bool
    effects: list[str]


class Claim(msgspec.Struct, kw_only=True, frozen=True):
    """Who is at something. `is_yours` False: somebody else is, until `held_until`; or, after it was left, nobody (`held_by` None)."""

    kind: Literal["task", "approval"]
    id: UUID
    is_yours: bool
    held_by: str | None
    held_until: datetime | None


class NextTask(msgspec.Struct, kw_only=True, frozen=True):
    """The task that is due first, with all that it needs; None: there is nothing to do."""

    sheet: Sheet | None


class Sheet(msgspec.Struct, kw_only=True, frozen=True):
    """A task with all that is needed for it."""

    task: Task
    whom: Whom | None
    why: str
    words: Words | None
    called: Entry | None
    history: list[Said]
    promised: list[str]
    learned: dict[str, Any]
    colleagues: list[InTouch]
    choices: list[Choice]


class Whom(msgspec.Struct, kw_only=True, frozen=True):
    """The person. `zone`: where they live, IANA. `barred`: channel and reason of each suppression."""

    title: str | None
    role: str | None
    email: str | None
    phone: str | None
    linkedin_url: str | None
    country: str | None
    zone: str | None
    best_time: str | None
    barred: list[str]


class Words(msgspec.Struct, kw_only=True, frozen=True):
    """What may be said: the step's words as they were made for this person. `address`: the number or the profile it goes to."""

    channel: Channel
    address: str | None
    subject: str | None
    content: str | None
    reason: str | None
    touch: int
    last_touch_at: datetime | None


class Said(msgspec.Struct, kw_only=True, frozen=True):
    """A touchpoint of the conversation: what was said, and what they answered."""

    direction: Direction
    channel: Channel
    sent_at: datetime
    subject: str | None
    content: str | None
    response: str | None
    outcome_details: str | None


class InTouch(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody else of the account. `last_engaged_at`: when they last did something. `is_withheld`: they do not want to be named."""

    id: UUID
    name: str
    title: str | None
    last_engaged_at: datetime | None
    last_touch_at: datetime | None
    is_withheld: bool


class Choice(msgspec.Struct, kw_only=True, frozen=True):
    """What can come of it, what that means, and the command that records it."""

    word: str
    says: str
    command: str


class Opened(msgspec.Struct, kw_only=True, frozen=True):
    """Something that came in, with what one has to know to answer it."""

    task: Task
    came: Came
    history: list[Touchpoint]
    context: dict[str, Any]
    qualification_tier: QualificationTier | None
    standings: list[Standing]


class Came(msgspec.Struct, kw_only=True, frozen=True):
    """The signal: `data` is what it brought, `effects` what it did, in words."""

    id: UUID
    kind: str
    at: datetime
    source: str
    data: dict[str, Any]
    effects: list[str]
    touchpoint_id: UUID | None


class Standing(msgspec.Struct, kw_only=True, frozen=True):
    """Where somebody stands in a campaign."""

    enrolment_id: UUID
    contact_id: UUID
    person: str
    campaign: str
    state: str
    reason: str | None
    paused_until: datetime | None
    next_due_at: datetime | None


class Answered(msgspec.Struct, kw_only=True, frozen=True):
    """What came of an answer. `outcome`: as of any call; `is_new` False: the same words left before, and nothing was sent again."""

    id: UUID
    outcome: Literal["sent", "refused", "retry", "unknown"]
    is_new: bool
    detail: str | None
    effects: list[str]


class Resumed(msgspec.Struct, kw_only=True, frozen=True):
    """Who goes on, as they stood before, and who does not."""

    going_on: list[Standing]
    left: list[Left]


class Left(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody who does not go on, and why."""

    standing: Standing
    why: str


class SignalMade(msgspec.Struct, kw_only=True, frozen=True):
    """Something that happened. `source`: who told us; `data`: what it brought; `effects`: what it did, in words."""

    id: UUID
    kind: Literal[
        "reply",
        "reply_positive",
        "reply_question",
        "reply_objection",
        "reply_not_now",
        "reply_refusal",
        "referral",
        "manual_message",
        "out_of_office",
        "hard_bounce",
        "soft_bounce",
        "policy_bounce",
        "unsubscribe",
        "complaint",
        "meeting_booked",
        "meeting_held",
        "meeting_missed",
        "deal_opened",
        "deal_won",
        "deal_lost",
        "left_company",
        "manual_stop",
        "open",
        "click",
    ]
    at: datetime
    contact_id: UUID | None
    company_id: UUID | None
    intent_id: UUID | None
    touchpoint_id: UUID | None
    source: str
    data: dict[str, Any]
    effects: list[str]
    recorded_at: datetime


class RecordRecorded(msgspec.Struct, kw_only=True, frozen=True):
    """What a signal did, in words; `is_new` False: it was recorded before, and this is what it did then."""

    id: UUID
    is_new: bool
    effects: list[str]


class Draft(msgspec.Struct, kw_only=True, frozen=True):
    """A draft with whom it is for. `refusals`: what the checker said, try by try. `detail`: why there is none."""

    id: UUID
    enrolment_id: UUID
    campaign: str
    is_live: bool
    step_key: str
    channel: Channel
    state: str
    subject: str | None
    content: str | None
    content_hash: str | None
    mentions: str | None
    facts: list[UsedFact]
    refusals: list[list[str]]
    detail: str | None
    model: str | None
    tries: int
    asked_at: datetime
    settled_at: datetime | None
    contact_id: UUID | None
    person: str | None
    company: str | None


class ShownPrompt(msgspec.Struct, kw_only=True, frozen=True):
    """All that a model would be told for one message. `characters`: of both."""

    step_key: str
    channel: Channel
    instructions: str
    text: str
    characters: int


class DraftTrial(msgspec.Struct, kw_only=True, frozen=True):
    """One draft with the checker's verdict, which is neither kept nor sent."""

    trial: Trial


class Trial(msgspec.Struct, kw_only=True, frozen=True):
    """One draft, with what the checker says of it."""

    model: str
    step_key: str
    channel: Channel
    prompt_characters: int
    facts_given: int
    state: str
    detail: str | None
    subject: str | None
    body: str | None
    facts: list[UsedFact]
    refusals: tuple[tuple[str, ...], ...]


class Suppression(msgspec.Struct, kw_only=True, frozen=True):
    """Not to be written to, on `channel` (`all`: none). `address`, in E.164 a number, is gone after an erasure; its hash still works."""

    id: UUID
    address: str | None
    domain: str | None
    contact_id: UUID | None
    channel: str
    reason: SuppressionReason
    note: str | None
    created_at: datetime


class Consent(msgspec.Struct, kw_only=True, frozen=True):
    """That a contact may be written to on `channel`; `wording` is what was agreed to, `evidence` where that shows."""

    id: UUID
    contact_id: UUID
    channel: Channel
    basis: ConsentBasis
    wording: str | None
    evidence: str | None
    captured_at: datetime
    revoked_at: datetime | None


class ContactTopic(msgspec.Struct, kw_only=True, frozen=True):
    """A topic. `is_on`: they may hear about it. `refused_at`: when they refused."""

    key: str
    name: str
    is_on: bool
    refused_at: datetime | None


class AccountExclusion(msgspec.Struct, kw_only=True, frozen=True):
    """An account that is left out since `created_at`, until `ended_at`. `account`: its name."""

    id: UUID
    company_id: UUID
    account: str
    reason: Literal["competitor", "open_opportunity", "owner"]
    note: str | None
    created_at: datetime
    ended_at: datetime | None


class Hold(msgspec.Struct, kw_only=True, frozen=True):
    """A stop. `target` in words; `until` None: until it is lifted."""

    id: UUID
    scope: Literal["workspace", "sender", "account", "contact"]
    sender_id: UUID | None
    company_id: UUID | None
    contact_id: UUID | None
    target: str
    reason: str
    note: str | None
    until: datetime | None
    created_at: datetime
    lifted_at: datetime | None


class SetHold(msgspec.Struct, kw_only=True, frozen=True):
    """A hold that stands. `is_new` False: it stood already."""

    hold: Hold
    is_new: bool


class Lifted(msgspec.Struct, kw_only=True, frozen=True):
    """What was lifted, and how many people go on because of it."""

    holds: list[Hold]
    resumed: int


class Jurisdiction(msgspec.Struct, kw_only=True, frozen=True):
    """What holds in `country` (two letters) on `channel` from a day on, until a later row; `source` names the law."""

    country: str
    channel: Channel
    valid_from: date
    rule: Literal["allow", "consent", "deny"]
    source: str
    note: str | None = None


class FreeDay(msgspec.Struct, kw_only=True, frozen=True):
    """A day on which nothing is sent to people of `region` (ISO 3166: DE, US-CA); None: to nobody."""

    day: date
    region: str | None
    name: str


class Sender(msgspec.Struct, kw_only=True, frozen=True):
    """A mailbox or a number."""

    id: UUID | None = None
    address: str
    channel: Channel = Channel.EMAIL
    display_name: str | None = None
    reply_to: str | None = None
    transport: str = "console"
    settings: dict[str, Any] = {}
    timezone: str | None = None
    legal_identity_id: UUID | None = None
    owner_user_id: UUID | None = None
    per_hour: int | None = None
    per_day: int | None = None
    warmup_started_at: datetime | None = None
    is_active: bool = True
    next_free_at: datetime | None = None
    next_dry_at: datetime | None = None
    inbound_synced_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    signature: str | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    tracking_host: str | None = None
    dkim_verified_at: datetime | None = None
    tracking_host_verified_at: datetime | None = None
    alias_replies: bool = False


class TrialTrial(msgspec.Struct, kw_only=True, frozen=True):
    """What came of a test message."""

    sender: str
    recipient: str
    transport: str
    message_id: str
    outcome: Literal["sent", "refused", "retry", "unknown"]
    detail: str | None


class MailboxHealth(msgspec.Struct, kw_only=True, frozen=True):
    """A mailbox and how it fares. `lag_seconds`: how long ago everything had been taken. `failing_since`, `error`: it cannot be read."""

    sender_id: UUID
    address: str
    transport: str
    protocol: str
    settings: dict[str, Any]
    lag_seconds: float | None
    history_read_at: datetime | None
    inbound_synced_at: datetime | None
    failing_since: datetime | None
    error: str | None
    next_sync_at: datetime
    dkim_verified_at: datetime | None
    created_at: datetime


class MailboxChecks(msgspec.Struct, kw_only=True, frozen=True):
    """What was looked at: both logins, then what the domain says (SPF, DKIM, DMARC), each with what to do about it."""

    address: str
    checks: list[Check]


class Check(msgspec.Struct, kw_only=True, frozen=True):
    """One look at the domain: what was found, and what to do about it (empty: nothing)."""

    name: str
    verdict: Literal["good", "weak", "missing", "unknown"]
    found: str
    advice: str = ""


class MailboxSync(msgspec.Struct, kw_only=True, frozen=True):
    """What a run took."""

    address: str
    done: Synced


class Synced(msgspec.Struct, kw_only=True, frozen=True):
    """What a run did with the mails that were new."""

    taken: int = 0
    by_hand: int = 0
    ours: int = 0
    passed: int = 0
    flagged: int = 0
    cut: int = 0
    history: int = 0


class LoginBegun(msgspec.Struct, kw_only=True, frozen=True):
    """Where the browser has to go, before `expires_at`."""

    url: str
    expires_at: datetime


class StoredSecret(msgspec.Struct, kw_only=True, frozen=True):
    """That there is a secret; never what it says."""

    name: str
    updated_at: datetime


class SecretName(msgspec.Struct, kw_only=True, frozen=True):
    """That a secret is sealed; `reference` is how settings name it."""

    name: str
    reference: str


class WorkspaceSettings(msgspec.Struct, kw_only=True, frozen=True):
    """`timezone`: where neither person, account nor sender has one. `legal_identity_id`: of senders that have none of their own."""

    timezone: str = "UTC"
    country: str | None = None
    legal_identity_id: UUID | None = None
    public_url: str | None = None
    public_url_verified_at: datetime | None = None


class LegalIdentity(msgspec.Struct, kw_only=True, frozen=True):
    """A sender as the law wants them named: in the footer of every message. `privacy_url`: where people read about their rights."""

    id: UUID | None = None
    name: str
    postal_address: str
    country: str | None = None
    privacy_url: str | None = None
    created_at: datetime | None = None


class Topic(msgspec.Struct, kw_only=True, frozen=True):
    """What one may hear about. `key`: as campaign files call it, `name`: as people read it."""

    key: str
    name: str


class DraftingSettings(msgspec.Struct, kw_only=True, frozen=True):
    """The model that writes."""

    model: str
    base_url: str | None = None
    key: str | None = None
    key_env: str | None = None
    drafts_per_day: int = 100
    timeout_seconds: int = 60
    refines_meaning: bool = False


class TransportNames(msgspec.Struct, kw_only=True, frozen=True):
    """What a sender's `transport` may be: `console` shows, all others send."""

    names: list[str]


class Features(msgspec.Struct, kw_only=True, frozen=True):
    """A provider and what it can do."""

    name: str
    title: str
    channel: Channel
    threads: bool
    search: bool
    idempotency: str | None
    message_id: Literal["ours", "theirs", "untold"] | None
    tracking: bool
    webhook: str
    signature: str
    is_signed: bool
    has_timestamp: bool
    event_ids: bool
    inbound: bool
    machines: bool


class CalendarFeatures(msgspec.Struct, kw_only=True, frozen=True):
    """A calendar service: how its webhook proves who sent it, as of `Features`."""

    name: str
    title: str
    webhook: str
    signature: str
    is_signed: bool
    has_timestamp: bool


class AccountOverview(TypedDict):
    """The answer of `get_account_overview`; `contacts` is by contact id, the primary and the deciding ones first."""

    company: Required[CompanyFacts]
    contacts: Required[dict[UUID, OverviewContact]]
    relationships: Required[list[OverviewRelationship]]
    active_conversations: Required[list[ConversationFacts]]
    recent_touchpoints: Required[list[TouchpointFacts]]
    summary: Required[OverviewSummary]


class CompanyFacts(TypedDict):
    """What an answer says about the company."""

    id: Required[UUID]
    name: Required[str]
    domain: Required[str | None]
    industry: Required[str | None]
    size: Required[CompanySize | None]
    account_tier: Required[AccountTier | None]
    account_status: Required[AccountStatus]
    research_data: Required[dict[str, Any]]


class OverviewContact(TypedDict):
    """A contact in an account; `conversations` are the latest ten, the counts are of all."""

    contact: Required[Contact]
    conversations: Required[list[ConversationFacts]]
    total_conversations: Required[int]
    active_conversations: Required[int]
    engagement_score: Required[int]
    last_engaged_at: Required[datetime | None]


class ConversationFacts(TypedDict):
    """A conversation without its texts."""

    id: Required[UUID]
    contact_id: Required[UUID]
    status: Required[ConversationStatus]
    qualification_tier: Required[QualificationTier | None]
    touchpoint_count: Required[int]
    last_touchpoint_at: Required[datetime | None]
    next_touchpoint_at: Required[datetime | None]
    response_count: Required[int]
    last_response_at: Required[datetime | None]
    campaign_name: Required[str | None]
    started_at: Required[datetime]


class OverviewRelationship(TypedDict):
    """An edge; directed types read from `contact_1` to `contact_2`."""

    id: Required[UUID]
    contact_1: Required[EdgeEnd]
    contact_2: Required[EdgeEnd]
    type: Required[RelationshipType]
    strength: Required[Strength]
    confidence: Required[Decimal]


class EdgeEnd(TypedDict):
    """One end of a relationship."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]
    role: Required[str | None]


class TouchpointFacts(TypedDict):
    """A touchpoint without its texts."""

    id: Required[UUID]
    conversation_id: Required[UUID]
    contact_id: Required[UUID]
    channel: Required[Channel]
    direction: Required[Direction]
    subject: Required[str | None]
    outcome: Required[Outcome]
    sent_at: Required[datetime]
    opened_at: Required[datetime | None]
    clicked_at: Required[datetime | None]
    replied_at: Required[datetime | None]


class OverviewSummary(TypedDict):
    """The counts of an account, all of them exact."""

    total_contacts: Required[int]
    decision_makers: Required[int]
    primary_contacts: Required[int]
    total_relationships: Required[int]
    active_conversations: Required[int]
    total_conversations: Required[int]


class AccountHealth(TypedDict):
    """The answer of `get_account_health_score`."""

    company_id: Required[UUID]
    as_of: Required[datetime]
    total_score: Required[float]
    health_status: Required[Literal["excellent", "good", "fair", "poor", "critical"]]
    breakdown: Required[HealthBreakdown]
    coverage: Required[Coverage]
    engagement: Required[Engagement]
    recommendations: Required[list[Recommendation]]
    why: Required[list[Part]]


class HealthBreakdown(TypedDict):
    """The parts of a health score, in points."""

    engagement: Required[float]
    conversations: Required[float]
    relationships: Required[float]
    decision_makers: Required[float]


class Coverage(TypedDict):
    """Whom we know and reach. `score` (0-100) is how much of the points of its three parts an account has."""

    score: Required[float]
    contacts: Required[int]
    active_contacts: Required[int]
    touched_contacts: Required[int]
    decision_makers: Required[int]
    active_conversations: Required[int]
    relationships: Required[int]


class Engagement(TypedDict):
    """What they do. `score` (0-100) is the mean of the most engaged contacts, `engaged_contacts` those with any."""

    score: Required[float]
    engaged_contacts: Required[int]
    last_engaged_at: Required[datetime | None]


class Recommendation(TypedDict):
    """What is missing, said in `text` with names; `contacts` are the people to begin with (three at most)."""

    missing: Required[Literal["contacts", "decision_maker", "conversation", "relationships", "engagement"]]
    text: Required[str]
    contacts: Required[list[Person]]


class Person(TypedDict):
    """Who somebody is."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]


class Part(TypedDict):
    """One part of a score: its points, the reason in words, and the facts it was made from."""

    name: Required[str]
    points: Required[float]
    because: Required[str]
    inputs: Required[dict[str, Any]]


class ConversationHealth(TypedDict):
    """The answer of `get_conversation_health`. Days and hours are None where there is nothing to count from."""

    conversation_id: Required[UUID]
    contact_id: Required[UUID]
    contact_name: Required[str]
    status: Required[ConversationStatus]
    state: Required[Literal["engaged", "waiting_on_them", "waiting_on_us", "cooling", "stalled", "closed"]]
    days_since_us: Required[float | None]
    days_since_them: Required[float | None]
    days_waiting: Required[float | None]
    usual_reply_hours: Required[float | None]
    why: Required[list[str]]


class ExpansionTarget(TypedDict):
    """Somebody to talk to next."""

    contact: Required[Contact]
    relationship_to_primary: Required[RelationshipToPrimary]
    engagement_status: Required[EngagementStatus]
    priority_score: Required[float]
    why: Required[list[Part]]


class RelationshipToPrimary(TypedDict):
    """How a target stands to the primary contact; `type` is None where the relationship is implied."""

    primary_contact_id: Required[UUID]
    primary_contact_name: Required[str]
    primary_contact_title: Required[str | None]
    strength: Required[Strength]
    type: Required[RelationshipType | None]
    implied: Required[bool]


class EngagementStatus(TypedDict):
    """What a target has done."""

    has_active_conversation: Required[bool]
    engagement_score: Required[int]
    last_engaged_at: Required[datetime | None]


class ConversationContext(TypedDict):
    """The answer of `get_conversation_context`; `company` and `relationships` are None where they were not asked for."""

    contact: Required[Contact]
    company: Required[CompanyFacts | None]
    conversations: Required[ContextConversations]
    engagement: Required[ContextEngagement]
    relationships: Required[ContextRelationships | None]


class ContextConversations(TypedDict):
    """`active` and `total` count; `latest` is the latest one (active ones first), `latest_context` what it has taught."""

    active: Required[int]
    total: Required[int]
    latest: Required[ConversationFacts | None]
    latest_context: Required[dict[str, Any]]


class ContextEngagement(TypedDict):
    """What went to and fro; the metrics are of all conversations of the contact."""

    recent_touchpoints: Required[list[RecentTouchpoint]]
    metrics: Required[EngagementMetrics]
    engagement_score: Required[int]
    last_engaged_at: Required[datetime | None]
    last_touchpoint_at: Required[datetime | None]
    last_response_at: Required[datetime | None]


class RecentTouchpoint(TypedDict):
    """A touchpoint with the beginning of its texts (1,000 characters each)."""

    id: Required[UUID]
    conversation_id: Required[UUID]
    contact_id: Required[UUID]
    channel: Required[Channel]
    direction: Required[Direction]
    subject: Required[str | None]
    outcome: Required[Outcome]
    sent_at: Required[datetime]
    opened_at: Required[datetime | None]
    clicked_at: Required[datetime | None]
    replied_at: Required[datetime | None]
    content: Required[str | None]
    response: Required[str | None]


class ContextRelationships(TypedDict):
    """`colleagues` and `network` (all other types) hold up to fifty people each, the closest first."""

    total: Required[int]
    withheld: Required[int]
    colleagues: Required[list[Acquaintance]]
    network: Required[list[Acquaintance]]


class Acquaintance(TypedDict):
    """Somebody the contact is related to."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]
    type: Required[RelationshipType]
    is_from_contact: Required[bool]
    strength: Required[Strength]
    confidence: Required[Decimal]
    is_same_company: Required[bool]
    is_engaged: Required[bool]
    has_active_conversation: Required[bool]


class Prompt(msgspec.Struct, kw_only=True, frozen=True):
    """The context of a conversation as text for a language model; what strangers wrote in it is data, and no instruction."""

    text: str


class WarmPath(TypedDict):
    """A chain from somebody we are in touch with (first in `people`) to the contact asked for (last)."""

    people: Required[list[PathPerson]]
    edges: Required[list[PathEdge]]
    score: Required[float]
    last_engaged_at: Required[datetime]
    why: Required[list[Part]]


class PathPerson(TypedDict):
    """A person on a path."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]
    company_id: Required[UUID | None]
    company_name: Required[str | None]


class PathEdge(TypedDict):
    """One step of a path: the relationship between a person and the next."""

    id: Required[UUID]
    type: Required[RelationshipType]
    strength: Required[Strength]
    confidence: Required[Decimal]


class CountsShown(msgspec.Struct, kw_only=True, frozen=True):
    """How much there is; null: you may not see it."""

    inbox: CountsCount | None = None
    tasks: CountsCount | None = None
    my_tasks: CountsCount | None = None
    approvals: CountsCount | None = None
    campaigns: CountsCount | None = None
    accounts: CountsCount


class CountsCount(msgspec.Struct, kw_only=True, frozen=True):
    """How many there are."""

    count: int
    precision: Literal["exact", "estimate", "at_least"]


class EngagementEngagement(msgspec.Struct, kw_only=True, frozen=True):
    """A series without gaps, and its sum."""

    period: Period
    by: Literal["day", "week", "month"]
    points: list[Point]
    total: Tally


class Period(msgspec.Struct, kw_only=True, frozen=True):
    """Whole days of a time zone, the first and the last among them."""

    since: date
    until: date
    zone: str


class Point(msgspec.Struct, kw_only=True, frozen=True):
    """The touches that left in a day, week or month. `starts_on`: its first day, which may lie before the period."""

    sent: int = 0
    emails: int = 0
    opened: int = 0
    human_opened: int = 0
    clicked: int = 0
    human_clicked: int = 0
    replied: int = 0
    human_replied: int = 0
    meetings: int = 0
    starts_on: date


class Tally(msgspec.Struct, kw_only=True, frozen=True):
    """Touches that left, and of how many of them something came; each touch counts once."""

    sent: int = 0
    emails: int = 0
    opened: int = 0
    human_opened: int = 0
    clicked: int = 0
    human_clicked: int = 0
    replied: int = 0
    human_replied: int = 0
    meetings: int = 0


class Group(msgspec.Struct, kw_only=True, frozen=True):
    """The touches of one group. `key`: its name, or its id; None: those of which it is not known."""

    sent: int = 0
    emails: int = 0
    opened: int = 0
    human_opened: int = 0
    clicked: int = 0
    human_clicked: int = 0
    replied: int = 0
    human_replied: int = 0
    meetings: int = 0
    key: str | None
    name: str | None
    rates: Rates


class Rates(msgspec.Struct, kw_only=True, frozen=True):
    """Shares with their intervals: opens and clicks of the e-mails, replies and meetings of all touches."""

    open: Rate
    human_open: Rate
    click: Rate
    human_click: Rate
    reply: Rate
    human_reply: Rate
    meeting: Rate


class Rate(msgspec.Struct, kw_only=True, frozen=True):
    """`count` of `of`, in percent (0-100) with its 95 % interval by Wilson; `percent` is None where there is nothing to count from."""

    count: int
    of: int
    percent: float | None
    low: float
    high: float


class AccountFunnel(msgspec.Struct, kw_only=True, frozen=True):
    """The accounts of a workspace by how far the touches of a period brought them."""

    period: Period
    steps: list[FunnelStep]


class FunnelStep(msgspec.Struct, kw_only=True, frozen=True):
    """A stage. `reached`: accounts that came at least so far. `seen`: those of which this very thing is known: who met us without a reply has reached `replied`, and was not seen there. `from_before`: of those that reached the stage before; `from_contacted`: of those that were contacted."""

    stage: Literal["account", "contacted", "engaged", "replied", "meeting", "won"]
    reached: int
    seen: int
    from_before: Rate | None
    from_contacted: Rate | None


class FunnelAccount(msgspec.Struct, kw_only=True, frozen=True):
    """An account, and how far it came. `contacted_at`: its first touch in the period."""

    id: UUID
    name: str
    domain: str | None
    account_tier: str | None
    industry: str | None
    stage: Literal["account", "contacted", "engaged", "replied", "meeting", "won"]
    contacted_at: datetime | None


class ReplyTimes(msgspec.Struct, kw_only=True, frozen=True):
    """How long people took to answer touches that left in a period."""

    period: Period
    sent: int
    replies: int
    unanswered: int
    longest_wait_hours: float
    bins: list[Bin]
    median: Quantile
    p90: Quantile
    within: list[Within]


class Bin(msgspec.Struct, kw_only=True, frozen=True):
    """Replies that took at least `from_hours`, and less than `to_hours` (None: without end)."""

    from_hours: float
    to_hours: float | None
    replies: int


class Quantile(msgspec.Struct, kw_only=True, frozen=True):
    """So many hours are not exceeded by `percent` of the replies; with its 95 % interval, whose ends are None where there are too few."""

    percent: float
    hours: float | None
    low: float | None
    high: float | None


class Within(msgspec.Struct, kw_only=True, frozen=True):
    """Of the touches that are at least so many days old, how many were answered within so many days: nobody's answer is yet to come."""

    days: int
    answered: Rate


class DeliverabilityLine(msgspec.Struct, kw_only=True, frozen=True):
    """Messages that left, and what became of them; each message counts once in each column."""

    sender_id: UUID | None
    sender: str | None
    domain: str | None
    week: date | None
    sent: int
    delivered: int
    bounced_hard: int
    bounced_soft: int
    refused: int
    complained: int
    unsubscribed: int
    hard_bounce: Rate
    soft_bounce: Rate
    complaint: Rate
    unsubscribe: Rate


class Hours(msgspec.Struct, kw_only=True, frozen=True):
    """All 168 hours of a week. `overall`: what all of them together are like, in percent. `best`: of those with enough touches, the ones whose interval lies above it, the highest estimate first; empty: no hour is known to be better."""

    period: Period
    what: Literal["open", "reply"]
    n: int
    count: int
    overall: float | None
    cells: list[HourCell]
    best: list[HourCell]


class HourCell(msgspec.Struct, kw_only=True, frozen=True):
    """The touches that left in an hour of a weekday. `weekday`: 1 (Monday) to 7; `hour`: 0 to 23, in the recipient's zone."""

    weekday: int
    hour: int
    n: int
    count: int
    percent: float | None
    estimate: float
    low: float
    high: float
    is_enough: bool


class ComparedStep(msgspec.Struct, kw_only=True, frozen=True):
    """The variants of a step, and each two of them compared. `says`: the step in a sentence."""

    step_key: str
    goal: Literal["reply", "open", "click", "meeting"]
    variants: list[VariantsVariant]
    comparisons: list[Comparison]
    says: str


class VariantsVariant(msgspec.Struct, kw_only=True, frozen=True):
    """A variant. `n`: touches; `rate`: of those, with what is compared."""

    variant: str
    n: int
    rate: Rate


class Comparison(msgspec.Struct, kw_only=True, frozen=True):
    """Two variants: `second` minus `first` in percentage points, with the interval by Newcombe."""

    first: str
    second: str
    difference: float
    low: float
    high: float
    is_told_apart: bool
    says: str


class Series(msgspec.Struct, kw_only=True, frozen=True):
    """The days of an account that are there, in order."""

    company_id: UUID
    days: list[HealthDay]


class HealthDay(msgspec.Struct, kw_only=True, frozen=True):
    """An account's score (0-100) on a day, and the points of its four parts. `is_reckoned`: afterwards, from the event log."""

    day: date
    score: float
    engagement: float
    conversations: float
    relationships: float
    decision_makers: float
    is_reckoned: bool


class Distribution(msgspec.Struct, kw_only=True, frozen=True):
    """How all accounts stood on a day: how many with which status, and how their scores lie. `is_reckoned`: of every account."""

    day: date
    accounts: int
    mean: float
    lower_quartile: float
    median: float
    upper_quartile: float
    excellent: int
    good: int
    fair: int
    poor: int
    critical: int
    is_reckoned: bool


class Movers(msgspec.Struct, kw_only=True, frozen=True):
    """Who rose and who fell most between two days; None where there are no two such days."""

    from_day: date | None
    to_day: date | None
    up: list[Mover]
    down: list[Mover]


class Mover(msgspec.Struct, kw_only=True, frozen=True):
    """An account whose score moved, and by which parts, the largest first. `says`: the reason in words."""

    company_id: UUID
    name: str
    before: float
    after: float
    change: float
    parts: list[Moved]
    says: str


class Moved(msgspec.Struct, kw_only=True, frozen=True):
    """A part of the score that rose or fell, in points."""

    part: str
    change: float


class Found(msgspec.Struct, kw_only=True, frozen=True):
    """Something that a search found, and whose it is. `fit`: 3 it is the term, 2 begins with it, 1 a word of it does, 0 it is in it."""

    kind: Literal["company", "contact", "campaign", "task", "conversation", "touchpoint", "template", "mailbox"]
    id: UUID
    title: str
    detail: str | None
    company_id: UUID | None
    contact_id: UUID | None
    conversation_id: UUID | None
    fit: int


class Duplicates(msgspec.Struct, kw_only=True, frozen=True):
    """Two or more (at most 20 are named) that may be the same, the oldest first: a merge would keep that one."""

    reason: str
    key: str
    rows: list[Candidate]
    cursor: str


class Candidate(msgspec.Struct, kw_only=True, frozen=True):
    """One of a group; `detail` is the address or the domain."""

    id: UUID
    name: str
    detail: str | None


class MergePreview(msgspec.Struct, kw_only=True, frozen=True):
    """What merging `drop_id` into `keep_id` would do."""

    entity: str
    keep_id: UUID
    keep_name: str
    drop_id: UUID
    drop_name: str
    fields: list[FieldChoice]
    moves: list[PreviewMoved]
    collapses: list[Collapsed]
    strict: list[Strictness]
    obstacles: list[str]
    notes: list[str]


class FieldChoice(msgspec.Struct, kw_only=True, frozen=True):
    """A field in which the two differ."""

    field: str
    kept: Any
    dropped: Any
    result: Any
    wins: str
    is_conflict: bool
    is_strict: bool = False


class PreviewMoved(msgspec.Struct, kw_only=True, frozen=True):
    """So many rows (`total`) of a table will refer to the kept row by that column."""

    table_name: str
    column_name: str
    total: int


class Collapsed(msgspec.Struct, kw_only=True, frozen=True):
    """So many rows (`total`) of a table are there twice; one of each two goes, and comes back when the merge is undone."""

    table_name: str
    total: int


class Strictness(msgspec.Struct, kw_only=True, frozen=True):
    """What keeps us from writing to one of the two, and therefore to the one that they become."""

    what: str
    detail: str
    of_kept: bool
    of_dropped: bool


class Merge(msgspec.Struct, kw_only=True, frozen=True):
    """`dropped_id` went into `kept_id`; `undone_at` says when it came out again."""

    id: UUID
    entity: str
    kept_id: UUID
    dropped_id: UUID
    merged_by: str | None
    merged_at: datetime
    undone_by: str | None
    undone_at: datetime | None


class Unmerged(msgspec.Struct, kw_only=True, frozen=True):
    """Two rows again: `restored_id` is back, and what came since stays with `kept_id`."""

    merge_id: UUID
    entity: str
    kept_id: UUID
    restored_id: UUID
    tables: list[PutBack]
    was_undone: bool


class PutBack(msgspec.Struct, kw_only=True, frozen=True):
    """So many rows of a table are as they were before the merge; of `kept` something was changed or removed since, and stays so."""

    table_name: str
    put_back: int
    kept: int


class PersonExport(msgspec.Struct, kw_only=True, frozen=True):
    """All that is known of a person."""

    exported_at: datetime
    contact_id: UUID | None
    former_ids: list[UUID]
    addresses: list[str]
    numbers: list[str]
    tables: dict[str, list[dict[str, Any]]]


class ErasureReport(msgspec.Struct, kw_only=True, frozen=True):
    """What was erased."""

    erased_at: datetime
    contact_id: UUID | None
    counts: dict[str, int]
    suppressed: int
    not_reached: tuple[str, ...] | None = None


class RetentionRule(msgspec.Struct, kw_only=True, frozen=True):
    """A kind is kept for `days`; None: for ever."""

    kind: str
    days: int | None


class Retained(msgspec.Struct, kw_only=True, frozen=True):
    """What a rule did, or would do: so many rows of before `before` gave up what is no longer kept."""

    kind: str
    days: int
    before: datetime
    rows: int


class LogChange(msgspec.Struct, kw_only=True, frozen=True):
    """One row of one table that somebody changed, or (`row_id` None) `row_count` rows by one statement, which are only counted."""

    id: int
    at: datetime
    actor_kind: Literal["user", "key", "agent", "command", "worker"]
    actor_id: str | None
    actor_name: str
    request_id: str | None
    transaction: str
    table: str
    row_id: str | None
    row_count: int
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    company_id: UUID | None
    contact_id: UUID | None
    is_redacted: bool
    undoes_id: int | None
    undone_by_id: int | None


class UndoReport(msgspec.Struct, kw_only=True, frozen=True):
    """What came of an undo. With anything refused nothing was undone, and `undone` is empty."""

    undone: list[LogChange]
    refused: list[Refused]


class Refused(msgspec.Struct, kw_only=True, frozen=True):
    """A change that cannot be taken back."""

    change: LogChange
    obstacle: str
    why: str
    later: LogChange | None
    detail: str | None


class KindTold(msgspec.Struct, kw_only=True, frozen=True):
    """A kind of event, when it is told, and the `data` of an example."""

    kind: Literal[
        "account.created",
        "account.changed",
        "account.deleted",
        "contact.created",
        "contact.changed",
        "contact.deleted",
        "contact.unsubscribed",
        "contact.suppressed",
        "contact.complained",
        "contact.left",
        "message.sent",
        "message.delivered",
        "message.opened",
        "message.clicked",
        "message.bounced",
        "message.failed",
        "message.unknown",
        "message.received",
        "reply.received",
        "call.answered",
        "meeting.booked",
        "meeting.held",
        "meeting.missed",
        "conversation.changed",
        "enrolment.started",
        "enrolment.paused",
        "enrolment.finished",
        "enrolment.failed",
        "approval.needed",
        "approval.decided",
        "task.created",
        "task.closed",
        "campaign.started",
        "campaign.paused",
        "campaign.finished",
        "campaign.cancelled",
        "hold.set",
        "hold.lifted",
        "deal.opened",
        "deal.won",
        "deal.lost",
        "webhook.test",
    ]
    description: str
    example: dict[str, Any]


class Endpoint(msgspec.Struct, kw_only=True, frozen=True):
    """A system that wants to hear."""

    id: UUID
    url: str
    description: str
    kinds: tuple[str, ...]
    state: Literal["active", "paused", "gone"]
    reason: str | None
    stopped_at: datetime | None
    old_secret_until: datetime | None
    failing_since: datetime | None
    failures: int
    created_at: datetime
    updated_at: datetime
    waiting: int


class CreatedEndpoint(msgspec.Struct, kw_only=True, frozen=True):
    """A new endpoint and its signing secret, `whsec_...`: it is shown here and never again."""

    endpoint: Endpoint
    secret: str


class NewSecret(msgspec.Struct, kw_only=True, frozen=True):
    """A signing secret, which is shown here and never again."""

    secret: str


class DeliveryDetail(msgspec.Struct, kw_only=True, frozen=True):
    """A delivery, what it says, and every try."""

    delivery: Delivery
    payload: Payload
    attempts: list[DeliveriesAttempt]


class Delivery(msgspec.Struct, kw_only=True, frozen=True):
    """One event on its way to one endpoint."""

    id: int
    endpoint_id: UUID
    url: str
    kind: str
    message_id: str
    at: datetime
    state: Literal["pending", "delivered", "failed"]
    tries: int
    next_try_at: datetime | None
    is_under_way: bool
    status: int | None
    error: str | None
    created_at: datetime
    settled_at: datetime | None


class Payload(msgspec.Struct, kw_only=True, frozen=True):
    """What an endpoint is told, as JSON."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


class DeliveriesAttempt(msgspec.Struct, kw_only=True, frozen=True):
    """One try. `status` None: no answer came. `response`: the beginning of the answer's body."""

    at: datetime
    duration_ms: int
    status: int | None
    response: str | None
    error: str | None


class Replayed(msgspec.Struct, kw_only=True, frozen=True):
    """How many deliveries go out again."""

    replayed: int


class Need(msgspec.Struct, kw_only=True, frozen=True):
    """Something that needs a person."""

    key: str
    kind: Literal[
        "approval_waiting",
        "reply_waiting",
        "task_overdue",
        "message_unknown",
        "mailbox_stopped",
        "workspace_stopped",
        "campaign_paused",
        "endpoint_stopped",
        "budget_spent",
    ]
    since: datetime
    account: str | None
    person: str | None
    about: str | None
    waiting: int
    fresh: int


class NoticeChannel(msgspec.Struct, kw_only=True, frozen=True):
    """A channel. `address` of Slack: only the host, for the rest is the secret. `failures`, `error`: of tries in a row that told nobody."""

    id: UUID
    name: str
    way: Literal["email", "webhook", "slack"]
    address: str
    sender: str | None
    kinds: tuple[str, ...]
    rhythm: Literal["at_once", "hourly", "daily"]
    daily_at: time
    timezone: str
    gap_minutes: int
    quiet_from: time | None
    quiet_to: time | None
    reply_hours: int
    is_active: bool
    next_look_at: datetime
    last_sent_at: datetime | None
    failures: int
    error: str | None
    created_at: datetime


class CreatedChannel(msgspec.Struct, kw_only=True, frozen=True):
    """A new channel; a webhook's with its signing secret, `whsec_...`, which is shown here and never again."""

    channel: NoticeChannel
    secret: str | None


class NoticeTrial(msgspec.Struct, kw_only=True, frozen=True):
    """What came of it. `is_unknown`: it may have arrived."""

    was_taken: bool
    error: str | None
    is_unknown: bool


class Agent(msgspec.Struct, kw_only=True, frozen=True):
    """An agent and its budget."""

    name: str
    may_send: bool
    touches_a_day: int
    proposals_a_day: int
    timezone: str
    is_paused: bool
    day: str
    touches_today: int
    proposals_today: int
    created_at: datetime


class AgentsAdded(msgspec.Struct, kw_only=True, frozen=True):
    """A new agent, and the channels that agents have; `closed`: why the others have none."""

    agent: Agent
    channels: list[AgentChannel]
    closed: dict[str, str]


class AgentChannel(msgspec.Struct, kw_only=True, frozen=True):
    """A channel that agents have. `is_live` False: its messages go to the console and count nowhere, until its campaign goes live."""

    channel: Channel
    campaign: str
    status: str
    is_live: bool


class AgentMessage(msgspec.Struct, kw_only=True, frozen=True):
    """A message that an agent asked for. `decision`: of its approval. `state`, `reason`: of its enrolment."""

    id: UUID
    agent: str
    why: str | None
    asked_at: datetime
    released_at: datetime | None
    withdrawn_at: datetime | None
    approval_id: UUID
    decision: str
    decided_by: str | None
    note: str | None
    channel: Channel
    subject: str | None
    content_hash: str
    contact_id: UUID | None
    person: str | None
    state: str
    reason: str | None
    is_live: bool


class LoggedIn(msgspec.Struct, kw_only=True, frozen=True):
    """A session that began; its cookie is set."""

    csrf_token: str
    expires_at: datetime


class CurrentSession(msgspec.Struct, kw_only=True, frozen=True):
    """Whose session it is. `csrf_token`: send it as X-CSRF-Token with every request that changes something."""

    user_id: UUID
    email: str
    name: str | None
    workspaces: dict[str, Literal["owner", "admin", "member", "viewer", "agent"]]
    csrf_token: str


class KnownSession(msgspec.Struct, kw_only=True, frozen=True):
    """A session as its user sees it. `last_used_at`: within a minute."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ip: str | None
    user_agent: str | None


class Asked(msgspec.Struct, kw_only=True, frozen=True):
    """What becomes of it."""

    detail: str


class InvitationShown(msgspec.Struct, kw_only=True, frozen=True):
    """What an invitation says. `has_account`: they need no password, they have a login."""

    invitation: Invitation
    has_account: bool


class Invitation(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody who was invited and has not come yet. `invited_by`: by what name people know them."""

    id: UUID
    workspace: str
    email: str
    role: Literal["owner", "admin", "member", "viewer", "agent"]
    invited_by: str
    created_at: datetime
    expires_at: datetime


class Accepted(msgspec.Struct, kw_only=True, frozen=True):
    """Who came in. `is_new`: there was no user of this address before."""

    user: User
    workspace: str
    is_new: bool


class User(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody with a login."""

    id: UUID
    email: str
    name: str | None
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    workspaces: dict[str, str]
    last_seen_at: datetime | None


class LinkBegun(msgspec.Struct, kw_only=True, frozen=True):
    """Where the browser has to go now."""

    url: str


class Member(msgspec.Struct, kw_only=True, frozen=True):
    """Somebody who may enter a workspace. `created_at`: since when; `last_seen_at`: the last use of a session, within a minute."""

    user_id: UUID
    workspace: str
    role: Literal["owner", "admin", "member", "viewer", "agent"]
    email: str
    name: str | None
    created_at: datetime
    disabled_at: datetime | None
    last_seen_at: datetime | None


class Invited(msgspec.Struct, kw_only=True, frozen=True):
    """An invitation."""

    invitation: Invitation
    is_mailed: bool
    token: str | None = None
    link: str | None = None
    problem: str | None = None


class AccessEntry(msgspec.Struct, kw_only=True, frozen=True):
    """A line of the log."""

    id: int
    at: datetime
    action: str
    workspace: str | None
    subject_id: UUID | None
    subject: str | None
    actor_kind: str
    actor_id: str | None
    actor: str
    ip: str | None
    user_agent: str | None
    request_id: str | None
    details: dict[str, Any]


class KeysKey(msgspec.Struct, kw_only=True, frozen=True):
    """A key, without what opens anything."""

    id: UUID
    workspace: str
    prefix: str
    label: str
    role: Literal["owner", "admin", "member", "viewer", "agent"]
    scopes: (
        list[
            Literal[
                "graph:read",
                "graph:write",
                "graph:merge",
                "campaigns:read",
                "campaigns:write",
                "campaigns:run",
                "messages:propose",
                "messages:approve",
                "messages:send",
                "tasks:read",
                "tasks:work",
                "views:write",
                "suppressions:read",
                "suppressions:write",
                "mailboxes:read",
                "mailboxes:write",
                "imports:write",
                "exports:read",
                "privacy:export",
                "privacy:erase",
                "webhooks:read",
                "webhooks:write",
                "settings:read",
                "settings:write",
                "members:read",
                "members:write",
                "keys:write",
                "audit:read",
                "workspace:own",
            ]
        ]
        | None
    )
    agent: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_by: str | None


class KeyMade(msgspec.Struct, kw_only=True, frozen=True):
    """A key with its token, which is shown here and never again."""

    key: KeysKey
    token: str


class Asker(msgspec.Struct, kw_only=True, frozen=True):
    """Who asks, as the server knows them."""

    kind: Literal["user", "key", "agent", "command", "worker"]
    id: UUID
    name: str
    workspace: str
    role: Literal["owner", "admin", "member", "viewer", "agent"]
    permissions: list[
        Literal[
            "graph:read",
            "graph:write",
            "graph:merge",
            "campaigns:read",
            "campaigns:write",
            "campaigns:run",
            "messages:propose",
            "messages:approve",
            "messages:send",
            "tasks:read",
            "tasks:work",
            "views:write",
            "suppressions:read",
            "suppressions:write",
            "mailboxes:read",
            "mailboxes:write",
            "imports:write",
            "exports:read",
            "privacy:export",
            "privacy:erase",
            "webhooks:read",
            "webhooks:write",
            "settings:read",
            "settings:write",
            "members:read",
            "members:write",
            "keys:write",
            "audit:read",
            "workspace:own",
        ]
    ]


class ImportRun(msgspec.Struct, kw_only=True, frozen=True):
    """An import, and how far it is."""

    id: UUID
    entity: Literal["companies", "contacts", "relationships", "conversations", "touchpoints"]
    file_name: str
    options: dict[str, Any]
    is_dry_run: bool
    state: Literal["uploading", "pending", "running", "done", "failed", "cancelled"]
    is_cancelled: bool
    error: str | None
    started_by: str
    bytes_total: int
    bytes_done: int
    rows: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    companies_created: int
    reasons: list[RejectReason]
    step: int
    tries: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RejectReason(msgspec.Struct, kw_only=True, frozen=True):
    """Why so many rows were rejected."""

    field: str
    reason: str
    rows: int


class ImportPreview(msgspec.Struct, kw_only=True, frozen=True):
    """What would come of a file. `problems`: what is missing, and the cure; `outcome` is None where there are any."""

    kind: str
    encoding: str
    delimiter: str
    has_header: bool
    notes: list[str]
    columns: list[ColumnPlan]
    problems: list[str]
    is_whole: bool
    outcome: PreviewOutcome | None


class ColumnPlan(msgspec.Struct, kw_only=True, frozen=True):
    """What a column becomes: a field, `attribute:NAME`, `external_id:SOURCE` or `ignore`; `column` is empty for what every row gets."""

    column: str
    becomes: str
    why: str
    examples: list[str]
    suggestion: str | None = None


class PreviewOutcome(msgspec.Struct, kw_only=True, frozen=True):
    """What would become of the rows that were looked at. `set_aside`: values of other systems that fit no field and stay as attributes."""

    rows: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    companies_created: int
    reasons: list[RejectReason]
    set_aside: list[RejectReason] = []


class NewCompany(TypedDict):
    """What a new company may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    name: Required[str]
    domain: NotRequired[str | None]
    industry: NotRequired[str | None]
    size: NotRequired[CompanySize | None]
    description: NotRequired[str | None]
    headquarters_location: NotRequired[str | None]
    country: NotRequired[str | None]
    research_data: NotRequired[dict[str, Any]]
    account_tier: NotRequired[AccountTier | None]
    account_status: NotRequired[AccountStatus]
    owner_user_id: NotRequired[UUID | None]
    parent_company_id: NotRequired[UUID | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewCompanyRows(TypedDict):
    """NewCompanyRows"""

    items: Required[list[NewCompany]]


class CompanyChanges(TypedDict):
    """The fields of a company to be changed; null empties one."""

    name: NotRequired[str]
    domain: NotRequired[str | None]
    industry: NotRequired[str | None]
    size: NotRequired[CompanySize | None]
    description: NotRequired[str | None]
    headquarters_location: NotRequired[str | None]
    country: NotRequired[str | None]
    research_data: NotRequired[dict[str, Any]]
    account_tier: NotRequired[AccountTier | None]
    account_status: NotRequired[AccountStatus]
    owner_user_id: NotRequired[UUID | None]
    parent_company_id: NotRequired[UUID | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewDomain(TypedDict):
    """One more domain of a company."""

    domain: Required[str]


class TierOfAccounts(TypedDict):
    """How much these accounts matter; null: nobody has said."""

    ids: Required[list[UUID]]
    tier: Required[AccountTier | None]


class StatusOfAccounts(TypedDict):
    """Where these accounts stand."""

    ids: Required[list[UUID]]
    status: Required[AccountStatus]


class HoldOfAccounts(TypedDict):
    """That campaigns keep away from these accounts. `until`: else until they are released."""

    ids: Required[list[UUID]]
    reason: NotRequired[str]
    note: NotRequired[str | None]
    until: NotRequired[datetime | None]


class ReleaseOfAccounts(TypedDict):
    """That campaigns may go on with these accounts. `reason`: only what is held for it."""

    ids: Required[list[UUID]]
    reason: NotRequired[str | None]


class EnrolmentOfAccounts(TypedDict):
    """Into which campaign, by name or id, the people of these accounts come."""

    ids: Required[list[UUID]]
    campaign: Required[str]


class NewAccountView(TypedDict):
    """A view to be saved. `position`: in the list of views; without one behind the others."""

    name: Required[str]
    wanted: NotRequired[AccountsWantedGiven]
    is_shared: NotRequired[bool]
    position: NotRequired[int | None]


class AccountsWantedGiven(TypedDict):
    """Which accounts, in which order and columns. All filters hold; of one with several values any does."""

    q: NotRequired[str | None]
    tier: NotRequired[tuple[AccountTier, ...]]
    status: NotRequired[tuple[AccountStatus, ...]]
    industry: NotRequired[tuple[str, ...]]
    country: NotRequired[tuple[str, ...]]
    owner: NotRequired[UUID | None]
    has_open_work: NotRequired[bool]
    sort: NotRequired[Literal["name", "-name", "created_at", "-created_at"]]
    columns: NotRequired[
        tuple[
            Literal[
                "domain",
                "tier",
                "status",
                "industry",
                "country",
                "size",
                "owner",
                "health",
                "people",
                "decision_makers",
                "last_engagement",
                "next_step",
                "created_at",
            ],
            ...,
        ]
    ]


class AccountViewChanges(TypedDict):
    """What changes of a view; what is not sent stays."""

    name: NotRequired[str | None]
    wanted: NotRequired[AccountsWantedGiven | None]
    is_shared: NotRequired[bool | None]
    position: NotRequired[int | None]


class NewContact(TypedDict):
    """What a new contact may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    company_id: NotRequired[UUID | None]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    role: NotRequired[str | None]
    department: NotRequired[str | None]
    seniority_level: NotRequired[Seniority | None]
    buying_role: NotRequired[str | None]
    linkedin_url: NotRequired[str | None]
    twitter_url: NotRequired[str | None]
    personal_website: NotRequired[str | None]
    country: NotRequired[str | None]
    interests: NotRequired[list[str]]
    communication_preferences: NotRequired[CommunicationPreferences]
    research_data: NotRequired[dict[str, Any]]
    status: NotRequired[ContactStatus]
    is_primary_contact: NotRequired[bool]
    is_decision_maker: NotRequired[bool]
    is_champion: NotRequired[bool]
    owner_user_id: NotRequired[UUID | None]
    source: NotRequired[str | None]
    collected_at: NotRequired[datetime | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewContactRows(TypedDict):
    """NewContactRows"""

    items: Required[list[NewContact]]


class ContactChanges(TypedDict):
    """The fields of a contact to be changed; null empties one."""

    company_id: NotRequired[UUID | None]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    role: NotRequired[str | None]
    department: NotRequired[str | None]
    seniority_level: NotRequired[Seniority | None]
    buying_role: NotRequired[str | None]
    linkedin_url: NotRequired[str | None]
    twitter_url: NotRequired[str | None]
    personal_website: NotRequired[str | None]
    country: NotRequired[str | None]
    interests: NotRequired[list[str]]
    communication_preferences: NotRequired[CommunicationPreferences]
    research_data: NotRequired[dict[str, Any]]
    status: NotRequired[ContactStatus]
    is_primary_contact: NotRequired[bool]
    is_decision_maker: NotRequired[bool]
    is_champion: NotRequired[bool]
    owner_user_id: NotRequired[UUID | None]
    source: NotRequired[str | None]
    collected_at: NotRequired[datetime | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewRelationship(TypedDict):
    """What a new relationship may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    contact_id_1: Required[UUID]
    contact_id_2: Required[UUID]
    relationship_type: Required[RelationshipType]
    strength: NotRequired[Strength]
    context: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    is_verified: NotRequired[bool]
    confidence_score: NotRequired[Decimal]
    attributes: NotRequired[dict[str, Any]]
    discovered_at: NotRequired[datetime | None]
    last_verified_at: NotRequired[datetime | None]


class NewRelationshipRows(TypedDict):
    """NewRelationshipRows"""

    items: Required[list[NewRelationship]]


class RelationshipChanges(TypedDict):
    """The fields of a relationship to be changed; null empties one."""

    relationship_type: NotRequired[RelationshipType]
    strength: NotRequired[Strength]
    context: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    is_verified: NotRequired[bool]
    confidence_score: NotRequired[Decimal]
    attributes: NotRequired[dict[str, Any]]
    discovered_at: NotRequired[datetime | None]
    last_verified_at: NotRequired[datetime | None]


class NewConversation(TypedDict):
    """What a new conversation may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    contact_id: Required[UUID]
    company_id: NotRequired[UUID | None]
    status: NotRequired[ConversationStatus]
    qualification_tier: NotRequired[QualificationTier | None]
    next_touchpoint_at: NotRequired[datetime | None]
    context: NotRequired[dict[str, Any]]
    campaign_id: NotRequired[UUID | None]
    campaign_name: NotRequired[str | None]
    sequence_step: NotRequired[int | None]
    outcome: NotRequired[str | None]
    outcome_date: NotRequired[datetime | None]
    outcome_notes: NotRequired[str | None]
    estimated_value: NotRequired[Decimal | None]
    actual_value: NotRequired[Decimal | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    started_at: NotRequired[datetime | None]
    closed_at: NotRequired[datetime | None]


class NewConversationRows(TypedDict):
    """NewConversationRows"""

    items: Required[list[NewConversation]]


class ConversationChanges(TypedDict):
    """The fields of a conversation to be changed; null empties one."""

    contact_id: NotRequired[UUID]
    company_id: NotRequired[UUID | None]
    status: NotRequired[ConversationStatus]
    qualification_tier: NotRequired[QualificationTier | None]
    next_touchpoint_at: NotRequired[datetime | None]
    context: NotRequired[dict[str, Any]]
    campaign_id: NotRequired[UUID | None]
    campaign_name: NotRequired[str | None]
    sequence_step: NotRequired[int | None]
    outcome: NotRequired[str | None]
    outcome_date: NotRequired[datetime | None]
    outcome_notes: NotRequired[str | None]
    estimated_value: NotRequired[Decimal | None]
    actual_value: NotRequired[Decimal | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    started_at: NotRequired[datetime | None]
    closed_at: NotRequired[datetime | None]


class NewTouchpoint(TypedDict):
    """What a new touchpoint may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    conversation_id: Required[UUID]
    channel: NotRequired[Channel]
    direction: NotRequired[Direction]
    subject: NotRequired[str | None]
    content: NotRequired[str | None]
    response: NotRequired[str | None]
    sent_at: NotRequired[datetime | None]
    delivered_at: NotRequired[datetime | None]
    opened_at: NotRequired[datetime | None]
    clicked_at: NotRequired[datetime | None]
    replied_at: NotRequired[datetime | None]
    bounced_at: NotRequired[datetime | None]
    failed_at: NotRequired[datetime | None]
    outcome_details: NotRequired[str | None]
    call_duration_seconds: NotRequired[int | None]
    call_recording_url: NotRequired[str | None]
    call_transcript: NotRequired[str | None]
    call_sentiment: NotRequired[str | None]
    email_thread_id: NotRequired[str | None]
    email_message_id: NotRequired[str | None]
    in_reply_to_id: NotRequired[UUID | None]
    provider_id: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    created_by_user_id: NotRequired[UUID | None]
    created_by_automation: NotRequired[bool]


class NewTouchpointRows(TypedDict):
    """NewTouchpointRows"""

    items: Required[list[NewTouchpoint]]


class TouchpointChanges(TypedDict):
    """The fields of a touchpoint to be changed; null empties one."""

    conversation_id: NotRequired[UUID]
    channel: NotRequired[Channel]
    direction: NotRequired[Direction]
    subject: NotRequired[str | None]
    content: NotRequired[str | None]
    response: NotRequired[str | None]
    sent_at: NotRequired[datetime | None]
    delivered_at: NotRequired[datetime | None]
    opened_at: NotRequired[datetime | None]
    clicked_at: NotRequired[datetime | None]
    replied_at: NotRequired[datetime | None]
    bounced_at: NotRequired[datetime | None]
    failed_at: NotRequired[datetime | None]
    outcome_details: NotRequired[str | None]
    call_duration_seconds: NotRequired[int | None]
    call_recording_url: NotRequired[str | None]
    call_transcript: NotRequired[str | None]
    call_sentiment: NotRequired[str | None]
    email_thread_id: NotRequired[str | None]
    email_message_id: NotRequired[str | None]
    in_reply_to_id: NotRequired[UUID | None]
    provider_id: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    created_by_user_id: NotRequired[UUID | None]
    created_by_automation: NotRequired[bool]


class NewEvents(TypedDict):
    """Up to 10,000 events; one bad event, and none is recorded."""

    items: Required[list[NewEvent]]


class CampaignSource(TypedDict):
    """A campaign: its `definition` as JSON, or the `text` of a campaign file and its `format`."""

    definition: NotRequired[CampaignDefinitionGiven | None]
    text: NotRequired[str | None]
    format: NotRequired[Literal["toml", "yaml"]]


class CampaignDefinitionGiven(TypedDict):
    """A campaign as it is written, reviewed and applied."""

    name: Required[str]
    description: NotRequired[str | None]
    topic: NotRequired[str]
    senders: NotRequired[tuple[str, ...]]
    audience: NotRequired[AudienceGiven]
    approach_colleagues: NotRequired[bool]
    steps: Required[tuple[StepGiven, ...]]
    templates: NotRequired[dict[str, TemplateGiven]]
    policy: NotRequired[PolicyGiven]


class AudienceGiven(TypedDict):
    """Of the fields that are given, all must hold; a list holds where one of its values does."""

    companies: NotRequired[tuple[str, ...]]
    contacts: NotRequired[tuple[str, ...]]
    account_tier: NotRequired[tuple[AccountTier, ...]]
    account_status: NotRequired[tuple[AccountStatus, ...]]
    industry: NotRequired[tuple[str, ...]]
    size: NotRequired[tuple[CompanySize, ...]]
    country: NotRequired[tuple[str, ...]]
    seniority_level: NotRequired[tuple[Seniority, ...]]
    role: NotRequired[tuple[str, ...]]
    is_decision_maker: NotRequired[bool | None]
    silent_for_days: NotRequired[int | None]
    has_attributes: NotRequired[dict[str, str | float | bool]]
    most_per_account: NotRequired[int | None]


class StepGiven(TypedDict):
    """One touch. Without a `channel` the policy chooses one, by how often the contact was approached."""

    key: Required[str]
    track: NotRequired[Literal["main", "positive", "negative"]]
    wait_business_days: NotRequired[int | None]
    channel: NotRequired[Channel | None]
    template: NotRequired[str | None]
    instructions: NotRequired[str | None]
    same_thread: NotRequired[bool]
    only_if: NotRequired[ConditionGiven | None]
    branches: NotRequired[tuple[BranchGiven, ...]]
    needs_approval: NotRequired[bool | None]
    drafted: NotRequired[bool]
    max_words: NotRequired[int]
    trusts_drafts: NotRequired[bool]


class ConditionGiven(TypedDict):
    """What must hold; of the fields that are given, all. Opens and clicks count only where a person made them."""

    opened: NotRequired[bool | None]
    clicked: NotRequired[bool | None]
    engagement_at_least: NotRequired[int | None]
    qualification_tier: NotRequired[tuple[QualificationTier, ...]]
    has_phone: NotRequired[bool | None]
    has_linkedin: NotRequired[bool | None]
    has_colleague: NotRequired[bool | None]


class BranchGiven(TypedDict):
    """Where `condition` holds once the next step is due, it is `to` instead of the one below; the first that holds wins."""

    condition: Required[ConditionGiven]
    to: Required[str]


class TemplateGiven(TypedDict):
    """The words of a step, in Jinja over the conversation's context. `subject` is for e-mail."""

    subject: NotRequired[str | None]
    body: NotRequired[str]
    variants: NotRequired[tuple[VariantGiven, ...]]


class VariantGiven(TypedDict):
    """Other words for the same step; who gets which is fixed by the enrolment. `weight` is its share against the others'."""

    key: Required[str]
    subject: NotRequired[str | None]
    body: Required[str]
    weight: NotRequired[int]


class PolicyGiven(TypedDict):
    """Everything a campaign is decided by."""

    schedule: NotRequired[ScheduleGiven]
    pace: NotRequired[PaceGiven]
    channels: NotRequired[ChannelsGiven]
    sender: NotRequired[SenderLimitsGiven]
    account: NotRequired[AccountLimitsGiven]
    contact: NotRequired[ContactLimitsGiven]
    colleagues: NotRequired[ColleaguesGiven]
    exclusions: NotRequired[ExclusionsGiven]
    reactions: NotRequired[ReactionsGiven]
    retry: NotRequired[RetryGiven]
    escalation: NotRequired[EscalationGiven]
    reentry: NotRequired[Literal["once", "not_while_active", "any"]]
    is_exclusive: NotRequired[bool]
    requires_approval: NotRequired[bool]
    sync_limit_minutes: NotRequired[int]
    lease_seconds: NotRequired[int]
    trusts_drafts: NotRequired[bool]


class ScheduleGiven(TypedDict):
    """Send windows by channel (`other` for those not named), and whether public holidays of the contact's region are free days."""

    email: NotRequired[WindowGiven]
    sms: NotRequired[WindowGiven]
    call: NotRequired[WindowGiven]
    other: NotRequired[WindowGiven]
    skip_holidays: NotRequired[bool]


class WindowGiven(TypedDict):
    """When a channel may be used, in the recipient's zone. `days`: ISO weekdays, 1 is Monday. The end is not included."""

    days: NotRequired[tuple[int, ...]]
    start: NotRequired[str]
    end: NotRequired[str]


class PaceGiven(TypedDict):
    """How many touchpoints an enrolment has at most, and the business days between them; the last gap repeats."""

    most_touchpoints: NotRequired[int]
    gaps_business_days: NotRequired[tuple[int, ...]]


class ChannelsGiven(TypedDict):
    """Which channel for which attempt. One that cannot be used (no address, no consent) gives way to the next in `order`."""

    order: NotRequired[tuple[ChannelRuleGiven, ...]]
    linkedin_between: NotRequired[bool]


class ChannelRuleGiven(TypedDict):
    """A channel for the attempts `first` to `last` (1 is the first touch; None: to the end)."""

    channel: Required[Channel]
    first: NotRequired[int]
    last: NotRequired[int | None]


class SenderLimitsGiven(TypedDict):
    """What one mailbox or number may do; a sender may have narrower limits of its own."""

    per_day: NotRequired[int]
    per_hour: NotRequired[int]
    jitter_seconds: NotRequired[tuple[int, int]]
    warmup_first_day: NotRequired[int]
    warmup_step: NotRequired[int]
    recipient_domain_per_day: NotRequired[int]
    hold_of_last: NotRequired[int]
    hold_bounce_percent: NotRequired[float]
    hold_complaint_percent: NotRequired[float]


class AccountLimitsGiven(TypedDict):
    """What one account bears: contacts approached at the same time, and touches in any 7 days."""

    most_contacts_at_once: NotRequired[int]
    touches_per_week: NotRequired[int]


class ContactLimitsGiven(TypedDict):
    """What one person bears: business days between touches over all channels and campaigns."""

    business_days_between: NotRequired[int]


class ColleaguesGiven(TypedDict):
    """When the next person of an account is approached: so many business days after the ones before were silent so long."""

    silence_hours: NotRequired[int]
    wait_business_days: NotRequired[int]


class ExclusionsGiven(TypedDict):
    """Whom an audience leaves out, with the reason. `live_thread_days`: somebody of ours and they exchanged messages within."""

    customers: NotRequired[bool]
    open_opportunities: NotRequired[bool]
    competitors: NotRequired[bool]
    owner_exclusions: NotRequired[bool]
    live_thread_days: NotRequired[int]


class ReactionsGiven(TypedDict):
    """The table. Replies have a row a meaning, so that a policy can resume, switch track or stop by it."""

    scope: NotRequired[Literal["account", "business_unit", "campaign"]]
    reply: NotRequired[ReactionGiven]
    reply_positive: NotRequired[ReactionGiven]
    reply_question: NotRequired[ReactionGiven]
    reply_objection: NotRequired[ReactionGiven]
    reply_not_now: NotRequired[ReactionGiven]
    reply_refusal: NotRequired[ReactionGiven]
    referral: NotRequired[ReactionGiven]
    manual_message: NotRequired[ReactionGiven]
    out_of_office: NotRequired[ReactionGiven]
    hard_bounce: NotRequired[ReactionGiven]
    soft_bounce: NotRequired[ReactionGiven]
    policy_bounce: NotRequired[ReactionGiven]
    unsubscribe: NotRequired[ReactionGiven]
    complaint: NotRequired[ReactionGiven]
    meeting_booked: NotRequired[ReactionGiven]
    meeting_held: NotRequired[ReactionGiven]
    meeting_missed: NotRequired[ReactionGiven]
    deal_opened: NotRequired[ReactionGiven]
    deal_won: NotRequired[ReactionGiven]
    deal_lost: NotRequired[ReactionGiven]
    left_company: NotRequired[ReactionGiven]
    manual_stop: NotRequired[ReactionGiven]


class ReactionGiven(TypedDict):
    """What one kind of signal does."""

    person: NotRequired[Literal["nothing", "finish", "pause", "fail", "retry"]]
    pause_days: NotRequired[int | None]
    suppress: NotRequired[str | None]
    rest: NotRequired[Literal["nothing", "pause", "stop", "switch_track", "hold"]]
    rest_track: NotRequired[Literal["main", "positive", "negative"] | None]
    asks_owner: NotRequired[bool]
    propose: NotRequired[bool]


class RetryGiven(TypedDict):
    """How a definite transient failure is tried again: `tries` in all, `backoff_minutes` doubling."""

    tries: NotRequired[int]
    backoff_minutes: NotRequired[int]


class EscalationGiven(TypedDict):
    """Business days until a task is due, and until one that nobody did escalates."""

    task_due_business_days: NotRequired[int]
    escalate_business_days: NotRequired[int]


class PreviewWanted(TypedDict):
    """A campaign's text that need not have been applied, and for whom."""

    contact_id: Required[UUID]
    definition: NotRequired[CampaignDefinitionGiven | None]
    text: NotRequired[str | None]
    format: NotRequired[Literal["toml", "yaml"]]


class PreviewApproval(TypedDict):
    """What was seen, by its hash: a campaign that changed since is not approved."""

    content_hash: Required[str]


class CampaignStart(TypedDict):
    """How a campaign begins. `live`: it really sends, once its preview was approved; else as a dry run, which sends nothing."""

    live: NotRequired[bool]


class SimulationWanted(TypedDict):
    """What to simulate: between two times a year apart at most (now, and 90 days later, where none are given), with 1,000 people at most."""

    definition: NotRequired[CampaignDefinitionGiven | None]
    text: NotRequired[str | None]
    format: NotRequired[Literal["toml", "yaml"]]
    start: NotRequired[datetime | None]
    until: NotRequired[datetime | None]
    contacts: NotRequired[list[UUID] | None]
    behaviour: NotRequired[Behaviour | Literal["typical"] | None]
    seed: NotRequired[int]


class Behaviour(TypedDict):
    """What people do, theirs and ours."""

    scripts: NotRequired[dict[str, dict[str, Response]]]
    rates: NotRequired[tuple[RateGiven, ...]]
    approve_after_hours: NotRequired[float | None]
    do_tasks_after_hours: NotRequired[float | None]


class Response(TypedDict):
    """What somebody does `after_days` (24 hours each) they got their touch number `touch` (1 is the first)."""

    kind: Required[
        Literal[
            "reply",
            "reply_positive",
            "reply_question",
            "reply_objection",
            "reply_not_now",
            "reply_refusal",
            "referral",
            "manual_message",
            "out_of_office",
            "hard_bounce",
            "soft_bounce",
            "policy_bounce",
            "unsubscribe",
            "complaint",
            "meeting_booked",
            "meeting_held",
            "meeting_missed",
            "deal_opened",
            "deal_won",
            "deal_lost",
            "left_company",
            "manual_stop",
            "open",
            "click",
        ]
    ]
    after_days: NotRequired[float]
    touch: NotRequired[int]
    text: NotRequired[str | None]
    back_after_days: NotRequired[float | None]
    person: NotRequired[dict[str, Any] | None]


class RateGiven(TypedDict):
    """How many of 100 touches are answered by a signal of `kind`, and within how many hours (least, most), drawn evenly."""

    kind: Required[
        Literal[
            "reply",
            "reply_positive",
            "reply_question",
            "reply_objection",
            "reply_not_now",
            "reply_refusal",
            "referral",
            "manual_message",
            "out_of_office",
            "hard_bounce",
            "soft_bounce",
            "policy_bounce",
            "unsubscribe",
            "complaint",
            "meeting_booked",
            "meeting_held",
            "meeting_missed",
            "deal_opened",
            "deal_won",
            "deal_lost",
            "left_company",
            "manual_stop",
            "open",
            "click",
        ]
    ]
    percent: Required[float]
    channel: NotRequired[Channel | None]
    attempt: NotRequired[int | None]
    within_hours: NotRequired[tuple[float, float]]


class TemplatePreviewWanted(TypedDict):
    """For whom, and with which words; they are not kept."""

    contact_id: Required[UUID]
    words: Required[TemplateGiven]


class NewPeople(TypedDict):
    """Whom to bring in; those of one account are approached in this order."""

    contact_ids: Required[list[UUID]]


class EnrolmentPause(TypedDict):
    """Until when; None: until somebody lets them go on."""

    until: NotRequired[datetime | None]


class Lead(TypedDict):
    """Somebody who came to us."""

    email: Required[str]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    title: NotRequired[str | None]
    phone: NotRequired[str | None]
    linkedin_url: NotRequired[str | None]
    country: NotRequired[str | None]
    campaign: Required[str]
    company: NotRequired[str | None]
    domain: NotRequired[str | None]
    industry: NotRequired[str | None]
    message: NotRequired[str | None]
    subject: NotRequired[str | None]
    id: NotRequired[str | None]
    colleagues: NotRequired[tuple[LeadPerson, ...]]


class LeadPerson(TypedDict):
    """Somebody whom a lead names."""

    email: Required[str]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    title: NotRequired[str | None]
    phone: NotRequired[str | None]
    linkedin_url: NotRequired[str | None]
    country: NotRequired[str | None]


class NewLeads(TypedDict):
    """Up to 500 leads."""

    items: Required[list[Lead]]


class FoundOut(TypedDict):
    """Whether a message left of which nobody knew. Where nobody can find out, say that it did: nobody gets it twice."""

    left: Required[bool]
    note: NotRequired[str | None]


class ApprovalEdit(TypedDict):
    """Other words for a message that waits; what is not sent stays."""

    content_hash: Required[str]
    subject: NotRequired[str | None]
    content: NotRequired[str | None]


class Acceptance(TypedDict):
    """That exactly these words may leave."""

    content_hash: Required[str]
    note: NotRequired[str | None]


class Rejection(TypedDict):
    """Why a message may not leave. `then`: the person stays paused until somebody lets them go on, or the step is passed over (`skip`)."""

    note: Required[str]
    then: NotRequired[Literal["pause", "skip"]]


class ClaimWanted(TypedDict):
    """For how long; sent again while it is open, it lasts on. `take_over`: even where somebody else is at it."""

    hold_minutes: NotRequired[int]
    take_over: NotRequired[bool]


class NewTask(TypedDict):
    """What is to be done."""

    title: Required[str]
    due_at: Required[datetime]
    body: NotRequired[str | None]
    company_id: NotRequired[UUID | None]
    contact_id: NotRequired[UUID | None]
    owner: NotRequired[str | None]


class WorkWanted(TypedDict):
    """Which work. `owner`: only what is theirs; None: all but what is by name somebody else's. `hold_minutes`: so long it is yours."""

    channel: NotRequired[Channel | None]
    owner: NotRequired[str | None]
    hold_minutes: NotRequired[int]


class TaskSnooze(TypedDict):
    """Not before this time."""

    until: Required[datetime]


class TaskOutcome(TypedDict):
    """What came of a task."""

    outcome: NotRequired[str | None]
    note: NotRequired[str | None]
    left: NotRequired[bool | None]
    text: NotRequired[str | None]
    at: NotRequired[datetime | None]
    seconds: NotRequired[int | None]
    recording: NotRequired[str | None]
    transcript: NotRequired[str | None]
    sentiment: NotRequired[Literal["positive", "neutral", "negative"] | None]


class TaskNote(TypedDict):
    """Why it is left undone."""

    note: NotRequired[str | None]


class Reply(TypedDict):
    """What you write; nothing is added to it. `subject` None: the thread's. `sender`: another mailbox's address than the one that wrote."""

    content: Required[str]
    subject: NotRequired[str | None]
    sender: NotRequired[str | None]


class Assignment(TypedDict):
    """Who answers: a name, or a user's id."""

    owner: Required[str]


class Resumption(TypedDict):
    """Who goes on: everybody of an account, or one person; in one campaign (by name or id), or in all."""

    company_id: NotRequired[UUID | None]
    contact_id: NotRequired[UUID | None]
    campaign: NotRequired[str | None]


class NewSignal(TypedDict):
    """Something that happened: about a contact, or, of a deal without a person, about a company."""

    kind: Required[
        Literal[
            "reply",
            "reply_positive",
            "reply_question",
            "reply_objection",
            "reply_not_now",
            "reply_refusal",
            "referral",
            "manual_message",
            "out_of_office",
            "hard_bounce",
            "soft_bounce",
            "policy_bounce",
            "unsubscribe",
            "complaint",
            "meeting_booked",
            "meeting_held",
            "meeting_missed",
            "deal_opened",
            "deal_won",
            "deal_lost",
            "left_company",
            "manual_stop",
            "open",
            "click",
        ]
    ]
    contact_id: NotRequired[UUID | None]
    company_id: NotRequired[UUID | None]
    at: NotRequired[datetime | None]
    until: NotRequired[datetime | None]
    text: NotRequired[str | None]
    message_id: NotRequired[str | None]
    person: NotRequired[NamedPerson | None]
    channel: NotRequired[Channel | None]
    learned: NotRequired[dict[str, list[str]]]
    key: NotRequired[str | None]


class NamedPerson(TypedDict):
    """Whom they name: by address, by name, or both."""

    email: NotRequired[str | None]
    name: NotRequired[str | None]


class DraftWanted(TypedDict):
    """For whom, and of which step."""

    contact_id: Required[UUID]
    step: NotRequired[str | None]


class NewSuppression(TypedDict):
    """Whom not to write to: one of an e-mail `address`, a `domain` with all below it, a `phone` number, and a contact."""

    address: NotRequired[str | None]
    domain: NotRequired[str | None]
    phone: NotRequired[str | None]
    contact_id: NotRequired[UUID | None]
    channel: NotRequired[Literal["all", "email", "sms", "call", "linkedin", "mail", "whatsapp", "meeting"]]
    reason: NotRequired[SuppressionReason]
    note: NotRequired[str | None]


class NewConsent(TypedDict):
    """That somebody may be written to. `wording`: what was agreed to. `evidence`: where that shows. `captured_at`: when; None: now."""

    channel: Required[Channel]
    basis: NotRequired[ConsentBasis]
    wording: NotRequired[str | None]
    evidence: NotRequired[str | None]
    captured_at: NotRequired[datetime | None]


class Revocation(TypedDict):
    """On which channel; None: on all. `at`: when; None: now."""

    channel: NotRequired[Channel | None]
    at: NotRequired[datetime | None]


class ChosenTopics(TypedDict):
    """The topics that somebody wants to hear about, by key; they refuse all others."""

    on: Required[list[str]]


class NewExclusion(TypedDict):
    """Why an account is left out: a competitor, an open opportunity, or because one of us keeps it out (`owner`)."""

    reason: NotRequired[Literal["competitor", "open_opportunity", "owner"]]
    note: NotRequired[str | None]


class NewHold(TypedDict):
    """What is stopped. `target_id`: which sender, company or contact; a workspace has none. `until` None: until it is lifted."""

    scope: Required[Literal["workspace", "sender", "account", "contact"]]
    target_id: NotRequired[UUID | None]
    reason: NotRequired[str]
    note: NotRequired[str | None]
    until: NotRequired[datetime | None]


class HoldLift(TypedDict):
    """What is let go. `reason`: only what stands for this one; None: all."""

    scope: Required[Literal["workspace", "sender", "account", "contact"]]
    target_id: NotRequired[UUID | None]
    reason: NotRequired[str | None]


class LegalRuleGiven(TypedDict):
    """What holds. `rule`: allow until they object, only with a consent, or deny. `source`: the law, or the authority's page."""

    rule: Required[Literal["allow", "consent", "deny"]]
    source: Required[str]
    note: NotRequired[str | None]


class FreeDayGiven(TypedDict):
    """A day of your own on which nothing is sent. `region`: to people there (DE, US-CA); None: to nobody."""

    day: Required[date]
    name: Required[str]
    region: NotRequired[str | None]


class NewSender(TypedDict):
    """What a new sender may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    address: Required[str]
    channel: NotRequired[Channel]
    display_name: NotRequired[str | None]
    reply_to: NotRequired[str | None]
    transport: NotRequired[str]
    settings: NotRequired[dict[str, Any]]
    timezone: NotRequired[str | None]
    legal_identity_id: NotRequired[UUID | None]
    owner_user_id: NotRequired[UUID | None]
    per_hour: NotRequired[int | None]
    per_day: NotRequired[int | None]
    warmup_started_at: NotRequired[datetime | None]
    is_active: NotRequired[bool]
    signature: NotRequired[str | None]
    tracks_opens: NotRequired[bool]
    tracks_clicks: NotRequired[bool]
    tracking_host: NotRequired[str | None]
    alias_replies: NotRequired[bool]


class SenderChanges(TypedDict):
    """The fields of a sender to be changed; null empties one."""

    display_name: NotRequired[str | None]
    reply_to: NotRequired[str | None]
    transport: NotRequired[str]
    settings: NotRequired[dict[str, Any]]
    timezone: NotRequired[str | None]
    legal_identity_id: NotRequired[UUID | None]
    owner_user_id: NotRequired[UUID | None]
    per_hour: NotRequired[int | None]
    per_day: NotRequired[int | None]
    warmup_started_at: NotRequired[datetime | None]
    is_active: NotRequired[bool]
    signature: NotRequired[str | None]
    tracks_opens: NotRequired[bool]
    tracks_clicks: NotRequired[bool]
    tracking_host: NotRequired[str | None]
    alias_replies: NotRequired[bool]


class TestMessage(TypedDict):
    """Where the made-up message goes: an address of your own."""

    recipient: Required[str]


class NewMailbox(TypedDict):
    """A mailbox with its password, which is tried, sealed, and never shown again."""

    address: Required[str]
    password: Required[str]
    username: NotRequired[str | None]
    imap: NotRequired[MailServer]
    smtp: NotRequired[MailServer]
    display_name: NotRequired[str | None]
    signature: NotRequired[str | None]
    sent_folder: NotRequired[str | None]
    sent_copy: NotRequired[Literal["none", "append", "service"] | None]
    reads_junk: NotRequired[bool]
    per_day: NotRequired[int | None]
    warmup: NotRequired[bool]
    alias_replies: NotRequired[bool]


class MailServer(TypedDict):
    """A server, as far as it is not known by the address's service."""

    host: NotRequired[str | None]
    port: NotRequired[int | None]
    tls: NotRequired[Literal["starttls", "implicit", "none"] | None]


class MailboxLogin(TypedDict):
    """How a mailbox is logged in, by your own client at its service."""

    service: Required[Literal["google", "microsoft"]]
    client_id: Required[str]
    client_secret: NotRequired[str | None]
    via: NotRequired[Literal["imap", "gmail-api", "graph"]]
    tenant: NotRequired[str]
    imap: NotRequired[MailServer]
    smtp: NotRequired[MailServer]
    reads_junk: NotRequired[bool]
    return_to: NotRequired[str]


class SecretValue(TypedDict):
    """What a secret says: a password, a key, a token."""

    value: Required[str]


class SettingsChanges(TypedDict):
    """What changes; what is not sent stays. `timezone`: IANA, where no other is known. `country`: two letters."""

    timezone: NotRequired[str]
    country: NotRequired[str | None]
    legal_identity_id: NotRequired[UUID | None]
    public_url: NotRequired[str | None]


class NewLegalIdentity(TypedDict):
    """What a new legalidentity may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    name: Required[str]
    postal_address: Required[str]
    country: NotRequired[str | None]
    privacy_url: NotRequired[str | None]


class LegalIdentityChanges(TypedDict):
    """The fields of a legalidentity to be changed; null empties one."""

    name: NotRequired[str]
    postal_address: NotRequired[str]
    country: NotRequired[str | None]
    privacy_url: NotRequired[str | None]


class TopicName(TypedDict):
    """How people read it."""

    name: Required[str]


class ModelChanges(TypedDict):
    """The model that writes; what is not sent stays. `key`: the stored secret that is its key, `secret:NAME`."""

    model: NotRequired[str]
    base_url: NotRequired[str | None]
    key: NotRequired[str | None]
    drafts_per_day: NotRequired[int]
    timeout_seconds: NotRequired[int]
    refines_meaning: NotRequired[bool]


class MergeWanted(TypedDict):
    """`drop` goes into `keep`; `take` names the fields of which the dropped one's value is to win."""

    keep: Required[UUID]
    drop: Required[UUID]
    take: NotRequired[list[str]]


class WhomGiven(TypedDict):
    """A person, by the contact's id or by an address."""

    contact_id: NotRequired[UUID | None]
    email: NotRequired[str | None]


class Days(TypedDict):
    """How many days a kind is kept; null: for ever."""

    days: Required[int | None]


class Apply(TypedDict):
    """`dry_run`: only count what would go."""

    dry_run: NotRequired[bool]


class Undo(TypedDict):
    """What to take back: these changes, or all of one transaction."""

    ids: NotRequired[list[int] | None]
    transaction: NotRequired[str | None]


class NewEndpoint(TypedDict):
    """What an endpoint is made of. `url`: https; `kinds`: at least one, or `*`."""

    url: Required[str]
    kinds: Required[tuple[str, ...]]
    description: NotRequired[str]


class EndpointChanges(TypedDict):
    """What is None stays. `is_active`: resume it (what waited goes out), or pause it with a `reason`."""

    url: NotRequired[str | None]
    kinds: NotRequired[tuple[str, ...] | None]
    description: NotRequired[str | None]
    is_active: NotRequired[bool | None]
    reason: NotRequired[str | None]


class Overlap(TypedDict):
    """How long the old secret signs too."""

    overlap_seconds: NotRequired[int]


class TrialGiven(TypedDict):
    """The kind whose example is sent."""

    kind: NotRequired[
        Literal[
            "account.created",
            "account.changed",
            "account.deleted",
            "contact.created",
            "contact.changed",
            "contact.deleted",
            "contact.unsubscribed",
            "contact.suppressed",
            "contact.complained",
            "contact.left",
            "message.sent",
            "message.delivered",
            "message.opened",
            "message.clicked",
            "message.bounced",
            "message.failed",
            "message.unknown",
            "message.received",
            "reply.received",
            "call.answered",
            "meeting.booked",
            "meeting.held",
            "meeting.missed",
            "conversation.changed",
            "enrolment.started",
            "enrolment.paused",
            "enrolment.finished",
            "enrolment.failed",
            "approval.needed",
            "approval.decided",
            "task.created",
            "task.closed",
            "campaign.started",
            "campaign.paused",
            "campaign.finished",
            "campaign.cancelled",
            "hold.set",
            "hold.lifted",
            "deal.opened",
            "deal.won",
            "deal.lost",
            "webhook.test",
        ]
    ]


class PeriodGiven(TypedDict):
    """From when until when."""

    since: Required[datetime]
    until: Required[datetime]


class NewChannel(TypedDict):
    """What a channel is made of."""

    name: Required[str]
    way: Required[Literal["email", "webhook", "slack"]]
    address: Required[str]
    sender: NotRequired[str | None]
    kinds: NotRequired[tuple[str, ...]]
    rhythm: NotRequired[Literal["at_once", "hourly", "daily"]]
    daily_at: NotRequired[time]
    timezone: NotRequired[str | None]
    gap_minutes: NotRequired[int]
    quiet_from: NotRequired[time | None]
    quiet_to: NotRequired[time | None]
    reply_hours: NotRequired[int]
    is_active: NotRequired[bool]


class ChannelChanges(TypedDict):
    """What is not sent stays; null: none, or what the workspace has."""

    name: NotRequired[str]
    address: NotRequired[str]
    sender: NotRequired[str | None]
    kinds: NotRequired[tuple[str, ...]]
    rhythm: NotRequired[Literal["at_once", "hourly", "daily"]]
    daily_at: NotRequired[time]
    timezone: NotRequired[str | None]
    gap_minutes: NotRequired[int]
    quiet_from: NotRequired[time | None]
    quiet_to: NotRequired[time | None]
    reply_hours: NotRequired[int]
    is_active: NotRequired[bool]


class NewAgent(TypedDict):
    """An agent's name and budget."""

    name: Required[str]
    may_send: NotRequired[bool]
    touches_a_day: NotRequired[int]
    proposals_a_day: NotRequired[int]
    timezone: NotRequired[str | None]


class AgentChanges(TypedDict):
    """What is not sent stays."""

    may_send: NotRequired[bool | None]
    touches_a_day: NotRequired[int | None]
    proposals_a_day: NotRequired[int | None]
    timezone: NotRequired[str | None]
    is_paused: NotRequired[bool | None]


class Login(TypedDict):
    """Who wants to come in."""

    email: Required[str]
    password: Required[str]


class NewPassword(TypedDict):
    """The old password and a new one."""

    old: Required[str]
    new: Required[str]


class Forgotten(TypedDict):
    """Whose password is forgotten."""

    email: Required[str]


class ResetBy(TypedDict):
    """The token of a link, and a new password."""

    token: Required[str]
    password: Required[str]


class AcceptanceGiven(TypedDict):
    """The token of an invitation's link, and, of who is new here, a name and a password."""

    token: Required[str]
    password: NotRequired[str | None]
    name: NotRequired[str | None]


class NewRole(TypedDict):
    """What somebody is to be; owner, admin, member or viewer."""

    role: Required[Literal["owner", "admin", "member", "viewer", "agent"]]


class NewInvitee(TypedDict):
    """Whom to invite, and as what."""

    email: Required[str]
    role: Required[Literal["owner", "admin", "member", "viewer", "agent"]]


class NewKeyWanted(TypedDict):
    """What a key is for, and what it may do. `scopes` narrow the role; an agent's key sends only where they name `messages:send`."""

    label: Required[str]
    role: Required[Literal["owner", "admin", "member", "viewer", "agent"]]
    scopes: NotRequired[
        list[
            Literal[
                "graph:read",
                "graph:write",
                "graph:merge",
                "campaigns:read",
                "campaigns:write",
                "campaigns:run",
                "messages:propose",
                "messages:approve",
                "messages:send",
                "tasks:read",
                "tasks:work",
                "views:write",
                "suppressions:read",
                "suppressions:write",
                "mailboxes:read",
                "mailboxes:write",
                "imports:write",
                "exports:read",
                "privacy:export",
                "privacy:erase",
                "webhooks:read",
                "webhooks:write",
                "settings:read",
                "settings:write",
                "members:read",
                "members:write",
                "keys:write",
                "audit:read",
                "workspace:own",
            ]
        ]
        | None
    ]
    expires_at: NotRequired[datetime | None]
    agent: NotRequired[str | None]


class Rotation(TypedDict):
    """How long the old key opens yet, so that programs can be told; at most a week."""

    overlap_seconds: NotRequired[int]
