"""Approvals: messages that a person sees, corrects, accepts or rejects before they leave.

Accepting is bound to the hash of the exact words: what was accepted goes out as it was accepted, or not at all.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.drafts import UsedFact
from accountgraph.campaigns.engine.onward import go_on, skip_step
from accountgraph.campaigns.messages import content_hash, load_variables
from accountgraph.campaigns.messages.envelope import below_of
from accountgraph.campaigns.messages.texts import TextSize, size_on
from accountgraph.campaigns.rules.who import ENDED
from accountgraph.campaigns.work.errors import HeldError, WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.consents import without_nul
from accountgraph.store.given import page_size

if TYPE_CHECKING:
    from accountgraph.campaigns.messages import Variables
    from accountgraph.db import Connectable, Session

_PLACEHOLDER = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)


class Approval(Struct, frozen=True, kw_only=True):
    """A message that waits, or waited, for a person.

    `content_hash`: of exactly this subject and content, 64 hex digits. `mentions`: the colleague it names. `why`: why it needs a person.
    `written_by`: the model that wrote it, with the `facts` that it used; None: its template did. `held_by`: who is at it now, which keeps
    others away until `held_until`.
    """

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


class Shown(Struct, frozen=True, kw_only=True):
    """An approval with what stands below the message, and what is known of the person.

    The hash covers subject and content alone: signature and footer are the sender's, as they are when the message leaves.
    `tracks`: `opens` and `clicks`, where they are told of. `known`: labels and values, as the templates could see them. `context`:
    what was learned in the conversation. `size`: of an SMS, with its footer: encoding and segments.
    """

    approval: Approval
    signature: str = ""
    footer: str
    tracks: tuple[str, ...] = ()
    known: dict[str, str]
    context: dict[str, Any]
    size: TextSize | None = None


class AfterRejection(StrEnum):
    """How it goes on: the person stays paused until somebody resumes them, or the step is passed over."""

    PAUSE = "pause"
    SKIP = "skip"


class Ruling(Struct, frozen=True, kw_only=True):
    """What came of a decision, in words. `is_new` False: it had been decided so before, and nothing changed."""

    approval: Approval
    is_new: bool
    effects: list[str]


async def list_approvals(
    db: Connectable, *, state: str | None = "pending", campaign_id: UUID | None = None, limit: int = 100
) -> list[Approval]:
    """Approvals, the oldest first: those that wait, in another state, or (None) all; of one campaign or of all."""
    params = {"id": None, "state": state, "campaign_id": campaign_id, "limit": page_size(limit)}
    return await db.rows(Approval, "campaigns.approvals.listing", params)


async def get_approval(db: Connectable, approval_id: UUID) -> Approval:
    """One approval.

    Raises:
        NotFoundError: there is none with this id.
    """
    params = {"id": approval_id, "state": None, "campaign_id": None, "limit": 1}
    found = await db.row(Approval, "campaigns.approvals.listing", params)
    if found is None:
        raise NotFoundError(f"There is no approval {approval_id}.")
    return found


async def show_approval(db: Connectable, approval_id: UUID, now: datetime) -> Shown:
    """One approval, with the footer and what is known of the person.

    Raises:
        NotFoundError: there is none with this id.
    """
    approval = await get_approval(db, approval_id)
    variables = (await load_variables(db, [approval.enrolment_id], now)).get(approval.enrolment_id)
    if variables is None:  # the contact was removed
        return Shown(approval=approval, footer="", known={}, context={})
    signature, footer, tracks = below_of(variables, approval.channel)
    known = _known(variables, approval)
    size = size_on(approval.channel, approval.content, footer)
    return Shown(approval=approval, signature=signature, footer=footer, tracks=tracks, known=known, context=variables.context, size=size)


async def edit_approval(
    session: Session,
    approval_id: UUID,
    *,
    by: str,
    subject: str | None = None,
    content: str | None = None,
    seen: str | None = None,
) -> Approval:
    """Other words for a message that waits; what is not given stays. It has another hash then. It names whom it named before.

    `seen`: the hash that was edited, where that is to be checked.

    Raises:
        NotFoundError: no such approval.
        WorkStateError: it does not wait any more, somebody else changed it since, or is at it.
        InvalidValueError: nothing is left to say.
    """
    approval = await _waiting(session, approval_id)
    _not_anothers(approval, said_by(by))
    _check_seen(approval, seen)
    without_nul(("subject", subject), ("content", content))
    if subject is not None and approval.channel != Channel.EMAIL:
        raise InvalidValueError("subject", f"a message by {approval.channel} has none; leave it out.")
    text = content.strip() if content is not None else approval.content
    line = " ".join(subject.split()) if subject is not None else approval.subject
    if not text:
        raise InvalidValueError("content", "is blank; reject the message rather than empty it.")
    if approval.channel == Channel.EMAIL and not line:
        raise InvalidValueError("subject", "is blank; an e-mail has one.")
    for name, words, before in (("subject", line, approval.subject), ("content", text, approval.content)):
        if (left := _PLACEHOLDER.search(words or "")) and left[0] not in (before or ""):
            raise InvalidValueError(name, f"{left[0]} would leave as it stands: nothing is filled in any more. Write the words themselves.")
    if (line, text) != (approval.subject, approval.content):
        params = {"id": approval_id, "subject": line, "content": text, "content_hash": content_hash(line, text)}
        await session.affect("campaigns.approvals.edit", params)
    return await get_approval(session, approval_id)


async def accept_approval(session: Session, approval_id: UUID, seen: str, *, by: str, now: datetime, note: str | None = None) -> Ruling:
    """Let exactly these words go out: at once, within hours and caps. `seen`: the hash of what the person saw.

    Raises:
        NotFoundError: no such approval.
        WorkStateError: it was edited since it was seen, was decided otherwise, the person's enrolment has ended, or somebody else is at it.
        InvalidValueError: nobody is named.
    """
    by = said_by(by)
    approval = await _locked(session, approval_id)
    if approval.state == "accepted" and approval.content_hash == seen:
        return Ruling(approval=approval, is_new=False, effects=[])
    approval = await _waiting(session, approval_id)
    _not_anothers(approval, by)
    _check_seen(approval, seen)
    await session.affect("campaigns.approvals.decide", {"id": approval_id, "state": "accepted", "by": by, "now": now, "note": note})
    effects = [f"it waits, for the enrolment is {approval.enrolment_state} ({approval.enrolment_reason})"]
    if approval.enrolment_state == "paused" and approval.enrolment_reason == "approval":
        await go_on(session, [approval.enrolment_id], now)
        effects = ["it is due now, within hours and caps"]
    return Ruling(approval=await get_approval(session, approval_id), is_new=True, effects=effects)


async def reject_approval(
    session: Session, approval_id: UUID, *, by: str, note: str, now: datetime, then: AfterRejection = AfterRejection.PAUSE
) -> Ruling:
    """Keep a message from leaving. `note`: why.

    The step is not done. The person stays paused (`rejected`) until somebody resumes them, which asks for an approval anew; or, with
    `then` skip, the step is passed over and the next one is due after its own gap.

    Raises:
        NotFoundError: no such approval.
        WorkStateError: it was decided otherwise, or somebody else is at it.
        InvalidValueError: nobody is named, or no reason.
    """
    by = said_by(by)
    if not note.strip():
        raise InvalidValueError("note", "say why it is rejected.")
    without_nul(("note", note))
    approval = await _locked(session, approval_id)
    if approval.state == "rejected":
        return Ruling(approval=approval, is_new=False, effects=[])
    if approval.state != "pending":
        raise WorkStateError(_decided(approval))
    _not_anothers(approval, by)
    await session.affect("campaigns.approvals.decide", {"id": approval_id, "state": "rejected", "by": by, "now": now, "note": note})
    effects = await _after_rejection(session, approval, then, f"rejected by {by}", now)
    return Ruling(approval=await get_approval(session, approval_id), is_new=True, effects=effects)


async def _after_rejection(session: Session, approval: Approval, then: AfterRejection, why: str, now: datetime) -> list[str]:
    if approval.enrolment_state != "paused" or approval.enrolment_reason != "approval":
        return []
    if then is AfterRejection.PAUSE:
        await session.affect("campaigns.approvals.pause_rejected", {"id": approval.enrolment_id})
        return [f"{approval.person} stays paused until somebody resumes them"]
    following = await skip_step(session, approval.enrolment_id, why, now)
    went = f"goes on to step {following}" if following else "has finished"
    return [f"step {approval.step_key} is passed over; {approval.person} {went}"]


async def _locked(session: Session, approval_id: UUID) -> Approval:
    await session.value("campaigns.approvals.lock", {"id": approval_id})
    return await get_approval(session, approval_id)


async def _waiting(session: Session, approval_id: UUID) -> Approval:
    approval = await _locked(session, approval_id)
    if approval.state != "pending":
        raise WorkStateError(_decided(approval))
    if approval.enrolment_state in ENDED:
        raise WorkStateError(
            f"The enrolment of {approval.person} has {approval.enrolment_state} ({approval.enrolment_reason}); nothing leaves any more."
        )
    return approval


def _not_anothers(approval: Approval, by: str) -> None:
    """Two people do not decide on one message."""
    if approval.held_by is not None and approval.held_until is not None and approval.held_by.lower() != by.lower():
        raise HeldError("approval", approval.id, approval.held_by, approval.held_until)


def _check_seen(approval: Approval, seen: str | None) -> None:
    if seen is not None and seen != approval.content_hash:
        raise WorkStateError(f"Approval {approval.id} was changed since it was seen; look at it again and decide on what it says now.")


def _decided(approval: Approval) -> str:
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    note = f": {approval.note}" if approval.note else ""
    return f"Approval {approval.id} does not wait any more: it was {approval.state}{by}{note}."


def _known(variables: Variables, approval: Approval) -> dict[str, str]:
    """What the person who decides may want to look at, where it is known."""
    person, company, reference = variables.person, variables.company, variables.reference
    since = f", recorded on {person.collected_at:%Y-%m-%d}" if person.collected_at else ""
    told = f"{reference.colleague.name} {reference.verb} on {reference.at:%Y-%m-%d}" if reference and approval.mentions_id else None
    facts = {
        "title": person.title,
        "country": person.country,
        "company": company.name if company else None,
        "industry": company.industry if company else None,
        "address from": f"{person.source}{since}" if person.source else None,
        "contact so far": "none: this would be the first message" if variables.is_first_contact else None,
        "goes on in": f"the thread “{variables.thread.subject}”" if variables.thread and variables.thread.subject else None,
        "colleague": told,
        "sender": variables.sender.address if variables.sender else None,
    }
    return {label: value for label, value in facts.items() if value}
