"""Whether somebody may be written to: suppressions, consents and topics, each change with its undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.words import plain
from accountgraph.enums import ConsentBasis
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.listing.beside import suppressions_by_person
from accountgraph.preferences.topics import choose_topics, topics_of
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.db import Connectable, Session
    from accountgraph.models import Contact
    from accountgraph.store.suppressions import Suppression

WHAT = ("person", "address", "number", "domain")
_LONGEST = 10_000  # characters of a note


async def stop(visit: Visit, form: Form) -> Done:
    """Write to somebody no more: the person, or their address, number or its domain; on one channel or on all."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    what, channel = form.get("what") or "person", form.get("channel") or "all"
    asked: dict[str, Any] = {"channel": channel, "reason": form.get("reason") or "manual", "note": _note(form, "note")}
    suppressions = SuppressionRepository(visit.db)
    if what == "number":
        made = await _stop_number(suppressions, person, asked)
    else:
        made = [await suppressions.suppress(**_target(person, what), **asked)]
    where = "on every channel" if channel == "all" else f"by {plain(channel)}"
    whom = {"person": person.name, "address": person.email, "number": person.phone}.get(what) or f"Everybody at {made[0].domain}"
    path = f"{visit.base}/people/{person.id}"
    undo = Undo(f"{path}/stops/remove", {"id": " ".join(str(one.id) for one in made)})
    return Done(f"{whom} is not written to any more {where}.", to=f"{path}#writing", undo=undo)


async def lift(visit: Visit, form: Form) -> Done:
    """Let go what suppresses somebody. `id`: of one suppression or several."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    ids = form_ids(form)

    async def work(session: Session) -> None:
        for one in ids:
            await SuppressionRepository(session).remove_suppression(one)

    known = {one.id: one for one in (await suppressions_by_person(visit.db, [person.id])).get(person.id, [])}
    await visit.db.run(work)
    path = f"{visit.base}/people/{person.id}"
    return Done("The suppression is gone.", to=f"{path}#writing", undo=_again(path, known.get(ids[0])) if len(ids) == 1 else None)


async def consent(visit: Visit, form: Form) -> Done:
    """Write down on what ground somebody may be written to."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    made = await ConsentRepository(visit.db).record_consent(
        person.id,
        form.get("channel"),
        form.get("basis") or ConsentBasis.CONSENT,
        wording=_note(form, "wording"),
        evidence=_note(form, "evidence"),
    )
    path = f"{visit.base}/people/{person.id}"
    undo = Undo(f"{path}/consents/revoke", {"channel": made.channel})
    said = f"It is on record that {person.name} may be written to by {plain(made.channel)}: {plain(made.basis)}."
    return Done(said, to=f"{path}#consents", undo=undo)


async def revoke(visit: Visit, form: Form) -> Done:
    """End what stands on a channel; the record of it stays."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    ended = await ConsentRepository(visit.db).revoke_consent(person.id, form.required("channel", "say on which channel."))
    path = f"{visit.base}/people/{person.id}"
    if not ended:
        return Done("Nothing stood there any more.", to=f"{path}#consents")
    last = ended[0]
    fields = {"channel": last.channel, "basis": last.basis, "wording": last.wording or "", "evidence": last.evidence or ""}
    undo = Undo(f"{path}/consents", fields)
    return Done(f"Revoked: {plain(last.channel)}, {plain(last.basis)}. The record of it stays.", to=f"{path}#consents", undo=undo)


async def topics(visit: Visit, form: Form) -> Done:
    """What somebody wants to hear about, as they told one of us."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    before = [one.key for one in await topics_of(visit.db, person.id) if one.is_on]
    wanted = [key for value in form.all("on") for key in value.split()]
    await visit.db.run(lambda session: choose_topics(session, person.id, wanted, visit.now))
    path = f"{visit.base}/people/{person.id}"
    undo = Undo(f"{path}/topics", {"on": " ".join(before)})
    return Done("What they want to hear about is written down.", to=f"{path}#writing", undo=undo)


async def person_of(db: Connectable, contact_id: UUID) -> Contact:
    """The person whose page it is.

    Raises:
        NotFoundError: there is none.
    """
    found = await ContactRepository(db).get_contact_by_id(contact_id)
    if found is None:
        raise NotFoundError(f"There is no person {contact_id}.")
    return found


def form_ids(form: Form) -> list[UUID]:
    """The ids in a field, with spaces between them.

    Raises:
        InvalidValueError: there is none.
    """
    return [type(form)({"id": [one]}).id("id") for one in form.required("id", "choose one of the list.").split()]


async def _stop_number(suppressions: SuppressionRepository, person: Contact, asked: dict[str, Any]) -> list[Suppression]:
    if not person.phone:
        raise InvalidValueError("what", "no number of theirs is known.")
    if asked["channel"] == "all":
        return await suppressions.suppress_number(person.phone, reason=asked["reason"], note=asked["note"])
    return [await suppressions.suppress(phone=person.phone, **asked)]


def _target(person: Contact, what: str) -> dict[str, Any]:
    if what == "person":
        return {"contact_id": person.id}
    if what not in WHAT:
        raise InvalidValueError("what", f"{what[:40]!r} is none of {', '.join(WHAT)}.")
    if not person.email:
        raise InvalidValueError("what", "no e-mail address of theirs is known.")
    return {"address": person.email} if what == "address" else {"domain": person.email.rpartition("@")[2]}


def _again(path: str, gone: Suppression | None) -> Undo | None:
    """What makes a suppression again that was lifted; None where it cannot be told any more."""
    if gone is None:
        return None
    is_number = gone.address is not None and "@" not in gone.address
    what = "person" if gone.contact_id else "domain" if gone.domain else "number" if is_number else "address"
    return Undo(f"{path}/stops", {"what": what, "channel": gone.channel, "reason": gone.reason, "note": gone.note or ""})


def _note(form: Form, name: str) -> str | None:
    text = form.text(name)
    if text is not None and len(text) > _LONGEST:
        raise InvalidValueError(name, f"has {len(text):,} characters; {_LONGEST:,} are kept at most.")
    return text
