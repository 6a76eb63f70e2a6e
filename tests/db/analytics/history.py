"""Six touches to three of four accounts, whose every number can be counted by hand.

| touch | to | left (UTC) | campaign, step, variant | sender | what came of it |
| --- | --- | --- | --- | --- | --- |
| first_ada | Ada of Acme | Mon 2 March 09:00 | spring, first, A | one | a machine opened and clicked; Ada opened, replied after 5 h |
| first_bob | Bob of Blue | Mon 2 March 10:00 | spring, first, B | one | Bob opened and clicked |
| by_hand | Cy of Cobalt | Tue 10 March 23:30 | by hand | two | bounced for good |
| second_ada | Ada of Acme | Wed 11 March 09:00 | spring, second | one | a machine opened; Ada booked a meeting the day after |
| call_bob | Bob of Blue | Mon 16 March 15:00 | by hand, a call | | Bob answered; he met us the day after |
| april_ada | Ada of Acme | Thu 2 April 09:00 | by hand | | a machine opened |

Acme's deal was won on 20 March. Nobody wrote to Dune. It is 10 April.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accountgraph.analytics import Asked, Narrowed, asked_of
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.models import Touchpoint
    from tests.factories import Clock

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 3, 31), "zone": "UTC"}
CAMPAIGN = UUID("cccccccc-0000-4000-8000-000000000001")
_VERSION = UUID("cccccccc-0000-4000-8000-000000000002")
_SPRING = """
WITH made AS (INSERT INTO campaigns (id, name, status, is_live) VALUES (%(campaign)s, 'spring', 'active', true))
INSERT INTO campaign_versions (id, campaign_id, number, definition, content_hash) VALUES (%(version)s, %(campaign)s, 1, '{}', 'x')
"""
_SENT_BY_SPRING = """
WITH enrolled AS (
    INSERT INTO enrolments (
        campaign_id, version_id, contact_id, company_id, conversation_id, is_live, state, reason, finished_at, step_key, zone, zone_source,
        started_at, touch_count
    )
    SELECT %(campaign)s, %(version)s, v.contact_id, v.company_id, v.id, true, 'finished', 'done', t.sent_at, %(step)s, %(zone)s, 'contact',
        t.sent_at - interval '1 hour', 1
    FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id WHERE t.id = %(touchpoint)s
    RETURNING id, contact_id, company_id
), planned AS (
    INSERT INTO intents (
        enrolment_id, step_key, state, is_live, channel, sender_id, contact_id, company_id, variant, touchpoint_id, planned_at, settled_at
    )
    SELECT e.id, %(step)s, 'sent', true, 'email', %(sender)s, e.contact_id, e.company_id, %(variant)s, t.id, t.sent_at, t.sent_at
    FROM enrolled AS e CROSS JOIN touchpoints AS t WHERE t.id = %(touchpoint)s
    RETURNING id, sender_id, contact_id, company_id
)
INSERT INTO sends (intent_id, is_live, sender_id, contact_id, company_id, domain, at)
SELECT p.id, true, p.sender_id, p.contact_id, p.company_id, split_part(c.email_key, '@', 2), t.sent_at
FROM planned AS p INNER JOIN contacts AS c ON c.id = p.contact_id CROSS JOIN touchpoints AS t WHERE t.id = %(touchpoint)s
"""
_SENT_BY_HAND = """
INSERT INTO sends (touchpoint_id, is_live, sender_id, contact_id, company_id, domain, at)
SELECT t.id, true, %(sender)s, v.contact_id, v.company_id, split_part(c.email_key, '@', 2), t.sent_at
FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id INNER JOIN contacts AS c ON c.id = v.contact_id
WHERE t.id = %(touchpoint)s
"""
_MET = """
INSERT INTO events (kind, at, contact_id, actor, dedupe_key) VALUES (%(kind)s, %(at)s, %(contact)s, 'human', gen_random_uuid())
"""
_WON = "INSERT INTO signals (kind, at, company_id, source, dedupe_key) VALUES ('deal_won', %(at)s, %(company)s, 'Eve', 'won')"


def march(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@dataclass
class History:
    """The accounts, people and mailboxes by name, and the workspace that they are in."""

    db: Database
    ids: dict[str, UUID]

    @classmethod
    async def told(cls, db: Database, clock: Clock) -> History:
        clock.time = NOW
        told = cls(db, {})
        await told._people()
        await told._run(_SPRING, campaign=CAMPAIGN, version=_VERSION)
        await told._touches()
        await told._run(_MET, kind="meeting_booked", at=march(12), contact=told.ids["Ada"])
        await told._run(_MET, kind="meeting_held", at=march(17), contact=told.ids["Bob"])
        await told._run(_WON, at=march(20), company=told.ids["Acme"])
        return told

    async def asked(self, *, march_alone: bool = True, **narrowed: Any) -> Asked:
        """A question about March, or up to today."""
        period: dict[str, Any] = MARCH if march_alone else {**MARCH, "until": NOW.date()}
        return await asked_of(self.db, **period, narrowed=Narrowed(**narrowed))

    async def send(self, who: str, at: datetime, **given: Any) -> Touchpoint:
        return await TouchpointRepository(self.db).create_touchpoint(
            {"conversation_id": self.ids[f"{who}'s"], "sent_at": at, "created_by_automation": True, **given}
        )

    async def by_spring(self, who: str, at: datetime, step: str, variant: str | None = None, zone: str = "UTC") -> Touchpoint:
        """A message of the campaign."""
        sent = await self.send(who, at)
        await self._run(
            _SENT_BY_SPRING, campaign=CAMPAIGN, version=_VERSION, touchpoint=sent.id, sender=self.ids["one"], step=step, variant=variant,
            zone=zone,
        )  # fmt: skip
        return sent

    async def happened(self, message: Touchpoint, kind: str, **given: Any) -> None:
        after = {name: given.pop(name) for name in ("seconds", "minutes", "hours", "days") if name in given}
        assert message.sent_at is not None
        await TouchpointRepository(self.db).record_event(message.id, kind, at=message.sent_at + timedelta(**after), **given)

    async def _people(self) -> None:
        accounts = [("Acme", "tier1", "Software"), ("Blue", "tier2", "Software"), ("Cobalt", "tier1", "Anvils"), ("Dune", None, None)]
        for name, tier, industry in accounts:
            fields = {"name": name, "domain": f"{name.lower()}.example", "account_tier": tier, "industry": industry}
            self.ids[name] = (await CompanyRepository(self.db).create_company(fields)).id
        for name, account in (("Ada", "Acme"), ("Bob", "Blue"), ("Cy", "Cobalt")):
            person = {"company_id": self.ids[account], "first_name": name, "email": f"{name.lower()}@{account.lower()}.example"}
            self.ids[name] = (await ContactRepository(self.db).create_contact(person)).id
            self.ids[f"{name}'s"] = (await ConversationRepository(self.db).create_conversation(self.ids[name], started_at=march(1))).id
        for name in ("one", "two"):
            self.ids[name] = (await SenderRepository(self.db).add_sender({"address": f"{name}@ours.example"})).id

    async def _touches(self) -> None:
        first_ada = await self.by_spring("Ada", march(2, 9), "first", "A", zone="America/New_York")
        await self.happened(first_ada, "delivered", seconds=1)
        await self.happened(first_ada, "opened", seconds=2)
        await self.happened(first_ada, "clicked", seconds=30)
        await self.happened(first_ada, "opened", hours=2)
        await self.happened(first_ada, "replied", hours=5, detail="positive")
        first_bob = await self.by_spring("Bob", march(2, 10), "first", "B")
        await self.happened(first_bob, "opened", hours=1)
        await self.happened(first_bob, "clicked", hours=2)
        by_hand = await self.send("Cy", march(10, 23, 30))
        await self._run(_SENT_BY_HAND, touchpoint=by_hand.id, sender=self.ids["two"])
        await self.happened(by_hand, "bounced", seconds=5, detail="hard")
        second_ada = await self.by_spring("Ada", march(11), "second")
        await self.happened(second_ada, "opened", seconds=1)
        call_bob = await self.send("Bob", march(16, 15), channel="call")
        await self.happened(call_bob, "answered", minutes=1)
        april_ada = await self.send("Ada", datetime(2026, 4, 2, 9, tzinfo=UTC))
        await self.happened(april_ada, "opened", seconds=1)

    async def _run(self, statement: str, **params: Any) -> None:
        async with self.db.transaction() as session:
            await session.execute(statement, params)
