"""The mails that people of the demo answer with, byte for byte as a mailbox would find them."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

from accountgraph.demo.world.texts import REPLIES

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from accountgraph.demo.outreach.season import Sent

ABSENT = "out_of_office"
WEIGHTS = {"positive": 34, "question": 20, "not_now": 16, "refusal": 10, "referral": 8, "other": 8}


def some_mind(chance: random.Random) -> str:
    """What an answer means."""
    return chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]


def answer_to(sent: Sent, mind: str, at: datetime, chance: random.Random) -> bytes:
    """An answer to a message of ours, or the note of somebody's absence."""
    mail = EmailMessage()
    mail["From"] = f"{sent.name} <{sent.address}>"
    mail["To"] = sent.sender
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(idstring=f"{chance.getrandbits(60):x}", domain=sent.address.partition("@")[2])
    mail["In-Reply-To"] = mail["References"] = sent.message_id
    subject = sent.subject or "your message"
    if mind == ABSENT:
        back = chance.randint(3, 12)
        mail["Subject"] = f"Automatic reply: {subject}"
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content(f"Thank you for your message. I am out of the office and back in {back} days. I do not read mail until then.\n")
        return mail.as_bytes()
    mail["Subject"] = f"Re: {subject}"
    quoted = "\n".join(f"> {line}" for line in (sent.content or "").splitlines()[:3])
    first = sent.name.partition(" ")[0]
    mail.set_content(f"{chance.choice(REPLIES[mind])}\n\n{first}\n\nOn {at:%d %b %Y}, {sent.sender} wrote:\n{quoted}\n")
    return mail.as_bytes()
