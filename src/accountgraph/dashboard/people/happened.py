"""What happened is written down: a call, a meeting, a message by hand, a note; and how campaigns go on with the person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accountgraph.campaigns.desk.talks import Talk, record_talk, remember
from accountgraph.campaigns.reach import reach_of
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.enrolled import get_enrolment, pause_enrolment, remove_enrolment, resume_enrolment
from accountgraph.dashboard import reading
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.people.wishes import person_of
from accountgraph.dashboard.words import plain
from accountgraph.enums import Channel, Direction
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.given import member, optional_member

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

NOTE = "note"
_MINUTES = 24 * 60  # that a talk takes at most
_EFFECTS = 3  # that are told


async def record(visit: Visit, form: Form) -> Done:
    """Write down what happened. `at` and `until` are times where the person is; `kind` is a channel, or a note."""
    contact_id = visit.id_in_path("contact_id", "person")
    person = await person_of(visit.db, contact_id)
    path = f"{visit.base}/people/{person.id}"
    by, now = visit.principal.name, visit.now
    if form.get("kind") == NOTE:
        text = form.text("text") or ""
        await visit.db.run(lambda session: remember(session, person.id, text, by=by, now=now))
        return Done("Noted. It stands with what the conversation has taught.", to=path)
    zone = (await reach_of(visit.db, person.id, now)).zone
    talk = _talk(form, person.id, by, zone)
    kept = await visit.db.run(lambda session: record_talk(session, talk, now))
    effects = f" {'. '.join(one[:1].upper() + one[1:] for one in kept.effects[:_EFFECTS])}." if kept.effects else ""
    return Done(f"Written down: {plain(talk.channel)} with {person.name}.{effects}", to=f"{path}#history")


async def steer(visit: Visit, form: Form) -> Done:
    """Pause somebody's way through a campaign, let them go on, or take them out for good. `do`: pause, resume or remove."""
    person = await person_of(visit.db, visit.id_in_path("contact_id", "person"))
    enrolment, now, do = form.id("id"), visit.now, form.get("do")
    if (await get_enrolment(visit.db, enrolment)).contact_id != person.id:
        raise NotFoundError(f"{person.name} has no such place in a campaign.")
    path = f"{visit.base}/people/{person.id}"
    if do == "pause":
        found = await visit.db.run(lambda session: pause_enrolment(session, enrolment, now))
        undo = Undo(f"{path}/campaigns", {"id": str(enrolment), "do": "resume"})
        return Done(f"{person.name} is paused in {found.campaign}.", to=f"{path}#campaigns", undo=undo)
    if do == "resume":
        found = await visit.db.run(lambda session: resume_enrolment(session, enrolment, now))
        return Done(f"{person.name} goes on in {found.campaign}.", to=f"{path}#campaigns")
    if do == "remove":
        found = await visit.db.run(lambda session: remove_enrolment(session, enrolment, by=visit.principal.name, now=now))
        return Done(f"{person.name} is out of {found.campaign}; what was planned is withdrawn.", to=f"{path}#campaigns")
    raise InvalidValueError("do", "is none of pause, resume, remove.")


def _talk(form: Form, contact_id: UUID, by: str, zone: str) -> Talk:
    minutes = form.number("minutes")
    if minutes is not None and not 0 <= minutes <= _MINUTES:
        raise InvalidValueError("minutes", f"is 0 to {_MINUTES:,}.")
    came = optional_member(SignalKind, "came", form.get("came") or None)
    return Talk(
        contact_id=contact_id,
        by=by,
        channel=Channel(member(Channel, "kind", form.get("kind"))),
        direction=Direction(member(Direction, "direction", form.get("direction") or "outbound")),
        at=reading.moment("at", form.get("at"), ZoneInfo(zone)),
        subject=form.text("subject"),
        text=form.text("text"),
        seconds=minutes * 60 if minutes is not None else None,
        came=SignalKind(came) if came else None,
        until=reading.moment("until", form.get("until"), ZoneInfo(zone)),
    )
