"""What endpoints can hear about: the one table of kinds."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from accountgraph.outgoing.facts import (
    AboutAccount,
    AboutApproval,
    AboutCampaign,
    AboutContact,
    AboutConversation,
    AboutEnrolment,
    AboutHold,
    AboutIntent,
    AboutMessage,
    AboutRefusal,
    AboutSignal,
    AboutTask,
    AboutTest,
    Facts,
)

EVERYTHING = "*"
_ID = UUID("0b6f2c1e-5a0d-4c0e-9b53-7d2a3f1c8e44")
_ACCOUNT = UUID("5c1d7a52-3f0e-4b6b-8a43-92d0c7e1f6ab")
_CONTACT = UUID("a8e0c9d4-77b1-4d3c-b1f5-2e6f4a90d713")
_CAMPAIGN = UUID("e3a94f60-1c2b-4f7d-a6d8-0f5b7c3e9a21")
_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Kind(StrEnum):
    """The `type` of a payload."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_DELETED = "account.deleted"
    CONTACT_CREATED = "contact.created"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_DELETED = "contact.deleted"
    CONTACT_UNSUBSCRIBED = "contact.unsubscribed"
    CONTACT_SUPPRESSED = "contact.suppressed"
    CONTACT_COMPLAINED = "contact.complained"
    CONTACT_LEFT = "contact.left"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_OPENED = "message.opened"
    MESSAGE_CLICKED = "message.clicked"
    MESSAGE_BOUNCED = "message.bounced"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_UNKNOWN = "message.unknown"
    MESSAGE_RECEIVED = "message.received"
    REPLY_RECEIVED = "reply.received"
    CALL_ANSWERED = "call.answered"
    MEETING_BOOKED = "meeting.booked"
    MEETING_HELD = "meeting.held"
    MEETING_MISSED = "meeting.missed"
    CONVERSATION_CHANGED = "conversation.changed"
    ENROLMENT_STARTED = "enrolment.started"
    ENROLMENT_PAUSED = "enrolment.paused"
    ENROLMENT_FINISHED = "enrolment.finished"
    ENROLMENT_FAILED = "enrolment.failed"
    APPROVAL_NEEDED = "approval.needed"
    APPROVAL_DECIDED = "approval.decided"
    TASK_CREATED = "task.created"
    TASK_CLOSED = "task.closed"
    CAMPAIGN_STARTED = "campaign.started"
    CAMPAIGN_PAUSED = "campaign.paused"
    CAMPAIGN_FINISHED = "campaign.finished"
    CAMPAIGN_CANCELLED = "campaign.cancelled"
    HOLD_SET = "hold.set"
    HOLD_LIFTED = "hold.lifted"
    DEAL_OPENED = "deal.opened"
    DEAL_WON = "deal.won"
    DEAL_LOST = "deal.lost"
    WEBHOOK_TEST = "webhook.test"  # only by `send_test`; nobody subscribes to it


class About(Struct, frozen=True):
    """`description`: when it is told. `example`: the `data` of its payload."""

    description: str
    example: Facts


def _account(changed: list[str] | None = None) -> AboutAccount:
    return AboutAccount(account_id=_ACCOUNT, name="Acme", domain="acme.com", tier="tier1", status="engaged", changed=changed)


def _contact(changed: list[str] | None = None) -> AboutContact:
    return AboutContact(contact_id=_CONTACT, account_id=_ACCOUNT, status="active", changed=changed)


def _refusal(channel: str, reason: str) -> AboutRefusal:
    return AboutRefusal(contact_id=_CONTACT, account_id=_ACCOUNT, suppression_id=_ID, channel=channel, reason=reason)


def _message(channel: str = "email", detail: str | None = None) -> AboutMessage:
    return AboutMessage(
        event_id=4711,
        message_id=_ID,
        conversation_id=_ID,
        contact_id=_CONTACT,
        account_id=_ACCOUNT,
        campaign_id=_CAMPAIGN,
        channel=channel,
        detail=detail,
    )


def _enrolment(reason: str | None = None, until: datetime | None = None) -> AboutEnrolment:
    return AboutEnrolment(
        enrolment_id=_ID,
        campaign_id=_CAMPAIGN,
        campaign="spring",
        contact_id=_CONTACT,
        account_id=_ACCOUNT,
        is_live=True,
        step="first",
        reason=reason,
        until=until,
    )


def _approval(state: str) -> AboutApproval:
    return AboutApproval(
        approval_id=_ID,
        enrolment_id=_ID,
        campaign_id=_CAMPAIGN,
        campaign="spring",
        contact_id=_CONTACT,
        account_id=_ACCOUNT,
        is_live=True,
        step="first",
        channel="email",
        state=state,
    )


def _task(state: str, outcome: str | None = None) -> AboutTask:
    return AboutTask(task_id=_ID, kind="call", account_id=_ACCOUNT, contact_id=_CONTACT, state=state, due_at=_AT, outcome=outcome)


_UNKNOWN = AboutIntent(
    intent_id=_ID,
    enrolment_id=_ID,
    campaign_id=_CAMPAIGN,
    contact_id=_CONTACT,
    account_id=_ACCOUNT,
    channel="email",
    step="first",
    is_live=True,
)
_CONVERSATION = AboutConversation(
    conversation_id=_ID, contact_id=_CONTACT, account_id=_ACCOUNT, campaign_id=_CAMPAIGN, status="active", qualification_tier="hot"
)
_CAMPAIGN_FACTS = AboutCampaign(campaign_id=_CAMPAIGN, campaign="spring", is_live=True)
_HOLD = AboutHold(hold_id=_ID, scope="sender", reason="bounces", sender_id=_ID)
_SIGNAL = AboutSignal(signal_id=_ID, account_id=_ACCOUNT, contact_id=_CONTACT)

KINDS: dict[Kind, About] = {
    Kind.ACCOUNT_CREATED: About("an account is new", _account()),
    Kind.ACCOUNT_CHANGED: About("fields of an account are other than before", _account(["account_status"])),
    Kind.ACCOUNT_DELETED: About("an account is no more", _account()),
    Kind.CONTACT_CREATED: About("a person is new", _contact()),
    Kind.CONTACT_CHANGED: About("fields of a person are other than before", _contact(["title"])),
    Kind.CONTACT_DELETED: About("a person is no more", _contact()),
    Kind.CONTACT_UNSUBSCRIBED: About("somebody took themselves off, from a channel or from all", _refusal("email", "unsubscribed")),
    Kind.CONTACT_SUPPRESSED: About("somebody is not written to any more, for another reason", _refusal("all", "bounced")),
    Kind.CONTACT_COMPLAINED: About("somebody marked a message as spam", _message()),
    Kind.CONTACT_LEFT: About("somebody left their company", _SIGNAL),
    Kind.MESSAGE_SENT: About("a message left, of a campaign or by hand", _message()),
    Kind.MESSAGE_DELIVERED: About("a message was taken by the receiving server", _message()),
    Kind.MESSAGE_OPENED: About("a person opened a message; machines are not told of", _message()),
    Kind.MESSAGE_CLICKED: About("a person followed a link; machines are not told of", _message()),
    Kind.MESSAGE_BOUNCED: About("a message came back; `detail`: `hard`, `soft`, `policy`", _message(detail="hard")),
    Kind.MESSAGE_FAILED: About("a message could not be sent", _message()),
    Kind.MESSAGE_UNKNOWN: About("nobody knows whether a message left; a person has to look", _UNKNOWN),
    Kind.MESSAGE_RECEIVED: About("somebody wrote by themselves", _message()),
    Kind.REPLY_RECEIVED: About("somebody answered; `detail`: what it means", _message(detail="positive")),
    Kind.CALL_ANSWERED: About("somebody answered a call", _message("call")),
    Kind.MEETING_BOOKED: About("a meeting stands in the calendar", _message("meeting")),
    Kind.MEETING_HELD: About("a meeting took place", _message("meeting")),
    Kind.MEETING_MISSED: About("somebody did not come to a meeting", _message("meeting")),
    Kind.CONVERSATION_CHANGED: About("a conversation has another status, tier or outcome", _CONVERSATION),
    Kind.ENROLMENT_STARTED: About("a person begins a campaign", _enrolment()),
    Kind.ENROLMENT_PAUSED: About("a person's way through a campaign is paused", _enrolment("out_of_office", _AT)),
    Kind.ENROLMENT_FINISHED: About("a person's way through a campaign is over", _enrolment("replied")),
    Kind.ENROLMENT_FAILED: About("a person's way through a campaign ended in an error", _enrolment("hard_bounce")),
    Kind.APPROVAL_NEEDED: About("a message waits for a person's word", _approval("pending")),
    Kind.APPROVAL_DECIDED: About("a message was accepted, rejected or withdrawn", _approval("accepted")),
    Kind.TASK_CREATED: About("there is work for a person", _task("open")),
    Kind.TASK_CLOSED: About("work of a person was done or skipped", _task("done", "reached")),
    Kind.CAMPAIGN_STARTED: About("a campaign runs, for the first time or again", _CAMPAIGN_FACTS),
    Kind.CAMPAIGN_PAUSED: About("a campaign was paused", _CAMPAIGN_FACTS),
    Kind.CAMPAIGN_FINISHED: About("a campaign is over", _CAMPAIGN_FACTS),
    Kind.CAMPAIGN_CANCELLED: About("a campaign was cancelled", _CAMPAIGN_FACTS),
    Kind.HOLD_SET: About("the workspace, a mailbox, an account or a person was stopped", _HOLD),
    Kind.HOLD_LIFTED: About("a stop was lifted", _HOLD),
    Kind.DEAL_OPENED: About("a deal was opened", _SIGNAL),
    Kind.DEAL_WON: About("a deal was won", _SIGNAL),
    Kind.DEAL_LOST: About("a deal was lost", _SIGNAL),
    Kind.WEBHOOK_TEST: About("you asked for a trial", AboutTest(endpoint_id=_ID)),
}
SUBSCRIBABLE = tuple(kind for kind in Kind if kind is not Kind.WEBHOOK_TEST)
EXAMPLE_AT = _AT
