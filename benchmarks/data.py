"""A data set from a seed, loaded as a customer would load it: COPY into the tables, with every trigger on.

An account is known through the person one talks to: its primary contact knows two of three of the others, who know each other
where the next in the list happens to be known. So expansion, which begins with a primary contact, has somebody to choose from.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg

from accountgraph.db import Database
from accountgraph.schema import create_workspace, drop_workspace, list_workspaces

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPANIES = {"tiny": 20, "small": 1_000, "full": 100_000}
COLUMNS = {
    "companies": "id, name, domain, industry, account_tier, account_status",
    "contacts": "id, company_id, first_name, last_name, email, email_key, title, seniority_level,"
    " is_primary_contact, is_decision_maker, is_champion, interests, communication_preferences, research_data",
    "relationships": "id, contact_id_1, contact_id_2, relationship_type, strength, confidence_score",
    "conversations": "id, contact_id, company_id, status, qualification_tier, context",
    "touchpoints": "id, conversation_id, subject, content, sent_at, opened_at, clicked_at, replied_at",
}
FIRST = ("Ada", "Bola", "Chen", "Dana", "Eero", "Fatima", "Goran", "Hana", "Ivo", "Júlia", "Kofi", "Lena")
LAST = ("Abe", "Brandt", "Costa", "Dubois", "Eriksen", "Farah", "Gruber", "Haddad", "Ito", "Jansen", "Khan", "López")
TITLES = (("c-level", "Chief Technology Officer"), ("vp", "VP Sales"), ("director", "Director of IT"), ("manager", "Buyer"))
CONTENT = "Thank you for your time on the phone. As promised, here is what the others of your trade have done about it. " * 2
NULL = "\\N"
HISTORY_DAYS = 400


@dataclass(slots=True)
class Rows:
    """Lines of COPY, by table."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def add(self, table: str, *values: object) -> None:
        self.lines[table].append("\t".join(map(str, values)) + "\n")

    def take(self, table: str) -> bytes:
        text, self.lines[table] = "".join(self.lines[table]), []
        return text.encode()


def generate(seed: int, companies: int, now: datetime) -> Iterator[Rows]:
    """The rows of companies 0 to `companies`, a thousand at a time.

    Each has on average 10 contacts, 10 relationships, 5 conversations, 50 touchpoints and 85 events.
    """
    random = Random(seed)
    rows = Rows()
    for number in range(companies):
        _company(random, rows, number, now)
        if number % 1000 == 999:
            yield rows
            rows = Rows()
    yield rows


def _company(random: Random, rows: Rows, number: int, now: datetime) -> None:
    company = _uuid(random)
    tier = random.choice(("strategic", "tier1", "tier2", "tier3"))
    rows.add("companies", company, f"Company {number}", f"company-{number}.example", "Manufacturing", tier, "engaged")
    contacts = [_uuid(random) for _ in range(random.randint(2, 18))]
    for place, contact in enumerate(contacts):
        _contact(random, rows, (company, contact), place, number)
    for one, other in _acquainted(random, contacts):
        kind, strength = random.choice(("colleagues", "colleagues", "reports_to")), random.choice(("weak", "medium", "strong"))
        rows.add("relationships", _uuid(random), one, other, kind, strength, f"{random.uniform(0.5, 1):.2f}")
    for contact in contacts[: (len(contacts) + 1) // 2]:
        _conversation(random, rows, company, contact, now)


def _acquainted(random: Random, contacts: list[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """The pairs that know each other, as many as there are contacts on average."""
    primary, *others = contacts
    yield from ((primary, other) for other in others if random.random() < 2 / 3)
    yield from (pair for pair in pairwise(others) if random.random() < 1 / 2)


def _contact(random: Random, rows: Rows, ids: tuple[UUID, UUID], place: int, number: int) -> None:
    first, last = random.choice(FIRST), random.choice(LAST)
    email = f"person{place}@company-{number}.example"
    seniority, title = random.choice(TITLES)
    flags = ("t" if place == 0 else "f", "t" if random.random() < 0.2 else "f", "t" if random.random() < 0.1 else "f")
    preferences, research = '{"preferred_channel": "email", "timezone": "Europe/Berlin"}', '{"news": "Opened a second plant."}'
    company, contact = ids
    rows.add("contacts", contact, company, first, last, email, email, title, seniority, *flags, "{chess,sailing}", preferences, research)


def _conversation(random: Random, rows: Rows, company: UUID, contact: UUID, now: datetime) -> None:
    conversation = _uuid(random)
    status = random.choice(("active", "active", "paused", "nurturing", "closed", "won", "lost"))
    context = '{"topics_discussed": ["pricing"], "sentiment": "positive"}'
    rows.add("conversations", conversation, contact, company, status, random.choice(("hot", "warm", "cold")), context)
    at = now - timedelta(days=random.uniform(20, HISTORY_DAYS))
    for step in range(random.randint(4, 16)):
        at += timedelta(seconds=random.randint(3600, 86400))
        _touchpoint(random, rows, conversation, at, step)


def _touchpoint(random: Random, rows: Rows, conversation: UUID, at: datetime, step: int) -> None:
    chance = random.random()
    opened = at + timedelta(seconds=1 if chance < 0.1 else random.randint(60, 40_000)) if chance < 0.4 else None
    clicked = opened + timedelta(minutes=20) if opened and chance < 0.2 else None
    replied = clicked + timedelta(minutes=30) if clicked and chance < 0.03 else None
    rows.add("touchpoints", _uuid(random), conversation, f"Message {step}", CONTENT, at, opened or NULL, clicked or NULL, replied or NULL)


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


async def load(url: str, workspace: str, companies: int, now: datetime, seed: int = 1) -> None:
    """Make the workspace anew with the data of `seed`; the statistics are those that autovacuum would have brought."""
    if workspace in {known.name for known in list_workspaces(url)}:
        drop_workspace(url, workspace)
    create_workspace(url, workspace)
    chunks = generate(seed, companies, now)
    async with Database(url, workspace=workspace) as db:
        await asyncio.gather(*(_copy(db, chunks) for _ in range(os.cpu_count() or 1)))
    with psycopg.connect(url, autocommit=True) as connection:
        for table in (*COLUMNS, "events"):
            connection.execute(f"VACUUM ANALYZE {workspace}.{table}".encode())


async def _copy(db: Database, chunks: Iterator[Rows]) -> None:
    for rows in chunks:
        async with db.transaction() as session:
            for table, columns in COLUMNS.items():
                async with session.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    await copy.write(rows.take(table))
