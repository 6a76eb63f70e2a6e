"""An audience for people to look at: whom a campaign would take now, by name, and whom it leaves out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.enrolment.audience import choose, named

if TYPE_CHECKING:
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.db import Connectable


class AudiencePerson(Struct, frozen=True, kw_only=True):
    """Somebody of an audience. `rank`: their place in the order of their account, 1 the first; or `reason`: why they are left out."""

    contact_id: UUID
    name: str
    email: str | None
    title: str | None
    company: str | None
    rank: int | None = None
    reason: str | None = None


class ShownAudience(Struct, frozen=True, kw_only=True):
    """How many a campaign takes and leaves out, for which reasons; the first of each by name, as `Excluded` has the reasons."""

    campaign: str
    takes: int
    leaves_out: int
    reasons: dict[str, int]
    chosen: list[AudiencePerson]
    excluded: list[AudiencePerson]


async def show_audience(
    db: Connectable, definition: CampaignDefinition, *, limit: int, skip: int = 0, reason: str | None = None
) -> ShownAudience:
    """Whom a campaign would take now, and whom it leaves out; at most `limit` of each by name. Nothing is changed.

    `skip`: how many of each come before them. `reason`: by name only those who are left out for this one.

    Raises:
        InvalidValueError: what stands in a list of companies or contacts names none.
    """
    selection = await choose(db, definition, db.now())
    left_out = [person for person in selection.excluded if reason in {None, person.reason}]
    ranks = {person.contact_id: person.rank for person in selection.chosen[skip : skip + limit]}
    reasons = {person.contact_id: person.reason for person in left_out[skip : skip + limit]}
    known = await named(db, [*ranks, *reasons])

    def shown(contact_id: UUID) -> AudiencePerson:
        one = known[contact_id]
        return AudiencePerson(
            contact_id=contact_id,
            name=one.name,
            email=one.email,
            title=one.title,
            company=one.company,
            rank=ranks.get(contact_id),
            reason=reasons.get(contact_id),
        )

    return ShownAudience(
        campaign=definition.name,
        takes=len(selection.chosen),
        leaves_out=len(selection.excluded),
        reasons=selection.reasons,
        chosen=[shown(one) for one in ranks],
        excluded=[shown(one) for one in reasons],
    )
