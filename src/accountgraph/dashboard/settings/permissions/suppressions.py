"""Suppressions: whom not to write to, searched, added, lifted and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accountgraph.access import Permission
from accountgraph.addresses import phone_key
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.enums import SuppressionReason
from accountgraph.errors import InvalidValueError
from accountgraph.listing import page_suppressions
from accountgraph.store.suppressions import Suppression, SuppressionRepository, people_of

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROWS = 50
CHANNELS = ("all", "email", "sms", "call", "linkedin", "mail", "whatsapp", "meeting")


async def suppressions_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    q, reason, after = visit.asked("q"), visit.asked("reason"), visit.asked("after")
    who = _searched(q)
    found = await page_suppressions(
        visit.db, address=who.get("address"), domain=who.get("domain"), reason=reason, sort="-created_at", limit=ROWS, after=after
    )
    kept = {"q": q, "reason": reason, "after": found.next}
    return drawn(
        visit,
        "permissions/suppressions",
        "Suppressions",
        "suppressions",
        typed,
        found=found.items,
        people=await people_of(visit.db, found.items),
        q=q,
        reason=reason,
        after=after,
        following=f"?{urlencode({name: value for name, value in kept.items() if value})}" if found.next else None,
        reasons=[(one, str(one).replace("_", " ")) for one in SuppressionReason],
        channels=[(one, "every channel" if one == "all" else one) for one in CHANNELS],
        restored=_fields,
    )


async def add(visit: Visit, form: Form) -> Done:
    """Write to somebody no more, from this moment on."""
    repository = SuppressionRepository(visit.db)
    contact_id = form.id("contact_id") if form.get("contact_id") else None
    target = {} if contact_id else target_of(form.get("target"))
    channel, reason, note = form.get("channel") or "all", form.get("reason") or "manual", form.text("note")
    if "phone" in target and channel == "all":
        made = await repository.suppress_number(target["phone"], reason=reason, note=note)
    else:
        made = [await repository.suppress(**target, contact_id=contact_id, channel=channel, reason=reason, note=note)]
    undo = Undo(to(visit, f"suppressions/{made[0].id}/lift")) if len(made) == 1 else None
    return Done(f"{_whom(made[0])} is not written to any more.", to=to(visit, "suppressions"), undo=undo)


async def lift(visit: Visit, form: Form) -> Done:
    """They may be written to again, as far as nothing else stands against it."""
    await SuppressionRepository(visit.db).remove_suppression(visit.id_in_path("suppression_id", "suppression"))
    fields = {name: value for name in ("target", "contact_id", "channel", "reason", "note") if (value := form.text(name))}
    undo = Undo(to(visit, "suppressions"), fields) if "target" in fields or "contact_id" in fields else None
    return Done("The suppression is lifted. What else stands against writing to them still does.", to=to(visit, "suppressions"), undo=undo)


def target_of(said: str) -> dict[str, str]:
    """Whom a text means: an address, a number, or else a domain.

    Raises:
        InvalidValueError: it is empty.
    """
    text = said.strip()
    if not text:
        raise InvalidValueError("target", "write an address, a number, or a domain.")
    if "@" in text.strip("@"):
        return {"address": text}
    return {"phone": text} if text[0] in "+0(" else {"domain": text.lstrip("@")}


def _searched(q: str | None) -> dict[str, str]:
    if not q:
        return {}
    target = target_of(q[:320])
    if "phone" in target:
        return {"address": phone_key(target["phone"])}
    return target


def _fields(one: Suppression) -> dict[str, str]:
    """What a form says of a suppression, so that it can be put back."""
    target = one.address or one.domain
    whole = {
        "target": target,
        "contact_id": None if target else _id(one.contact_id),
        "channel": one.channel,
        "reason": one.reason,
        "note": one.note,
    }
    return {name: value for name, value in whole.items() if value}


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _whom(one: Suppression) -> str:
    return one.address or (f"Everybody at {one.domain}" if one.domain else "This person")


WAYS = (
    shows("suppressions", Permission.SUPPRESSIONS_READ, suppressions_page),
    does("suppressions", Permission.SUPPRESSIONS_WRITE, add, suppressions_page),
    does("suppressions/{suppression_id}/lift", Permission.SUPPRESSIONS_WRITE, lift),
)
