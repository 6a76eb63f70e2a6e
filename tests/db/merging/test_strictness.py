"""Whoever could not be written to before a merge, on either side, cannot be after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from accountgraph.merging import merge_contacts
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.db.merging.people import DROP, KEEP

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database, Session

CHANNELS = ("email", "sms", "call", "mail")
TOPICS = ("news", "events")


class Shut(Struct, frozen=True):
    """Why a person may not be written to."""

    what: str
    detail: str


SIDE = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["active", "active", "unsubscribed", "bounced", "invalid"]),
        "do_not_contact": st.booleans(),
        "do_not_reference": st.booleans(),
        "has_phone": st.booleans(),
        "has_email": st.booleans(),
        "person": st.lists(st.sampled_from(["all", *CHANNELS]), max_size=2, unique=True),
        "address": st.lists(st.sampled_from(["all", *CHANNELS]), max_size=2, unique=True),
        "domain": st.lists(st.sampled_from(["all", "email"]), max_size=1),
        "number": st.booleans(),
        "agreed": st.lists(st.sampled_from(CHANNELS), max_size=2, unique=True),
        "revoked": st.lists(st.sampled_from(CHANNELS), max_size=2, unique=True),
        "topics": st.lists(st.sampled_from(TOPICS), unique=True),
        "hold": st.sampled_from([None, "leave", "manual"]),
    }
)


async def one_side(session: Session, who: UUID, name: str, side: dict[str, Any]) -> None:
    address, phone = f"jo@{name}.test", f"+49 30 55500{len(name)}{ord(name[0])}"
    await ContactRepository(session).create_contact(
        {
            "id": who,
            "first_name": "Jo",
            "email": address if side["has_email"] else None,
            "phone": phone if side["has_phone"] else None,
            "status": side["status"],
            "communication_preferences": {"do_not_contact": side["do_not_contact"], "do_not_reference": side["do_not_reference"]},
        }
    )
    suppressions, consents = SuppressionRepository(session), ConsentRepository(session)
    for channel in side["person"]:
        await suppressions.suppress(contact_id=who, channel=channel)
    for channel in side["address"]:
        await suppressions.suppress(address=address, channel=channel)
    for channel in side["domain"]:
        await suppressions.suppress(domain=f"{name}.test", channel=channel)
    if side["number"]:
        await suppressions.suppress_number(phone)
    for channel in side["agreed"]:
        await consents.record_consent(who, channel, "consent")
    for channel in side["revoked"]:
        await consents.record_consent(who, channel, "consent")
        await consents.revoke_consent(who, channel)
    for topic in side["topics"]:
        await session.execute("INSERT INTO topics (key, name) VALUES (%(topic)s, %(topic)s) ON CONFLICT DO NOTHING", {"topic": topic})
        await session.execute("INSERT INTO topic_refusals (contact_id, topic) VALUES (%(who)s, %(topic)s)", {"who": who, "topic": topic})
    if side["hold"]:
        statement = "INSERT INTO holds (scope, contact_id, reason) VALUES ('contact', %(who)s, %(reason)s)"
        await session.execute(statement, {"who": who, "reason": side["hold"]})


async def shut(session: Session, who: UUID) -> set[Shut]:
    """All that keeps us from writing to somebody, as the engine asks for it."""
    contact = await ContactRepository(session).get_contact_by_id(who)
    assert contact is not None
    reasons = {Shut("status", "")} if contact.status != "active" else set()
    for wish in ("do_not_contact", "do_not_reference"):
        reasons |= {Shut(wish, "")} if getattr(contact.communication_preferences, wish) else set()
    for channel in CHANNELS:
        if await SuppressionRepository(session).is_suppressed(who, channel):
            reasons.add(Shut("suppressed", channel))
        consents = await ConsentRepository(session).get_consents(who, channel, include_revoked=True)
        if consents and all(one.revoked_at for one in consents):
            reasons.add(Shut("revoked", channel))
    found = await session.rows(Shut, "merging.contacts.strictness", {"keep": who, "drop": who, "now": session.now()})
    return reasons | {Shut(one.what, one.detail) for one in found if one.what in {"topic", "held"}}


class _UndoneError(Exception):
    """Nothing of an example is kept."""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=SIDE, dropped=SIDE, take=st.lists(st.sampled_from(["email", "phone", "first_name"]), unique=True))
async def test_whoever_could_not_be_written_to_cannot_after(db: Database, kept: Any, dropped: Any, take: list[str]) -> None:
    with pytest.raises(_UndoneError):  # noqa: PT012 - the transaction is the block
        async with db.transaction() as session:
            await one_side(session, KEEP, "keep", kept)
            await one_side(session, DROP, "drop", dropped)
            before = await shut(session, KEEP) | await shut(session, DROP)
            await merge_contacts(session, KEEP, DROP, take=take)
            missing = before - await shut(session, KEEP)
            assert not missing, missing
            raise _UndoneError
