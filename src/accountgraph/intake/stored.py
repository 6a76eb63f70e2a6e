"""Working off what a provider's webhook handed over: read by its translator, and taken piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.channels.providers.event import BookedMeeting, ConfirmSubscription, ProviderEvent, ReceivedMail, ReceivedText
from accountgraph.intake.events import take_events
from accountgraph.intake.mail import take_mail
from accountgraph.intake.meetings import take_meeting
from accountgraph.intake.texts import take_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.channels.providers.event import Told
    from accountgraph.db import Session


async def take_told(session: Session, told: Sequence[Told], received_at: datetime) -> list[str]:
    """Take all that one request of a provider says, in the caller's transaction; gives what it did, in words."""
    effects = await take_events(session, [one for one in told if isinstance(one, ProviderEvent)], received_at)
    for one in told:
        match one:
            case ReceivedMail(content=content) if content:
                taken = await take_mail(session, content, source=one.provider, received_at=one.at or received_at)
                effects += [f"a mail: {taken.state}", *taken.effects]
            case ReceivedMail():
                effects.append(f"a mail is at {one.provider} under {one.provider_id}; its words did not come along")
            case ReceivedText():
                effects += await take_text(session, one, received_at)
            case BookedMeeting():
                effects += await take_meeting(session, one, received_at)
            case ConfirmSubscription():
                effects.append(f"{one.provider} asks whether it may send: {one.topic}")
            case _:
                pass
    return effects
