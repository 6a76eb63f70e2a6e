"""Writing the drafts that campaigns wait for. Any number of workers do it side by side: each draft is written by one of them, once.

Three steps, as everywhere: it is taken for a time, written outside of any transaction, and settled by whoever holds it, which lets its
enrolment go on in the same transaction. A worker that dies leaves it to another; where nobody comes, the template does the job.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.drafts import UsedFact
from accountgraph.campaigns.engine.onward import go_on
from accountgraph.campaigns.messages import content_hash, load_variables
from accountgraph.drafting.gathering import gather
from accountgraph.drafting.writing import Attempt, write
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.outreach.drafting import DraftingSettings

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.channels.credentials import Vault
    from accountgraph.db import Database, Session

AT_ONCE = 4
MOST_TRIES = 2  # that workers begin with one; who dies twice over it is not asked again
_NO_MODEL = "No model is set."


class _Taken(Struct, frozen=True):
    id: UUID
    enrolment_id: UUID
    step_key: str
    channel: Channel
    tries: int
    contact_id: UUID | None
    version_id: UUID


class _Begun(NamedTuple):
    """A draft in hand. `refused`: why the model is not asked."""

    taken: _Taken
    lease: UUID
    settings: DraftingSettings | None
    refused: str | None


async def write_wanted(db: Database, vault: Vault, *, campaign_id: UUID | None = None) -> int:
    """Write what is wanted now, of one campaign or of all; gives how many drafts were settled, written or not."""
    first = await _next(db, campaign_id)
    if first is None:
        return 0
    hands = [_write_on(db, vault, campaign_id, begun) for begun in (first, *[None] * (AT_ONCE - 1))]
    return sum(await asyncio.gather(*hands))


async def _next(db: Database, campaign_id: UUID | None) -> _Begun | None:
    return await db.run(lambda session: _begin(session, campaign_id, db.now()))


async def _write_on(db: Database, vault: Vault, campaign_id: UUID | None, begun: _Begun | None) -> int:
    """One after the other, until nothing is wanted any more; gives how many."""
    count = 0
    while (begun := begun or await _next(db, campaign_id)) is not None:
        attempt = Attempt(detail=begun.refused) if begun.refused else await _attempt(db, vault, begun)
        await db.run(partial(_settle, begun=begun, attempt=attempt, now=db.now()))
        count, begun = count + 1, None
    return count


async def _begin(session: Session, campaign_id: UUID | None, now: datetime) -> _Begun | None:
    """Take the next one. Who counts the day's budget keeps others from it for this moment."""
    settings = await session.row(DraftingSettings, "drafting.drafts.lock_settings")
    used = await session.value("drafting.drafts.used_today", {"now": now}) if settings else 0
    is_spent = settings is not None and used >= settings.drafts_per_day
    lease, seconds = uuid4(), 5 * settings.timeout_seconds + 60 if settings else 60
    params = {
        "lease": lease,
        "until": now + timedelta(seconds=seconds),
        "now": now,
        "model": settings.model if settings else None,
        "may_call": settings is not None and not is_spent,
        "campaign_id": campaign_id,
    }
    taken = await session.row(_Taken, "drafting.drafts.take", params)
    if taken is None:
        return None
    return _Begun(taken, lease, settings, _refused(taken, settings, is_spent=is_spent))


def _refused(taken: _Taken, settings: DraftingSettings | None, *, is_spent: bool) -> str | None:
    if settings is None:
        return _NO_MODEL
    if taken.tries > MOST_TRIES:
        return f"{MOST_TRIES} workers began to write it and died."
    if is_spent:
        return f"The day's budget of {settings.drafts_per_day:,} drafts is spent."
    return None


async def _attempt(db: Database, vault: Vault, begun: _Begun) -> Attempt:
    taken, settings = begun.taken, begun.settings
    assert settings is not None  # noqa: S101 - without them it is refused
    definition = await load_version(db, taken.version_id)
    variables = (await load_variables(db, [taken.enrolment_id], db.now())).get(taken.enrolment_id)
    if variables is None:
        return Attempt(detail="The contact was removed.")
    try:
        step = definition.step(taken.step_key)
        assignment = await gather(db, definition, step, variables, channel=taken.channel, enrolment_id=taken.enrolment_id)
    except NotFoundError as gone:
        return Attempt(detail=str(gone))
    return await write(db, settings, vault, assignment)


async def _settle(session: Session, begun: _Begun, attempt: Attempt, now: datetime) -> None:
    """Write down what came of it, where it is still ours, and let the enrolment go on, where it still waits for it."""
    taken, draft = begun.taken, attempt.draft
    waits = await session.value("drafting.drafts.lock_enrolment", {"id": taken.id})
    params = {
        "id": taken.id,
        "lease": begun.lease,
        "now": now,
        "state": attempt.state,
        "subject": draft.subject if draft else None,
        "content": draft.body if draft else None,
        "content_hash": content_hash(draft.subject, draft.body) if draft else None,
        "mentions_id": attempt.verdict.mentions_id if draft else None,
        "facts": msgspec.json.encode(used_facts(attempt) if draft else []).decode(),
        "refusals": msgspec.json.encode(attempt.refusals).decode(),
        "detail": attempt.detail,
    }
    if await session.affect("drafting.drafts.settle", params) and waits:
        await go_on(session, [taken.enrolment_id], now)


def used_facts(attempt: Attempt) -> list[UsedFact]:
    """What a draft rests on, with the rows."""
    return [UsedFact(id=fact.id, table=fact.source.table, row_id=fact.source.row_id, text=fact.text) for fact in attempt.verdict.facts]
