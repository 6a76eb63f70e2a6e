"""What our own people do in a simulation: they approve what waits for approval, and do the steps that a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.outcome import settle
from accountgraph.campaigns.engine.transport import Result, Sent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.db import Session


class Waiting(Struct, frozen=True):
    """Something that waits for one of us: an `approval`, or a `task` that is a step of a campaign."""

    id: UUID
    kind: str


async def do_work(session: Session, work: Sequence[Waiting], now: datetime) -> list[UUID]:
    """Do what still waits of `work`; gives the intents of the steps that were done."""
    by_kind = {kind: [one.id for one in work if one.kind == kind] for kind in ("approval", "task")}
    if by_kind["approval"]:
        await session.affect("campaigns.simulation.approve", {"ids": by_kind["approval"], "now": now})
    if not by_kind["task"]:
        return []
    done = await session.rows(UUID, "campaigns.simulation.do_tasks", {"ids": by_kind["task"], "now": now})
    await settle(session, dict.fromkeys(done, Result(outcome=Sent.SENT)), now)
    return done
