"""Signals: things that happened, told by a person or a program."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, to_builtins

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Recorded
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError

signals = Routes("signals")
Text = Annotated[str, Meta(max_length=100_000)]
Time = Annotated[datetime, Meta(tz=True)]


class NamedPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whom they name: by address, by name, or both."""

    email: Annotated[str, Meta(min_length=3, max_length=320)] | None = None
    name: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


class NewSignal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened: about a contact, or, of a deal without a person, about a company.

    `at`: when; None: now. `until`: the date it gives: back from leave, time of a meeting. `text`: what was written or said. `person`: whom
    they name. `channel`: what was unsubscribed from. `learned`: for the conversation's context, as `topics_discussed`. `message_id`: the
    Message-ID of their mail. `key`: what identifies it; without one the same of the same day is the same.
    """

    kind: SignalKind
    contact_id: UUID | None = None
    company_id: UUID | None = None
    at: Time | None = None
    until: Time | None = None
    text: Text | None = None
    message_id: Annotated[str, Meta(max_length=998)] | None = None
    person: NamedPerson | None = None
    channel: Channel | None = None
    learned: dict[str, list[str]] = {}
    key: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


@signals.post("/signals", needs=Permission.TASKS_WORK)
async def record_signal(call: Call, body: NewSignal) -> Recorded:
    """Record what happened, and show what it did. The same again changes nothing."""
    if body.contact_id is None and body.company_id is None:
        raise InvalidValueError("contact_id", "say whom it is about: contact_id or company_id.")
    told = Told(
        kind=body.kind,
        by=call.principal.name,
        contact_id=body.contact_id,
        company_id=body.company_id,
        at=body.at,
        until=body.until,
        text=body.text,
        message_id=body.message_id,
        person=to_builtins(body.person) if body.person else None,
        channel=body.channel,
        learned=body.learned,
        key=body.key,
    )
    return await tell(call.session, told, call.now)
