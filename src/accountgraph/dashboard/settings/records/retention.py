"""How long each kind is kept; and what one person may ask for: all that is known of them, and to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.addresses import email_key
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.people.privacy import as_file, erased
from accountgraph.dashboard.settings.room import NOTHING, Typed, does, drawn, shows, to
from accountgraph.errors import InvalidValueError
from accountgraph.privacy import Retained, apply_retention, erase_person, export_person, get_retention, set_retention
from accountgraph.privacy.retention import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def retention_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    return await _page(visit, typed)


async def _page(visit: Visit, typed: Typed, counted: Sequence[Retained] | None = None) -> Response:
    rules = await get_retention(visit.db)
    old = {one.kind: one.rows for one in counted or ()}
    return drawn(
        visit, "records/retention", "Retention", "retention", typed, rules=rules, words=KINDS, old=old, is_counted=counted is not None
    )


async def change(visit: Visit, form: Form) -> Done:
    """Keep a kind for so many days."""
    kind, days = visit.request.path_params["kind"], form.number("days")
    before = next((one.days for one in await get_retention(visit.db) if one.kind == kind), None)
    rule = await set_retention(visit.db, kind, days)
    said = "for ever" if rule.days is None else f"for {rule.days} days"
    undo = Undo(to(visit, f"retention/{kind}"), {"days": "" if before is None else str(before)})
    return Done(
        f"{kind.replace('_', ' ').capitalize()} are kept {said}. What is older goes the next night.", to=to(visit, "retention"), undo=undo
    )


async def count(visit: Visit, form: Form) -> Response:
    """What would go tonight; nothing goes."""
    del form
    return await _page(visit, NOTHING, await apply_retention(visit.db, visit.now, dry_run=True))


async def export(visit: Visit, form: Form) -> Response:
    """All that is known of a person, as a file of JSON."""
    found = await export_person(visit.db, email=email_key(form.required("email", "the person's address.")))
    return as_file(found, f"person {visit.now:%Y-%m-%d}.json")


async def erase(visit: Visit, form: Form) -> Done:
    """Erase a person. It cannot be undone, so the address is written twice."""
    email = email_key(form.required("email", "the person's address."))
    if form.get("email_again").casefold() != form.get("email").casefold():
        raise InvalidValueError("email_again", "is another address; write the same twice, for this cannot be undone.")
    report = await erase_person(visit.db, email=email, by=visit.principal.name)
    return Done(f"{erased(report)} Not reached: {'; '.join(report.not_reached)}", to=to(visit, "retention"))


WAYS = (
    shows("retention", Permission.SETTINGS_READ, retention_page),
    does("retention/count", Permission.SETTINGS_WRITE, count),
    does("retention/{kind}", Permission.SETTINGS_WRITE, change, retention_page),
    does("privacy/export", Permission.PRIVACY_EXPORT, export, retention_page),
    does("privacy/erase", Permission.PRIVACY_ERASE, erase, retention_page),
)
