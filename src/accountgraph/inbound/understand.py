"""Understanding a mail: what it is, what it says, what it means; the same every time, and each conclusion with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.inbound.automatic import automatic
from accountgraph.inbound.findings import MailKind, Meaning, MeaningKind, Understood
from accountgraph.inbound.language.regions import writes_month_first
from accountgraph.inbound.language.words import READ, Words
from accountgraph.inbound.meaning import meaning
from accountgraph.inbound.ours import unsubscribe_of
from accountgraph.inbound.parse import parse
from accountgraph.inbound.reply import reply_text
from accountgraph.inbound.structure import structure_of

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.inbound.mail import Mail

_SUBJECT_IS_OURS = "its subject is that of our List-Unsubscribe address"


def understand(raw: bytes, *, received_at: datetime) -> Understood:
    """Everything that can be concluded from a mail that came at `received_at`; never raises.

    Its form is judged first: a complaint, a bounce, a notice, a meeting. Then its words: an automatic reply, or a person's.
    Days that it names ("back on Monday") count from `received_at`.
    """
    mail = parse(raw)
    found = structure_of(mail)
    if found is None:
        return _of_words(mail, received_at)
    return replace(found, reply=reply_text(mail)) if found.kind is MailKind.MEETING else found


def _of_words(mail: Mail, received_at: datetime) -> Understood:
    reply = reply_text(mail)
    today = received_at.date()
    if intent := unsubscribe_of(mail):
        means = Meaning(kind=MeaningKind.UNSUBSCRIBE, confidence=1.0, evidence=(_SUBJECT_IS_OURS,))
        return Understood(
            mail=mail, kind=MailKind.REPLY, confidence=1.0, evidence=(_SUBJECT_IS_OURS,), reply=reply, meaning=means, unsubscribe=intent
        )
    text = Words(reply.text[:READ])
    if machine := automatic(mail, reply, today, text=text):
        return Understood(
            mail=mail, kind=MailKind.AUTOMATIC, confidence=machine.confidence, evidence=machine.evidence, reply=reply, automatic=machine
        )
    # Neither the writer nor whom they wrote to is somebody else whom a reply names.
    known = {address.email for address in (mail.sender, *mail.reply_to, *mail.to) if address is not None}
    means = meaning(reply, mail.subject, today, month_first=writes_month_first(mail, "en"), leave_out=known, text=text)
    return Understood(
        mail=mail,
        kind=MailKind.REPLY,
        confidence=reply.confidence,
        evidence=("nothing says that it is anything else", *reply.evidence),
        reply=reply,
        meaning=means,
    )
