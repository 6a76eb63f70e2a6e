"""What a mail is by its form: a complaint, a bounce, a notice, a calendar's mail. Words are not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.inbound.bounces import delivery_of
from accountgraph.inbound.complaints import NO_COMPLAINTS, complaint_of
from accountgraph.inbound.findings import MailKind, Understood
from accountgraph.inbound.meetings import meetings
from accountgraph.inbound.notices import notice_of

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail


def structure_of(mail: Mail) -> Understood | None:
    """What a mail is by its form, None where its words decide.

    In this order, for a complaint brings back a message, a report on delivery may look like a receipt, and a server that
    tells of a meeting's delay tells of no meeting.
    """
    if complaint := complaint_of(mail):
        kind = MailKind.NOTICE if complaint.type in NO_COMPLAINTS else MailKind.COMPLAINT
        return Understood(mail=mail, kind=kind, confidence=complaint.confidence, evidence=complaint.evidence, complaint=complaint)
    delivery = delivery_of(mail)
    if delivery.bounces:
        best = max(delivery.bounces, key=lambda bounce: bounce.confidence)
        sure = 0.99 if "its report says “failed”" in best.evidence else 0.9
        return Understood(mail=mail, kind=MailKind.BOUNCE, confidence=sure, evidence=best.evidence, bounces=delivery.bounces)
    if delivery.notice:
        return Understood(mail=mail, kind=MailKind.NOTICE, confidence=0.95, evidence=delivery.notice)
    if notice := notice_of(mail):
        return Understood(mail=mail, kind=MailKind.NOTICE, confidence=notice[0], evidence=notice[1])
    if found := meetings(mail):
        return Understood(mail=mail, kind=MailKind.MEETING, confidence=found[0].confidence, evidence=found[0].evidence, meetings=found)
    return None
