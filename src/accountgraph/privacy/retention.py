"""How long what came in is kept: a rule a kind, in days, applied every night in small steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

BATCH = 1000
KINDS = {
    "webhook_payloads": "what providers delivered, once it was worked off",
    "mails": "mails as they came; what was made of them stays",
    "mail_headers": "who wrote to whom before we came",
    "message_bodies": "the words of messages, answers and calls; subjects and times stay",
    "raw_events": "what a provider said of an open, a click, a bounce; that it happened stays",
    "addresses": "IP addresses and browsers of opens and clicks; who was judged a machine stays one",
    "attempts": "what a provider answered to a call of ours",
    "drafts": "what models wrote, and the facts under it",
    "decisions": "the facts that a decision rests on; the decision stays",
    "merges": "what was before a merge; without it a merge cannot be undone",
    "audit_log": "who changed what; what is forgotten cannot be taken back",
    "account_health": "how accounts did, day by day",
}
"""What each kind is, in words."""


class RetentionRule(Struct, frozen=True, kw_only=True):
    """A kind is kept for `days`; None: for ever."""

    kind: str
    days: int | None


class Retained(Struct, frozen=True, kw_only=True):
    """What a rule did, or would do: so many rows of before `before` gave up what is no longer kept."""

    kind: str
    days: int
    before: datetime
    rows: int


async def get_retention(db: Connectable) -> list[RetentionRule]:
    """How long each kind is kept."""
    return await db.rows(RetentionRule, "privacy.retention.rules")


async def set_retention(db: Connectable, kind: str, days: int | None) -> RetentionRule:
    """Keep a kind for so many days from now on; None: for ever.

    Raises:
        InvalidValueError: there is no such kind, or no such number of days.
    """
    if kind not in KINDS:
        raise InvalidValueError("kind", f"{kind!r} is none of {', '.join(KINDS)}.")
    if days is not None and not 1 <= days <= 36_500:
        raise InvalidValueError("days", "must be 1 to 36,500; leave it out to keep it for ever.")
    changed = await db.write(RetentionRule, "privacy.retention.set", {"kind": kind, "days": days})
    assert changed is not None  # noqa: S101 - the schema has a row a kind
    return changed


async def apply_retention(db: Connectable, now: datetime, *, dry_run: bool = False, batch: int = BATCH) -> list[Retained]:
    """Let go of what is older than its rule says, `batch` rows a transaction; `dry_run` only counts. Gives what each rule did.

    It may be stopped at any time, and run by several at once.
    """
    done = []
    for rule in await get_retention(db):
        if rule.days is not None:
            before = now - timedelta(days=rule.days)
            rows = await _applied(db, rule.kind, before, dry_run=dry_run, batch=batch)
            done.append(Retained(kind=rule.kind, days=rule.days, before=before, rows=rows))
    return done


async def _applied(db: Connectable, kind: str, before: datetime, *, dry_run: bool, batch: int) -> int:
    after: str | None = None
    total = 0
    while True:
        ids = await _step(db, kind, {"before": before, "after": after, "limit": batch}, dry_run=dry_run)
        total += len(ids)
        if len(ids) < batch:
            return total
        after = ids[-1]


async def _step(db: Connectable, kind: str, asked: dict[str, object], *, dry_run: bool) -> list[str]:
    async def work(session: Session) -> list[str]:
        ids = [row.id for row in await session.rows(_Old, f"privacy.retention.old_{kind}", asked)]
        if ids and not dry_run:
            await session.affect(f"privacy.retention.drop_{kind}", {"ids": ids})
        return ids

    return await db.run(work)


class _Old(Struct, frozen=True):
    id: str
