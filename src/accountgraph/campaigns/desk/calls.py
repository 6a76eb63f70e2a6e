"""What a call leaves behind: one to come, a number that is not used any more."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from accountgraph.addresses import phone_key
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.desk.outcomes import Wrong
from accountgraph.campaigns.rules.deadlines import deadlines
from accountgraph.enums import Channel, SuppressionReason
from accountgraph.errors import InvalidValueError
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import NUMBER_CHANNELS, SuppressionRepository

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.campaigns.desk.account import Account
    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.db import Session

CALLBACK = "callback"  # why an enrolment is paused until somebody was called back


async def call_back(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    """A call at the time they named, for who promised it; meanwhile nothing goes on for the person."""
    assert account.at is not None  # noqa: S101 - it was checked
    said = []
    waiting: UUID | None = None
    if task.enrolment_id is not None:
        moves = [{"id": task.enrolment_id, "state": "paused", "reason": CALLBACK, "until": None}]
        params = {"moves": msgspec.json.encode(moves).decode(), "why": "to be called back", "now": now}
        if await session.rows(UUID, "campaigns.signals.stop", params):
            waiting = task.enrolment_id
            said.append(f"{task.person} is paused in {task.campaign} until they were called back")
    row = {
        "title": f"Call {task.person or task.company or 'them'} back",
        "body": "\n\n".join(part for part in (account.note, task.body) if part) or None,
        "company_id": task.company_id,
        "contact_id": task.contact_id,
        "enrolment_id": waiting,
        "owner": account.by,
        "at": account.at,
        "escalate_at": deadlines(account.at, Policy()).escalate_at,
        "now": now,
    }
    await session.value("campaigns.desk.call_back", row)
    return [*said, f"a task for {account.by} at {account.at:%Y-%m-%d %H:%M %Z}: {row['title']}"]


async def take_out(session: Session, task: Task, wrong: Wrong, by: str) -> list[str]:
    """What is not theirs is not used any more."""
    assert task.contact_id is not None  # noqa: S101 - it was asked
    contacts = ContactRepository(session)
    person = await contacts.get_contact_by_id(task.contact_id)
    if person is None:
        return []
    if wrong is Wrong.NUMBER:
        return await _no_calls(session, task.contact_id, person.phone, SuppressionReason.BOUNCED, f"wrong number, said by {by}")
    if wrong is Wrong.PROFILE:
        await contacts.update_contact(task.contact_id, {"linkedin_url": None})
        return [f"the profile link is taken out: {person.linkedin_url}"]
    note = f"post came back, said by {by}"
    await SuppressionRepository(session).suppress(
        contact_id=task.contact_id, channel=Channel.MAIL, reason=SuppressionReason.BOUNCED, note=note
    )
    return ["suppressed on mail: bounced"]


async def forbid_calls(session: Session, task: Task, by: str) -> list[str]:
    """They are called and texted no more, on this number."""
    assert task.contact_id is not None  # noqa: S101 - it was asked
    person = await ContactRepository(session).get_contact_by_id(task.contact_id)
    phone = person.phone if person else None
    return await _no_calls(session, task.contact_id, phone, SuppressionReason.DO_NOT_CONTACT, f"said to {by}")


async def _no_calls(session: Session, contact_id: UUID, phone: str | None, reason: SuppressionReason, note: str) -> list[str]:
    """The number; the person themselves, where nobody can say which number that is."""
    suppressions = SuppressionRepository(session)
    channels = ", ".join(NUMBER_CHANNELS)
    why = reason.replace("_", " ")
    try:
        number = phone_key(phone or "")
    except InvalidValueError:
        for channel in NUMBER_CHANNELS:
            await suppressions.suppress(contact_id=contact_id, channel=channel, reason=reason, note=note)
        return [f"they are suppressed on {channels}: {why}"]
    await suppressions.suppress_number(number, reason=reason, note=note)
    return [f"{number} is suppressed on {channels}: {why}"]
