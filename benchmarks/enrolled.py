"""A workspace full of enrolments, made set by set: accounts of four people, of whom the first of each can be made due.

The campaign of three mails is open at all hours and has no caps that anybody reaches, so that the throttle is not what is measured.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, LiteralString

import msgspec
import psycopg

from accountgraph.campaigns.apply import apply
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.engine.queues import ensure
from accountgraph.campaigns.engine.schedule import Course, Timetable
from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.db import Database
from accountgraph.enums import Channel
from accountgraph.schema import create_workspace, drop_workspace, list_workspaces
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Session

SENDERS = 4
BATCH = 100
PEOPLE = 4  # of an account; the first of them is approached first
ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
CAMPAIGN: dict[str, Any] = {
    "name": "measured",
    "steps": [{"key": key, "channel": "email", "template": key} for key in ("first", "second", "third")],
    "templates": {
        "first": {
            "subject": "{{ contact.first_name }}, a word about {{ company.name }}",
            "body": "Dear {{ contact.first_name }},\n\nothers in {{ company.industry | default('trade') }} save a third.\n\nYours",
        },
        "second": {"subject": "Again", "body": "Dear {{ contact.first_name }}, have you seen my last message?"},
        "third": {"subject": "The last", "body": "Dear {{ contact.first_name }}, this is my last message."},
    },
    "policy": {
        "requires_approval": False,
        "schedule": {"email": ALWAYS, "sms": ALWAYS, "call": ALWAYS, "other": ALWAYS},
        "sender": {"jitter_seconds": [0, 0], "per_hour": 100_000, "per_day": 100_000, "recipient_domain_per_day": 1_000},
    },
}
TABLES: tuple[LiteralString, ...] = ("companies", "contacts", "enrolments")
AT_ONCE = 5_000  # accounts made by one statement
ACCOUNTS: LiteralString = """
WITH made AS (
    INSERT INTO companies (name, domain, industry, country)
    SELECT 'Company ' || n, 'company-' || n || '.example', 'Manufacturing', 'US'
    FROM generate_series(%(first)s::integer, %(last)s::integer) AS n
    RETURNING id, domain
), people AS (
    INSERT INTO contacts (company_id, first_name, last_name, email, email_key, title, country, source)
    SELECT m.id, 'Ada', 'Person ' || n, n || '@' || m.domain, n || '@' || m.domain, 'Buyer', 'US', 'trade fair'
    FROM made AS m CROSS JOIN generate_series(1, %(people)s::integer) AS n
    RETURNING id, company_id, email
)
INSERT INTO enrolments (
    campaign_id, version_id, contact_id, company_id, is_live, step_key, account_rank, sender_id, queue_id, next_due_at, zone, zone_source
)
SELECT
    %(campaign)s, %(version)s, p.id, p.company_id, %(is_live)s, 'first', split_part(p.email, '@', 1)::integer, q.sender_id, q.id,
    now() + interval '1 year', 'UTC', 'workspace'
FROM people AS p
INNER JOIN queues AS q ON q.id = (%(queues)s::bigint[])[1 + abs(hashtext(p.company_id::text)::bigint) %% cardinality(%(queues)s::bigint[])]
"""
DUE: LiteralString = """
UPDATE enrolments AS e SET next_due_at = now()
WHERE e.id = ANY (ARRAY(
    SELECT w.id FROM enrolments AS w
    WHERE w.account_rank = 1 AND w.state = 'pending' AND w.next_due_at > now() + interval '30 days' LIMIT %(count)s
))
RETURNING e.id
"""


class Null:
    """A transport that answers at once."""

    name = "null"
    abilities = Abilities()
    is_dry_run = False

    async def send(self, message: Message) -> Result:
        del message
        return Result(outcome=Sent.SENT)

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        del message_id, settings, since
        return None


async def fill(url: str, workspace: str, accounts: int, *, is_live: bool = True) -> list[int]:
    """Make the workspace anew with `accounts` times four enrolments, all of them due in a year; gives their queues, one a sender."""
    if workspace in {known.name for known in list_workspaces(url)}:
        drop_workspace(url, workspace)
    create_workspace(url, workspace)
    now = datetime.now(UTC)
    async with Database(url, workspace=workspace) as db:
        await _begin(db)
        campaign, version, queues = await db.run(lambda session: _campaign(session, now, is_live=is_live))
    params = {"people": PEOPLE, "is_live": is_live, "campaign": campaign, "version": version, "queues": queues}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {workspace}".encode())
        for first in range(1, accounts + 1, AT_ONCE):
            connection.execute(ACCOUNTS, {**params, "first": first, "last": min(first + AT_ONCE - 1, accounts)})
        for table in TABLES:
            connection.execute(f"VACUUM ANALYZE {table}".encode())
    return queues


async def _begin(db: Database) -> None:
    settings = SettingsRepository(db)
    identity = await settings.add_legal_identity({"name": "Acme Ltd", "postal_address": "1 Road, Town", "country": "US"})
    await settings.update_settings({"legal_identity_id": identity.id, "country": "US"})
    for number in range(SENDERS):
        await SenderRepository(db).add_sender({"address": f"sender-{number}@ours.example", "transport": "null"})


async def _campaign(session: Session, now: datetime, *, is_live: bool) -> tuple[UUID, UUID, list[int]]:
    definition = msgspec.convert(CAMPAIGN, CampaignDefinition)
    applied = await apply(session, definition)
    await session.execute("UPDATE campaigns SET status = 'active' WHERE id = %(id)s", {"id": applied.campaign_id})
    timetable = await Timetable.read(session, now)
    courses = [
        Course(company_id=None, contact_id=None, sender_id=sender.id, is_live=is_live, touch_count=0, zone="UTC", region=None)
        for sender in await SenderRepository(session).list_senders()
    ]
    places = [timetable.place(definition, Channel.EMAIL, course) for course in courses]
    queues = await ensure(session, places, timetable.free, now)
    return applied.campaign_id, applied.version_id, sorted(queues.values())


def make_due(connection: psycopg.Connection[Any], count: int) -> list[UUID]:
    """Make so many due at once, the first of an account each, of those that nobody has written to."""
    ids = [row[0] for row in connection.execute(DUE, {"count": count}).fetchall()]
    if len(ids) != count:
        raise RuntimeError(f"{count} were to be made due, and {len(ids)} are left.")
    return ids
