"""Campaigns that are only held back by what a test is about, and a post office that takes its time."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.engine.transport import Abilities, Result, Sent
from accountgraph.channels import SmtpTransport
from tests.channels.post_office import PostOffice

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from aiosmtpd.smtp import SMTP, Envelope, Session

ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
MANY = 100_000
FREE: dict[str, Any] = {
    "schedule": {"email": ALWAYS, "sms": ALWAYS, "call": ALWAYS, "other": ALWAYS},
    "sender": {"jitter_seconds": [0, 0], "per_day": MANY, "per_hour": MANY, "recipient_domain_per_day": MANY},
    "account": {"touches_per_week": MANY, "most_contacts_at_once": MANY},
    "contact": {"business_days_between": 0},
    "colleagues": {"silence_hours": 0, "wait_business_days": 0},
    "requires_approval": False,
    "lease_seconds": 120,
}
TWO_STEPS = [
    {"key": "first", "channel": "email", "template": "hello"},
    {"key": "second", "channel": "email", "template": "again", "wait_business_days": 0},
]
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class SlowOffice(PostOffice):
    """Takes a moment before and after it has taken a message, so that a worker can die on either side. Counts by Message-ID."""

    def __init__(self, chance: random.Random, seconds: float) -> None:
        super().__init__()
        self._chance, self.seconds = chance, seconds
        self.taking = 0  # messages, at this moment
        self.ids: list[str] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taking += 1
        try:
            await asyncio.sleep(self._chance.uniform(0, self.seconds))
            answer = await super().handle_DATA(server, session, envelope)
            self._count(envelope)
            await asyncio.sleep(self._chance.uniform(0, self.seconds))
        finally:
            self.taking -= 1
        return answer

    def _count(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        found = _MESSAGE_ID.search(envelope.content)
        assert found, "every message has an id"
        self.ids.append(found[1].decode())
        self.senders.append(envelope.mail_from or "")
        self.recipients += envelope.rcpt_tos


class SearchingTransport(SmtpTransport):
    """SMTP to an office that can be asked what it got."""

    abilities = Abilities(threads=True, search=True)

    def __init__(self, clock: Any, office: SlowOffice) -> None:
        super().__init__(clock)
        self._office = office

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        del settings, since
        return Result(outcome=Sent.SENT) if message_id in self._office.ids else None
