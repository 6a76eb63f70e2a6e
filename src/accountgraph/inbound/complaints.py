"""Complaints: somebody pressed "spam", and their provider says so (ARF, RFC 5965, and what providers made of it)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.inbound.findings import Complaint
from accountgraph.inbound.ours import intent_of, message_of
from accountgraph.inbound.wire.addresses import addresses_of
from accountgraph.inbound.wire.headers import Block, block_of
from accountgraph.inbound.wire.limits import Problems

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail, Part

# Reports by which nobody complains: "this is no spam", and a receiver's word on SPF and DKIM (RFC 6591).
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dmarc"})

_TYPE = "message/feedback-report"
_MOST = 64 * 1024  # bytes of the report
_TYPES = {
    "optout": "opt-out",
    "unsubscribe": "opt-out",
    "opt-out-list": "opt-out",
    "notspam": "not-spam",
    "not_spam": "not-spam",
    "": "abuse",
}
_REDACTED = re.compile(r"redacted|hidden|removed|undisclosed|anonymous|x{4,}@|\[", re.IGNORECASE)
_PROVIDERS = (
    ("microsoft", ("hotmail.com", "outlook.com", "microsoft.com", "live.com")),
    ("aol", ("aol.net", "aol.com")),
    ("yahoo", ("yahoo",)),
    ("comcast", ("comcast",)),
    ("cloudmark", ("cloudmark",)),
    ("validity", ("validity", "returnpath", "senderscore", "feedback.")),
    ("mailru", ("mail.ru",)),
    ("gmx", ("gmx", "web.de", "1und1", "ui-dialog")),
)
# Reports without a part for machines: who sends them, and what their subject says.
_PLAIN_SENDER = re.compile(r"^(?:staff@hotmail|scomp@aol|fbl@|feedbackloop@|abuse-?report|complaints?@|jmrp|arf@|fbl-)", re.IGNORECASE)
_PLAIN_SUBJECT = re.compile(
    r"^\W*(?:complaint about message|email feedback report|abuse report|spam (?:complaint|report)|feedback loop|fw:? ?complaint|jmrp)",
    re.IGNORECASE,
)


def complaint_of(mail: Mail) -> Complaint | None:
    """The complaint that a mail reports; None where it is no such report. Its `type` may be one of `NO_COMPLAINTS`."""
    part = next((part for part in mail.parts if part.type == _TYPE), None)
    if part is not None:
        return _reported(mail, part)
    sender = mail.sender.email if mail.sender else ""
    if not _PLAIN_SENDER.match(sender) or not mail.original:
        return None
    subject = _PLAIN_SUBJECT.search(mail.subject)
    if not subject and not any(name.startswith("x-hmxmr") for name, _ in mail.original):
        return None
    evidence = ["its sender is a feedback loop", "it brings back the message"]
    email = _of_original(mail)
    return _complaint(
        mail, "abuse", email, 0.85 if subject else 0.8, [*evidence, *([f"its subject says “{subject[0]}”"] if subject else [])]
    )


def _reported(mail: Mail, part: Part) -> Complaint:
    fields = block_of(part.content[:_MOST].replace(b"\r\n", b"\n").strip(b"\n").replace(b"\n\n", b"\n"), Problems())
    said = (fields.first("feedback-type") or "").strip().lower()
    type_ = _TYPES.get(said, said)
    email = _of_fields(fields) or _of_original(mail)
    evidence = ["it has a feedback-report part", f"Feedback-Type: {said}" if said else "it names no type, which means abuse"]
    if agent := fields.first("user-agent"):
        evidence.append(f"User-Agent: {agent[:100]}")
    if email is None:
        evidence.append("the address is withheld")
    return _complaint(mail, type_, email, 0.99 if said else 0.9, evidence)


def _complaint(mail: Mail, type_: str, email: str | None, confidence: float, evidence: list[str]) -> Complaint:
    return Complaint(
        type=type_,
        email=email,
        message_id=message_of(mail) if mail.original else None,
        intent_id=intent_of(mail),
        provider=_provider(mail),
        confidence=confidence,
        evidence=tuple(evidence),
    )


def _of_fields(fields: Block) -> str | None:
    return _address([value for name in ("original-rcpt-to", "removal-recipient", "original-recipient") for value in fields.all_of(name)])


def _of_original(mail: Mail) -> str | None:
    """Whom the message was for: by Microsoft's own header, else by its To."""
    for wanted in ("x-hmxmroriginalrecipient", "x-rcpt-to", "x-original-to", "delivered-to", "to"):
        if found := _address([value for name, value in mail.original if name == wanted]):
            return found
    return None


def _address(values: list[str]) -> str | None:
    plain = [value.removeprefix("rfc822;").strip() for value in values]
    return next((one.email for one in addresses_of(plain, Problems()) if one.email and not _REDACTED.search(one.email)), None)


def _provider(mail: Mail) -> str | None:
    sender = mail.sender.email if mail.sender else ""
    return next((provider for provider, marks in _PROVIDERS if any(mark in sender.rpartition("@")[2] for mark in marks)), None)
