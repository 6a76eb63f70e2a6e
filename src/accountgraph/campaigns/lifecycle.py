"""A campaign's life: draft, dry run, approved preview, live, paused, over.

Names and ids both say which campaign. Nothing here commits: the caller's transaction does.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.check import refuse
from accountgraph.campaigns.definition.problems import nearest
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.enrolment.enrol import Newcomer, Version, enrol
from accountgraph.campaigns.requirements import live_requirements, requirements, usable_senders
from accountgraph.errors import AccountGraphError, InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.db import Connectable, Session

SHORTEST_HASH = 8  # digits that name a version
_AT_ONCE = 2000


class CampaignStateError(AccountGraphError):
    """The campaign is in a state that does not allow this."""


class Campaign(Struct, frozen=True, kw_only=True):
    """A campaign and its newest version. `is_live` False: what it does goes to the console and counts nowhere.

    `approved_version_id`: the version whose preview a person approved, if any.
    """

    id: UUID
    name: str
    status: str
    is_live: bool
    preview_hash: str | None
    preview_approved_by: str | None
    preview_approved_at: datetime | None
    started_at: datetime | None
    created_at: datetime
    version_id: UUID
    number: int
    content_hash: str
    approved_version_id: UUID | None

    @property
    def is_preview_approved(self) -> bool:
        """Whether the approved preview is of the newest version."""
        return self.preview_hash == self.content_hash

    @property
    def version_in_force(self) -> UUID:
        """The version that newcomers begin with: live, the approved one; else the newest."""
        return self.approved_version_id if self.is_live and self.approved_version_id else self.version_id


class Progress(Struct, frozen=True, kw_only=True):
    """How many people are in one place."""

    is_live: bool
    state: str
    reason: str | None
    people: int
    next_due_at: datetime | None


class Work(Struct, frozen=True, kw_only=True):
    """What was sent, and what waits for somebody; `unknown`: nobody knows whether it left."""

    sent: int
    dry_runs: int
    unknown: int
    open_tasks: int
    pending_approvals: int


class CampaignStatus(Struct, frozen=True, kw_only=True):
    """Where a campaign stands."""

    campaign: Campaign
    progress: list[Progress]
    work: Work

    @property
    def under_way(self) -> int:
        """People who have not ended."""
        return sum(place.people for place in self.progress if place.state not in {"finished", "failed"})

    @property
    def next_due_at(self) -> datetime | None:
        """When the next step is due, UTC."""
        return min((place.next_due_at for place in self.progress if place.next_due_at), default=None)


class Started(Struct, frozen=True, kw_only=True):
    """What a start did: how many people began, and how many were left out for which reason."""

    campaign: Campaign
    enrolled: int
    left_out: dict[str, int]


async def list_campaigns(db: Connectable) -> list[Campaign]:
    """All campaigns by name."""
    return await db.rows(Campaign, "campaigns.campaigns.find", {"id": None, "name": None})


async def find_campaign(db: Connectable, campaign: UUID | str) -> Campaign:
    """The campaign with this id or name.

    Raises:
        NotFoundError: there is none.
    """
    is_id = isinstance(campaign, UUID)
    params = {"id": campaign if is_id else None, "name": None if is_id else campaign}
    found = await db.row(Campaign, "campaigns.campaigns.find", params)
    if found is None:
        names = [one.name for one in await list_campaigns(db)]
        raise NotFoundError(f"There is no campaign {str(campaign)!r}. {nearest(campaign, names)}")
    return found


async def get_status(db: Connectable, campaign: UUID | str) -> CampaignStatus:
    """Where a campaign stands.

    Raises:
        NotFoundError: there is none.
    """
    found = await find_campaign(db, campaign)
    work = await db.row(Work, "campaigns.campaigns.work", {"id": found.id})
    assert work is not None  # noqa: S101 - an aggregate gives its row
    return CampaignStatus(campaign=found, progress=await db.rows(Progress, "campaigns.campaigns.progress", {"id": found.id}), work=work)


async def approve_preview(session: Session, campaign: UUID | str, *, by: str, content_hash: str | None = None) -> Campaign:
    """A person has seen what the newest version would send, and lets it go live.

    `content_hash`: of the version they saw, or its first digits, eight at least.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is over, or it changed since it was seen.
        InvalidValueError: nobody is named, or too few digits.
    """
    if not by.strip():
        raise InvalidValueError("by", "say who approves.")
    if content_hash is not None and len(content_hash) < SHORTEST_HASH:
        raise InvalidValueError("content_hash", f"give {SHORTEST_HASH} digits at least, as the preview shows them.")
    found = await _locked(session, campaign, {"draft", "active", "paused"}, "be approved")
    if content_hash is not None and not found.content_hash.startswith(content_hash.lower()):
        raise CampaignStateError(f"Campaign {found.name} changed since it was previewed; look at version {found.number} and approve that.")
    params = {"id": found.id, "content_hash": found.content_hash, "by": by, "now": session.now()}
    await session.affect("campaigns.campaigns.approve_preview", params)
    return await find_campaign(session, found.id)


async def start(session: Session, campaign: UUID | str, *, live: bool = False) -> Started:
    """Begin: as a dry run on the console, or, after its preview was approved, live. Its audience is enrolled.

    Started again, it enrols who has come into its audience since. Going live ends its dry run.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is paused or over, live already, or the preview of its newest version is not approved.
        DefinitionError: the workspace lacks what it needs.
    """
    found = await _locked(session, campaign, {"draft", "active"}, "be started")
    definition = await load_version(session, found.version_id)
    refuse(found.name, await requirements(session, definition))
    if live:
        if not found.is_preview_approved:
            cure = f"look at `campaign preview {found.name}`, then `campaign approve {found.name}`"
            what = f"Campaign {found.name} goes live only after somebody approved the preview of version {found.number}"
            raise CampaignStateError(f"{what}: {cure}.")
        refuse(found.name, live_requirements(await usable_senders(session, definition)))
        if not found.is_live:
            await _end_all(session, found, "dry_run_over", dry_only=True)
    elif found.is_live:
        raise CampaignStateError(f"Campaign {found.name} is live; start it live again, or pause it.")
    await _move(session, found, "active", is_live=live)
    return await enrol_audience(session, found.id)


async def enrol_audience(session: Session, campaign: UUID | str) -> Started:
    """Enrol who is in the audience of an active campaign and not in the campaign yet.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is not active.
    """
    found = await _locked(session, campaign, {"active"}, "take people")
    definition = await load_version(session, found.version_in_force)
    version = Version(found.id, found.version_in_force, definition)
    selection = await choose(session, definition, session.now(), is_live=found.is_live)
    newcomers = [Newcomer(person.contact_id, person.rank) for person in selection.chosen]
    enrolled = 0
    for place in range(0, len(newcomers), _AT_ONCE):
        part = newcomers[place : place + _AT_ONCE]
        enrolled += len(await enrol(session, version, part, session.now(), is_live=found.is_live))
    return Started(campaign=found, enrolled=enrolled, left_out=selection.reasons)


async def pause(session: Session, campaign: UUID | str) -> int:
    """Stop after the calls in flight; planned steps are withdrawn. Gives how many people paused.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is not active.
    """
    found = await _locked(session, campaign, {"active"}, "be paused")
    await _move(session, found, "paused")
    return await session.affect("campaigns.campaigns.pause", {"id": found.id, "now": session.now()})


async def resume(session: Session, campaign: UUID | str) -> int:
    """Go on after a pause: what was due meanwhile is due now, within caps and gaps. Gives how many people go on.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is not paused.
    """
    found = await _locked(session, campaign, {"paused"}, "be resumed")
    await _move(session, found, "active")
    return await session.affect("campaigns.campaigns.resume", {"id": found.id, "now": session.now()})


async def cancel(session: Session, campaign: UUID | str) -> int:
    """End it for everybody, for good: what is planned is withdrawn, tasks and approvals are closed. Gives how many people ended.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is over already.
    """
    found = await _locked(session, campaign, {"draft", "active", "paused"}, "be cancelled")
    await _move(session, found, "cancelled")
    return await _end_all(session, found, "cancelled", dry_only=False)


async def finish(session: Session, campaign: UUID | str) -> None:
    """Close a campaign whose people have all come to an end.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is not active, or somebody is still under way.
    """
    found = await _locked(session, campaign, {"active", "paused"}, "be finished")
    under_way = (await get_status(session, found.id)).under_way
    if under_way:
        raise CampaignStateError(f"Campaign {found.name} still has people under way: {under_way:,}. Wait for them, or cancel it.")
    await _move(session, found, "finished")


async def _locked(session: Session, campaign: UUID | str, states: Collection[str], what: str) -> Campaign:
    """The campaign, nobody else's until the transaction ends, in one of these states."""
    known = await find_campaign(session, campaign)
    await session.value("campaigns.campaigns.lock_by_id", {"id": known.id})
    found = await find_campaign(session, known.id)
    if found.status not in states:
        allowed = " or ".join(sorted(states))
        raise CampaignStateError(f"Campaign {found.name} is {found.status} and cannot {what}; it has to be {allowed}.")
    return found


async def _move(session: Session, campaign: Campaign, status: str, *, is_live: bool | None = None) -> None:
    params: dict[str, Any] = {"id": campaign.id, "status": status, "is_live": is_live, "now": session.now()}
    await session.affect("campaigns.campaigns.move", params)


async def _end_all(session: Session, campaign: Campaign, reason: str, *, dry_only: bool) -> int:
    params = {"id": campaign.id, "reason": reason, "dry_only": dry_only, "now": session.now()}
    return await session.affect("campaigns.campaigns.end_all", params)
