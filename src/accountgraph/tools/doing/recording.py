"""Writing down what happened and what was found out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from accountgraph.errors import InvalidValueError
from accountgraph.models import Contact
from accountgraph.store.consents import without_nul
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.tools.answers import Learned, Recorded
from accountgraph.tools.untrusted import name_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.models import Company

LONGEST_TEXT = 20_000
LONGEST_FACT = 2000
MOST_FACTS = 20
_FACT = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OURS = frozenset({"sources", "timezone"})  # whose hours are kept is not an agent's to say

Happening = Literal["call", "meeting", "note"]


async def record(
    session: Session, agent: str, person: Contact, what: Happening, text: str, *, at: datetime | None, minutes: int | None
) -> Recorded:
    """A call or a meeting becomes a touchpoint of the latest conversation, a note part of what is known there.

    Raises:
        InvalidValueError: no text, a time to come, or a note without a conversation.
    """
    without_nul(("text", text))
    words = text.strip()
    if not words or len(words) > LONGEST_TEXT:
        raise InvalidValueError("text", f"has to have 1 to {LONGEST_TEXT:,} characters.")
    now = session.now()
    if at is not None and (at.tzinfo is None or at > now):
        raise InvalidValueError("at", "has to have an offset, such as +00:00, and to be past; leave it out for now.")
    talks = ConversationRepository(session)
    talk: UUID | None = await session.value("agents.accounts.talk", {"contact_id": person.id})
    if what == "note":
        if talk is None:
            raise InvalidValueError(
                "what", f"there is no conversation with {name_line(person.name)} to note it in; keep it with `learn` instead."
            )
        await talks.update_conversation_context(talk, {"notes": [f"{now:%Y-%m-%d} {agent}: {words}"]})
        return Recorded(text=f"Noted in the conversation with {name_line(person.name)}.", conversation_id=str(talk), touchpoint_id=None)
    if talk is None:
        talk = (await talks.create_conversation(person.id)).id
    row = {
        "conversation_id": talk,
        "channel": what,
        "content": words,
        "sent_at": at or now,
        "call_duration_seconds": minutes * 60 if minutes is not None else None,
        "metadata": {"recorded_by": f"agent {agent}"},
    }
    made = await TouchpointRepository(session).create_touchpoint(row)
    return Recorded(text=f"A {what} with {name_line(person.name)} is recorded.", conversation_id=str(talk), touchpoint_id=str(made.id))


async def learn(session: Session, agent: str, about: Contact | Company, facts: Mapping[str, str], source: str) -> Learned:
    """Keep facts among the research of a person or an account, each with where it is from.

    Raises:
        InvalidValueError: no source, no fact, too many, or a name or value that cannot be.
    """
    checked_facts = _facts(facts)
    if not source.strip() or len(source) > LONGEST_FACT:
        raise InvalidValueError("source", "say where it is from: a web address, a document, who said it.")
    without_nul(("source", source))
    now = session.now()
    from_ = {name: {"from": source.strip(), "by": f"agent {agent}", "at": now} for name in checked_facts}
    table = "contact" if isinstance(about, Contact) else "company"
    params = {"id": about.id, "facts": _json(checked_facts), "sources": _json(from_), "now": now}
    await session.value(f"agents.accounts.learn_{table}", params)
    names = sorted(checked_facts)
    return Learned(text=f"Kept about {name_line(about.name)}: {', '.join(names)}.", about_id=str(about.id), names=names)


def _facts(facts: Mapping[str, str]) -> dict[str, str]:
    if not 1 <= len(facts) <= MOST_FACTS:
        raise InvalidValueError("facts", f"give 1 to {MOST_FACTS}.")
    kept = {}
    for name, value in facts.items():
        if name in _OURS:
            raise InvalidValueError(f"facts.{name}", "is kept by people; choose another name, or ask one of them.")
        if not _FACT.fullmatch(name):
            raise InvalidValueError(f"facts.{name}", "cannot be a name; use a-z, 0-9 and _, such as uses_kubernetes.")
        without_nul((f"facts.{name}", value))
        if not value.strip() or len(value) > LONGEST_FACT:
            raise InvalidValueError(f"facts.{name}", f"has to have 1 to {LONGEST_FACT:,} characters.")
        kept[name] = value.strip()
    return kept


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
