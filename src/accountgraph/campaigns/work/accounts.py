"""What is done to many accounts at once: all in the caller's transaction, so that the audit log has it as one batch.

Each gives the batch's name, by which it is taken back (`audit.undo_changes(transaction=...)`), and says whom it left out and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.audience import Audience
from accountgraph.campaigns.engine.onward import go_on
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.enrolment.enrol import Newcomer, Version, enrol
from accountgraph.campaigns.lifecycle import CampaignStateError, find_campaign
from accountgraph.campaigns.work.holds import BY_HAND, checked_hold
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.errors import InvalidValueError
from accountgraph.store.given import member

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from accountgraph.db import Session

T = TypeVar("T")
MOST = 1000  # accounts, or people of them, at once: as many changes can be taken back together
_LOGGED = 200  # rows of a statement that the audit log still keeps one by one


class LeftOut(Struct, frozen=True, kw_only=True):
    """An account, or somebody of it, that was left out.

    `reason`: `not_found`, `unchanged` (it is so already), `not_held`, `no_people`, or why an audience leaves somebody out.
    """

    company_id: UUID
    contact_id: UUID | None = None
    reason: str


class BulkChange(Struct, frozen=True, kw_only=True):
    """What was changed. `batch`: what the audit log calls it; None: nothing was. `people`: who was enrolled, or goes on."""

    batch: str | None
    changed: list[UUID]
    left_out: list[LeftOut]
    people: list[UUID] = []


class _Person(Struct, frozen=True):
    contact_id: UUID
    company_id: UUID


async def set_tier(session: Session, ids: Sequence[UUID], tier: str | None) -> BulkChange:
    """Say how much these accounts matter; None: nobody has said.

    Raises:
        InvalidValueError: no such tier; no account, or more than 1000.
    """
    value = member(AccountTier, "tier", tier) if tier is not None else None
    return await _set(session, "set_tier", ids, value)


async def set_status(session: Session, ids: Sequence[UUID], status: str) -> BulkChange:
    """Say where these accounts stand. Raises as `set_tier`."""
    return await _set(session, "set_status", ids, member(AccountStatus, "status", status))


async def hold_accounts(
    session: Session,
    ids: Sequence[UUID],
    *,
    reason: str = BY_HAND,
    note: str | None = None,
    until: datetime | None = None,
    now: datetime,
) -> BulkChange:
    """Keep campaigns away from these accounts until they are released, or `until`. What is held for the same reason stays so.

    Raises:
        InvalidValueError: as `set_hold`; no account, or more than 1000.
    """
    params = {"reason": checked_hold(reason, note, until, now), "note": note, "until": until, "now": now}
    known, left_out = await _locked(session, ids)
    held = [one for part in _parts(known) for one in await session.rows(UUID, "campaigns.accounts.hold", {**params, "ids": part})]
    return await _changed(session, known, held, left_out, "unchanged")


async def release_accounts(session: Session, ids: Sequence[UUID], *, reason: str | None = None, now: datetime) -> BulkChange:
    """Lift the holds of these accounts, for one reason or for all; whom they had paused goes on, unless another hold is in the way.

    Raises:
        InvalidValueError: no account, or more than 1000.
    """
    known, left_out = await _locked(session, ids)
    params = {"reason": reason, "now": now}
    lifted = [one for part in _parts(known) for one in await session.rows(UUID, "campaigns.accounts.release", {**params, "ids": part})]
    people = await let_go_on(session, lifted, now)
    return replace(await _changed(session, known, lifted, left_out, "not_held"), people=people)


async def let_go_on(session: Session, ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Let those go on whom holds of these accounts had paused and none stands in the way of; gives their enrolments."""
    released = await session.rows(UUID, "campaigns.accounts.released", {"ids": list(ids), "now": now}) if ids else []
    return [one.id for part in _parts(released) for one in await go_on(session, part, now)]


async def enrol_accounts(session: Session, campaign: UUID | str, ids: Sequence[UUID], now: datetime) -> BulkChange:
    """Enrol the people of these accounts in an active campaign, as if its audience named these accounts: the same are left out.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is not active.
        InvalidValueError: no account, or more than 1000; more than 1000 people would begin.
    """
    known, left_out = await _locked(session, ids)
    found = await find_campaign(session, campaign)
    await session.value("campaigns.campaigns.lock_by_id", {"id": found.id})
    found = await find_campaign(session, found.id)
    if found.status != "active":
        raise CampaignStateError(f"Campaign {found.name} is {found.status} and cannot take people; it has to be active.")
    version = Version(found.id, found.version_in_force, await load_version(session, found.version_in_force))
    of_these = Audience(companies=tuple(map(str, known)), most_per_account=version.definition.audience.most_per_account)
    selection = await choose(session, replace(version.definition, audience=of_these), now, is_live=found.is_live) if known else None
    chosen = selection.chosen if selection else []
    if len(chosen) > MOST:
        raise InvalidValueError("ids", f"{len(chosen):,} people would begin; at most {MOST:,} do at once: choose fewer accounts.")
    newcomers = [Newcomer(one.contact_id, one.rank) for one in chosen]
    made = [one for part in _parts(newcomers) for one in await enrol(session, version, part, now, is_live=found.is_live)]
    reasons = {one.contact_id: one.reason for one in selection.excluded} if selection else {}
    reasons |= {one.contact_id: "already_enrolled" for one in chosen if one.contact_id not in {each.contact_id for each in made}}
    return await _enrolled(session, known, [one.contact_id for one in made], reasons, left_out)


async def _enrolled(
    session: Session, known: list[UUID], began: list[UUID], reasons: dict[UUID, str], left_out: list[LeftOut]
) -> BulkChange:
    people = await session.rows(_Person, "campaigns.accounts.of_people", {"ids": [*began, *reasons]})
    of_company = {one.contact_id: one.company_id for one in people}
    changed = {of_company[one] for one in began}
    left = [LeftOut(company_id=of_company[one], contact_id=one, reason=reason) for one, reason in reasons.items()]
    left += [LeftOut(company_id=one, reason="no_people") for one in known if one not in set(of_company.values())]
    batch = await session.batch() if began else None
    return BulkChange(batch=batch, changed=[one for one in known if one in changed], left_out=[*left_out, *left], people=began)


async def _set(session: Session, name: str, ids: Sequence[UUID], value: str | None) -> BulkChange:
    known, left_out = await _locked(session, ids)
    changed: list[UUID] = []
    for part in _parts(known):
        changed += await session.rows(UUID, f"campaigns.accounts.{name}", {"ids": part, "value": value})
    return await _changed(session, known, changed, left_out, "unchanged")


async def _locked(session: Session, ids: Sequence[UUID]) -> tuple[list[UUID], list[LeftOut]]:
    """Those that are there, locked; the others are left out."""
    wanted = list(dict.fromkeys(ids))
    if not 1 <= len(wanted) <= MOST:
        raise InvalidValueError("ids", f"names 1 to {MOST:,} accounts.")
    known = await session.rows(UUID, "campaigns.accounts.lock", {"ids": wanted})
    there = set(known)
    return known, [LeftOut(company_id=one, reason="not_found") for one in wanted if one not in there]


async def _changed(session: Session, known: list[UUID], changed: Collection[UUID], left_out: list[LeftOut], reason: str) -> BulkChange:
    done = set(changed)
    left = [LeftOut(company_id=one, reason=reason) for one in known if one not in done]
    batch = await session.batch() if done else None
    return BulkChange(batch=batch, changed=[one for one in known if one in done], left_out=[*left_out, *left])


def _parts(things: Sequence[T]) -> Iterator[list[T]]:
    for place in range(0, len(things), _LOGGED):
        yield list(things[place : place + _LOGGED])
