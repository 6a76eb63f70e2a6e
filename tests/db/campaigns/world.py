"""A small world to run campaigns in: an account or more, a mailbox, a campaign, and a post office that remembers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import apply
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.engine.runner import Runner
from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.campaigns.enrolment.enrol import Newcomer, Version, enrol
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from accountgraph.db import Database
    from accountgraph.models import Company, Contact
    from accountgraph.store.outreach.senders import Sender
    from tests.factories import Clock

PLAIN: dict[str, Any] = {
    "name": "plain",
    "steps": [
        {"key": "first", "channel": "email", "template": "hello"},
        {"key": "second", "channel": "email", "template": "again"},
        {"key": "third", "channel": "email", "template": "again"},
    ],
    "templates": {
        "hello": {"subject": "Hello {{ contact.first_name }}", "body": "Hello {{ contact.first_name }}, a word about {{ company.name }}."},
        "again": {"subject": "Again", "body": "Once more, {{ contact.first_name }}."},
    },
    "policy": {"requires_approval": False, "sender": {"jitter_seconds": [0, 0]}},
}

DAY = """
    INSERT INTO account_health_daily
    (company_id, day, score, engagement, conversations, relationships, decision_makers, is_reckoned, taken_at)
    VALUES (%(company_id)s, %(day)s, %(score)s, 0, 0, 0, 0, false, now()) RETURNING score
"""


def definition(**changes: Any) -> CampaignDefinition:
    """The plain campaign of three mails, with changes; `policy` is merged one level deep."""
    policy = {**PLAIN["policy"], **changes.pop("policy", {})}
    return msgspec.convert({**PLAIN, **changes, "policy": policy}, CampaignDefinition)


@dataclass
class Post:
    """A transport that remembers what it was given, and answers as it is told."""

    name: str = "post"
    abilities: Abilities = field(default_factory=lambda: Abilities(threads=True, search=True))
    is_dry_run: bool = False
    sent: list[Message] = field(default_factory=list)
    answer: Callable[[Message], Awaitable[Result]] | None = None

    async def send(self, message: Message) -> Result:
        if self.answer is not None:
            result = await self.answer(message)
            if result.outcome is not Sent.SENT:
                return result
        self.sent.append(message)
        return Result(outcome=Sent.SENT, provider_id=f"post-{len(self.sent)}")

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        del settings, since
        found = any(message.message_id == message_id for message in self.sent)
        return Result(outcome=Sent.SENT) if found else None

    async def close(self) -> None:
        """There is nothing to close."""

    @property
    def recipients(self) -> list[str]:
        return [message.recipient for message in self.sent]

    @property
    def most_to_one(self) -> int:
        return max(Counter(self.recipients).values(), default=0)


class Standing(Struct, frozen=True):
    """Where an enrolment stands."""

    id: UUID
    state: str
    reason: str | None
    step_key: str
    touch_count: int
    next_due_at: datetime | None
    paused_until: datetime | None
    track: str


@dataclass
class World:
    """The workspace under test; `post` carries live mail."""

    db: Database
    post: Post = field(default_factory=Post)
    console: Post = field(default_factory=lambda: Post(name="console", is_dry_run=True))
    senders: list[Sender] = field(default_factory=list)

    @classmethod
    async def begin(cls, db: Database, **sender: Any) -> World:
        """A workspace with a legal identity and one mailbox."""
        world = cls(db)
        settings = SettingsRepository(db)
        identity = await settings.put_legal_identity({"name": "Acme Ltd", "postal_address": "1 Road, Town", "country": "US"})
        await settings.update_settings({"legal_identity_id": identity.id, "country": "US"})
        await world.sender("me@ours.com", **sender)
        return world

    async def sender(self, address: str, **fields: Any) -> Sender:
        repository = SenderRepository(self.db)
        wanted = {"transport": "post", **fields}
        there = await repository.get_sender_by_address(address) if fields.get("channel", "email") == "email" else None
        if there is not None:  # where several share a workspace
            sender = await repository.update_sender(there.id, wanted)
        else:
            sender = await repository.add_sender({"address": address, **wanted})
        self.senders.append(sender)
        return sender

    async def account(self, domain: str, *names: str, **fields: Any) -> list[Contact]:
        """A company and its people."""
        company = await CompanyRepository(self.db).create_company({"name": domain, "domain": domain, "country": "US", **fields})
        return [await self.person(company, name) for name in names]

    async def person(self, company: Company, name: str, **fields: Any) -> Contact:
        given = {"company_id": company.id, "first_name": name, "email": f"{name.lower()}@{company.domain}", "country": "US", **fields}
        return await ContactRepository(self.db).create_contact(given)

    async def campaign(self, **changes: Any) -> Version:
        """A campaign that is applied and active."""
        chosen = definition(**changes)

        async def work(session: Any) -> Version:
            applied = await apply(session, chosen)
            await session.execute("UPDATE campaigns SET status = 'active' WHERE id = %(id)s", {"id": applied.campaign_id})
            return Version(applied.campaign_id, applied.version_id, chosen)

        return await self.db.run(work)

    async def enrol(self, version: Version, *people: Contact, is_live: bool = True) -> list[UUID]:
        """Enrol people in their order; gives the enrolments."""
        newcomers = [Newcomer(person.id, rank=number) for number, person in enumerate(people, 1)]
        made = await self.db.run(lambda session: enrol(session, version, newcomers, self.db.now(), is_live=is_live))
        by_contact = {one.contact_id: one.id for one in made}
        return [by_contact[person.id] for person in people if person.id in by_contact]

    def runner(self, **options: Any) -> Runner:
        return Runner(self.db, self.transport, **options)

    def transport(self, name: str) -> Post:
        return self.console if name == "console" else self.post

    async def standing(self, enrolment_id: UUID) -> Standing:
        found: list[Standing] = await self.select(Standing, "SELECT * FROM enrolments WHERE id = %(id)s", id=enrolment_id)
        return found[0]

    async def keep_health(self, company_id: UUID, day: date, score: float) -> None:
        """The snapshot of a day."""
        await self.select(float, DAY, company_id=company_id, day=day, score=score)

    async def select(self, kind: type[Any], statement: str, **params: Any) -> list[Any]:
        """Rows of any statement, as `kind` (a struct takes the columns it knows)."""

        async def work(session: Any) -> list[Any]:
            cursor = await session._connection.execute(statement, params)
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
            return [msgspec.convert(row, kind) if issubclass(kind, Struct) else next(iter(row.values())) for row in rows]

        return await self.db.run(work)


async def begin_world(db: Database, _: Clock) -> World:
    """A workspace with a mailbox, at nine on a Monday morning (UTC)."""
    return await World.begin(db)
