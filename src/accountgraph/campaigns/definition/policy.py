"""The policy of a campaign: every setting with its unit and its default."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from accountgraph.campaigns.definition.reactions import Reactions
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.steps import Step

Count = Annotated[int, Meta(ge=1, le=100_000)]
Days = Annotated[int, Meta(ge=0, le=3650)]
Hours = Annotated[int, Meta(ge=0, le=8760)]
TimeOfDay = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Weekday = Annotated[int, Meta(ge=1, le=7)]


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a channel may be used, in the recipient's zone. `days`: ISO weekdays, 1 is Monday. The end is not included."""

    days: tuple[Weekday, ...] = (1, 2, 3, 4, 5)
    start: TimeOfDay = "09:00"
    end: TimeOfDay = "17:00"


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send windows by channel (`other` for those not named), and whether public holidays of the contact's region are free days."""

    email: Window = Window()
    sms: Window = Window(start="09:00", end="20:00")
    call: Window = Window(start="09:00", end="20:00")
    other: Window = Window()
    skip_holidays: bool = True

    def window(self, channel: Channel) -> Window:
        """The window of one channel."""
        match channel:
            case Channel.EMAIL:
                return self.email
            case Channel.SMS | Channel.WHATSAPP:
                return self.sms
            case Channel.CALL:
                return self.call
            case _:
                return self.other


class Pace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many touchpoints an enrolment has at most, and the business days between them; the last gap repeats."""

    most_touchpoints: Count = 7
    gaps_business_days: tuple[Days, ...] = (2, 3, 5, 7, 10, 14)


class ChannelRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel for the attempts `first` to `last` (1 is the first touch; None: to the end)."""

    channel: Channel
    first: Count = 1
    last: Count | None = None


class Channels(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which channel for which attempt. One that cannot be used (no address, no consent) gives way to the next in `order`.

    `linkedin_between`: where a profile is known, the first attempt of each later channel is a LinkedIn task instead.
    """

    order: tuple[ChannelRule, ...] = (
        ChannelRule(channel=Channel.EMAIL, first=1, last=2),
        ChannelRule(channel=Channel.SMS, first=3, last=4),
        ChannelRule(channel=Channel.CALL, first=5),
    )
    linkedin_between: bool = True


class SenderLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one mailbox or number may do; a sender may have narrower limits of its own.

    `jitter_seconds`: least and most seconds between two messages. `warmup_first_day`, `warmup_step`: messages on a new
    sender's first day, and how many more each day after, until `per_day`. `hold_bounce_percent` of the last
    `hold_of_last` messages, `hold_complaint_percent`: where it holds itself.
    """

    per_day: Count = 30
    per_hour: Count = 8
    jitter_seconds: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]] = (90, 240)
    warmup_first_day: Count = 5
    warmup_step: Annotated[int, Meta(ge=0)] = 2
    recipient_domain_per_day: Count = 5
    hold_of_last: Count = 100
    hold_bounce_percent: Annotated[float, Meta(gt=0, le=100)] = 3.0
    hold_complaint_percent: Annotated[float, Meta(gt=0, le=100)] = 0.1


class AccountLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one account bears: contacts approached at the same time, and touches in any 7 days."""

    most_contacts_at_once: Count = 3
    touches_per_week: Count = 5


class ContactLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one person bears: business days between touches over all channels and campaigns."""

    business_days_between: Days = 2


class Colleagues(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the next person of an account is approached: so many business days after the ones before were silent so long."""

    silence_hours: Hours = 48
    wait_business_days: Days = 3


class Exclusions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom an audience leaves out, with the reason. `live_thread_days`: somebody of ours and they exchanged messages within."""

    customers: bool = True
    open_opportunities: bool = True
    competitors: bool = True
    owner_exclusions: bool = True
    live_thread_days: Days = 180


class Reentry(StrEnum):
    """When a person may go through the same campaign again."""

    ONCE = "once"
    NOT_WHILE_ACTIVE = "not_while_active"
    ANY = "any"


class Retry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a definite transient failure is tried again: `tries` in all, `backoff_minutes` doubling."""

    tries: Count = 3
    backoff_minutes: Count = 15


class Escalation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Business days until a task is due, and until one that nobody did escalates."""

    task_due_business_days: Days = 1
    escalate_business_days: Days = 3


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a campaign is decided by.

    `requires_approval`: every message waits for a person, unless a step says otherwise. `is_exclusive`: nobody
    is approached who is active in another campaign. `sync_limit_minutes`: a mailbox whose inbound mail is
    older sends no automatic follow-ups. `lease_seconds`: how long a worker may hold a planned message. `trusts_drafts`: what a model
    wrote goes out without approval, unless a step says otherwise.
    """

    schedule: Schedule = Schedule()
    pace: Pace = Pace()
    channels: Channels = Channels()
    sender: SenderLimits = SenderLimits()
    account: AccountLimits = AccountLimits()
    contact: ContactLimits = ContactLimits()
    colleagues: Colleagues = Colleagues()
    exclusions: Exclusions = Exclusions()
    reactions: Reactions = Reactions()
    retry: Retry = Retry()
    escalation: Escalation = Escalation()
    reentry: Reentry = Reentry.ONCE
    is_exclusive: bool = True
    requires_approval: bool = True
    sync_limit_minutes: Count = 60
    lease_seconds: Annotated[int, Meta(ge=10, le=3600)] = 120
    trusts_drafts: bool | UnsetType = UNSET  # as in the steps: what says nothing keeps its hash

    def trusts(self, step: Step) -> bool:
        """Whether what a model wrote for a step goes out without a person's approval."""
        said = self.trusts_drafts if step.trusts_drafts is UNSET else step.trusts_drafts
        return said is True and step.needs_approval is not True

    def asks(self, step: Step, *, is_drafted: bool) -> bool:
        """Whether a person approves the message of a step: as a model wrote it, or as its template says it."""
        if is_drafted:
            return not self.trusts(step)
        return self.requires_approval if step.needs_approval is None else step.needs_approval
