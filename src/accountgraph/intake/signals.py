"""What a mail that was understood means for campaigns: signals. Pure; what it belongs to and who wrote it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from accountgraph.campaigns.signals.meanings import SURE, day_in, meant, told
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal
from accountgraph.inbound.findings import AutomaticKind, BounceKind, MailKind, MeetingMethod

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from accountgraph.inbound.findings import Meeting, Understood

LONGEST = 20_000  # characters of a reply that go into a signal; the mail keeps the rest
_BOUNCES = {BounceKind.HARD: SignalKind.HARD_BOUNCE, BounceKind.SOFT: SignalKind.SOFT_BOUNCE, BounceKind.POLICY: SignalKind.POLICY_BOUNCE}


class About(NamedTuple):
    """Whose signal it is: who acted, and the message of ours. `is_theirs`: it is surely the person's own word.

    `zone`: where they live, IANA. `key`: of the mail; `source`: where it came from; `at`: when it was written, UTC.
    """

    contact_id: UUID | None
    touchpoint_id: UUID | None
    intent_id: UUID | None
    is_theirs: bool
    zone: str
    key: str
    source: str
    at: datetime
    message_id: str | None


def signals_of(understood: Understood, about: About) -> list[Signal]:
    """The signals of a mail, none for what is nothing to act on."""
    match understood.kind:
        case MailKind.BOUNCE:
            return list(_bounces(understood, about))
        case MailKind.COMPLAINT:
            return list(_complaint(understood, about))
        case MailKind.MEETING:
            return list(_meetings(understood, about))
        case MailKind.AUTOMATIC:
            return list(_automatic(understood, about))
        case MailKind.REPLY:
            return [_reply(understood, about)]
        case _:
            return []


def _reply(understood: Understood, about: About) -> Signal:
    text = understood.reply.text[:LONGEST] if understood.reply else ""
    means = understood.meaning
    kind = SignalKind.REPLY
    if means is not None and about.is_theirs:
        kind = meant(means)
    if understood.unsubscribe is not None:
        kind = SignalKind.UNSUBSCRIBE
    return _signal(about, kind, text=text or None, **told(kind, means, text, about.zone))


def _automatic(understood: Understood, about: About) -> Iterator[Signal]:
    machine = understood.automatic
    if machine is None:
        return
    named = msgspec.to_builtins(machine.stand_in) if machine.stand_in else None
    text = understood.reply.text[:LONGEST] if understood.reply else None
    if machine.kind is AutomaticKind.OUT_OF_OFFICE:
        until = day_in(about.zone, machine.back_on) if machine.back_on else None
        if until is not None and until <= about.at:
            until = None
        yield _signal(about, SignalKind.OUT_OF_OFFICE, until=until, person=named, text=text)
    elif machine.kind is AutomaticKind.LEFT_COMPANY and machine.confidence >= SURE:
        yield _signal(about, SignalKind.LEFT_COMPANY, person=named, text=text)


def _bounces(understood: Understood, about: About) -> Iterator[Signal]:
    seen = set()
    for number, bounce in enumerate(understood.bounces):
        kind = _BOUNCES[bounce.kind]
        if (kind, bounce.email) in seen:
            continue
        seen.add((kind, bounce.email))
        yield _signal(about, kind, number=number, text=" ".join(filter(None, (bounce.status, bounce.reason)))[:LONGEST] or None)


def _complaint(understood: Understood, about: About) -> Iterator[Signal]:
    if understood.complaint is not None:
        kind = SignalKind.UNSUBSCRIBE if understood.complaint.type == "opt-out" else SignalKind.COMPLAINT
        yield _signal(about, kind, text=f"feedback report: {understood.complaint.type}")


def _meetings(understood: Understood, about: About) -> Iterator[Signal]:
    """The same said again by the same person is one signal, whichever mail says it."""
    for meeting in understood.meetings:
        kind = _meeting_kind(meeting)
        key = f"meeting {meeting.uid[:300]} {meeting.sequence} {meeting.method} {meeting.answer or '-'} of {about.contact_id}"
        words = f"{meeting.method}: {meeting.summary}" + (f" ({meeting.answer})" if meeting.answer else "")
        until = meeting.start if kind is SignalKind.MEETING_BOOKED else None
        signal = _signal(
            about, kind, until=until, text=words[:LONGEST], meeting=(meeting.uid,) if meeting.uid else (), sequence=meeting.sequence
        )
        yield msgspec.structs.replace(signal, dedupe_key=key)


def _meeting_kind(meeting: Meeting) -> SignalKind:
    """An invitation or a yes books it, what is called off was missed, and any other answer is one that a person reads."""
    match meeting.method, meeting.answer:
        case (MeetingMethod.REQUEST, _) | (MeetingMethod.REPLY, "accepted"):
            return SignalKind.MEETING_BOOKED
        case (MeetingMethod.CANCEL, _):
            return SignalKind.MEETING_MISSED
        case _:
            return SignalKind.REPLY


def _signal(about: About, kind: SignalKind, *, number: int = 0, **more: Any) -> Signal:  # noqa: ANN401 - fields of Signal
    return Signal(
        kind=kind,
        dedupe_key=about.key if number == 0 else f"{about.key} {number}",
        source=about.source,
        at=about.at,
        contact_id=about.contact_id,
        touchpoint_id=about.touchpoint_id,
        intent_id=about.intent_id,
        message_id=about.message_id,
        **more,
    )
