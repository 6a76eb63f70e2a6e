"""Consents and other grounds: on what basis somebody may be written to, where the law asks for one."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accountgraph.access import Permission
from accountgraph.addresses import email_key
from accountgraph.dashboard import reading
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.enums import Channel, ConsentBasis
from accountgraph.errors import MissingReferenceError
from accountgraph.listing import page_consents, page_contacts
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.suppressions import Suppressed

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROWS = 50


async def consents_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    basis, channel, after = visit.asked("basis"), visit.asked("channel"), visit.asked("after")
    found = await page_consents(visit.db, basis=basis, channel=channel if basis else None, sort="-captured_at", limit=ROWS, after=after)
    ids = list({one.contact_id for one in found.items})
    people = await visit.db.rows(Suppressed, "suppressions.people", {"ids": ids}) if ids else []
    kept = {"basis": basis, "channel": channel, "after": found.next}
    return drawn(
        visit,
        "permissions/consents",
        "Consents",
        "consents",
        typed,
        found=found.items,
        people={one.id: one.words for one in people},
        basis=basis,
        channel=channel,
        after=after,
        following=f"?{urlencode({name: value for name, value in kept.items() if value})}" if found.next else None,
        bases=[(one, str(one).replace("_", " ")) for one in ConsentBasis],
        channels=[(one, str(one)) for one in Channel],
    )


async def record(visit: Visit, form: Form) -> Done:
    """Write down that somebody may be written to."""
    contact_id = form.id("contact_id") if form.get("contact_id") else await _person(visit, form)
    consent = await ConsentRepository(visit.db).record_consent(
        contact_id,
        form.get("channel"),
        form.get("basis"),
        wording=form.text("wording"),
        evidence=form.text("evidence"),
        captured_at=reading.moment("captured_at", form.get("captured_at"), UTC),
    )
    undo = Undo(to(visit, "consents/revoke"), {"contact_id": str(contact_id), "channel": consent.channel})
    return Done(f"It is on record for {consent.channel}.", to=to(visit, "consents"), undo=undo)


async def revoke(visit: Visit, form: Form) -> Done:
    """End somebody's consents on a channel; the record of them stays."""
    contact_id, channel = form.id("contact_id"), form.get("channel")
    ended = await ConsentRepository(visit.db).revoke_consent(contact_id, channel)
    if not ended:
        return Done("Nothing stood there any more.", to=to(visit, "consents"))
    first = ended[0]
    texts = {"wording": first.wording or "", "evidence": first.evidence or ""}
    fields = {
        "contact_id": str(contact_id),
        "channel": channel,
        "basis": first.basis,
        "captured_at": first.captured_at.isoformat(),
        **texts,
    }
    undo = Undo(to(visit, "consents"), fields) if len(ended) == 1 else None
    return Done("It is revoked, and stays on record as that.", to=to(visit, "consents"), undo=undo)


async def _person(visit: Visit, form: Form) -> UUID:
    email = email_key(form.required("email", "the person's address."))
    found = await page_contacts(visit.db, email=email, limit=1)
    if not found.items:
        raise MissingReferenceError("email", f"nobody here has the address {email}; add the person first.")
    return found.items[0].id


WAYS = (
    shows("consents", Permission.SUPPRESSIONS_READ, consents_page),
    does("consents", Permission.SUPPRESSIONS_WRITE, record, consents_page),
    does("consents/revoke", Permission.SUPPRESSIONS_WRITE, revoke),
)
