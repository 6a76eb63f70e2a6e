"""The four answers as a good programmer writes them for one screen: one SQL statement and a little Python each.

The same facts in the same types (what psycopg gives for a row: UUIDs, datetimes), put together the short way: no limits,
no words in `why`, names without care for missing parts.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict
from uuid import UUID

import msgspec
import psycopg

from accountgraph.graph.answers import CompanyFacts, ConversationFacts, TouchpointFacts
from accountgraph.models import Contact

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_PARTS = re.split(r"^-- name: (\w+)$", (Path(__file__).parent / "answers.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
SQL = {name: text.strip().removesuffix(";").encode() for name, text in zip(_PARTS[::2], _PARTS[1::2], strict=True)}
STRENGTH = {"weak": 10, "medium": 20, "strong": 30}
SENIORITY = {"c-level": 20, "vp": 15, "director": 12, "manager": 8}


class Scored(Contact, frozen=True, kw_only=True):
    """A contact with what its score is computed from."""

    engagement_light: float | None
    engagement_deep: float | None


class Edge(TypedDict):
    id: UUID
    relationship_type: str
    strength: str
    confidence_score: Decimal
    contact_id_1: UUID
    contact_id_2: UUID


class End(TypedDict):
    id: UUID
    name: str
    title: str | None
    role: str | None


class Overview(TypedDict):
    company: CompanyFacts
    contacts: list[Scored] | None
    conversations: list[ConversationFacts] | None
    relationships: list[Edge] | None
    others: list[End] | None
    recent_touchpoints: list[TouchpointFacts] | None


class Target(TypedDict):
    contact: Scored
    type: str
    strength: str
    has_active_conversation: bool


class Expansion(TypedDict):
    primary: dict[str, Any]
    targets: list[Target] | None


class Context(TypedDict):
    contact: Scored
    company: CompanyFacts | None
    conversations: list[ConversationFacts] | None
    recent_touchpoints: list[TouchpointFacts] | None
    metrics: dict[str, Any]
    relationships: list[dict[str, Any]] | None


DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "overview": msgspec.json.Decoder(Overview),
    "expansion": msgspec.json.Decoder(Expansion),
    "context": msgspec.json.Decoder(Context),
    "health": msgspec.json.Decoder(dict[str, Any]),
}


async def _asked(connection: Connection, name: str, key: UUID) -> Any:  # noqa: ANN401 - what its decoder gives
    row = await (await connection.execute(SQL[name], {"id": key})).fetchone()
    assert row is not None
    return DECODERS[name].decode(row[0])


async def overview(connection: Connection, company: UUID) -> dict[str, Any]:
    found: Overview = await _asked(connection, "overview", company)
    contacts, talks = found["contacts"] or [], found["conversations"] or []
    of_contact = defaultdict(list)
    for talk in talks:
        of_contact[talk["contact_id"]].append(talk)
    people = {contact.id: {"contact": contact, "score": _score(contact), "conversations": of_contact[contact.id]} for contact in contacts}
    active = [talk for talk in talks if talk["status"] == "active"]
    ends = {end["id"]: end for end in found["others"] or []}
    for contact in contacts:
        name = f"{contact.first_name} {contact.last_name}"
        ends[contact.id] = {"id": contact.id, "name": name, "title": contact.title, "role": contact.role}
    edges = found["relationships"] or []
    drawn = [{"edge": edge, "contact_1": ends[edge["contact_id_1"]], "contact_2": ends[edge["contact_id_2"]]} for edge in edges]
    summary = {
        "total_contacts": len(contacts),
        "decision_makers": sum(contact.is_decision_maker for contact in contacts),
        "primary_contacts": sum(contact.is_primary_contact for contact in contacts),
        "total_relationships": len(edges),
        "active_conversations": len(active),
        "total_conversations": len(talks),
    }
    return {**found, "contacts": people, "relationships": drawn, "active_conversations": active, "summary": summary}


async def expansion(connection: Connection, contact: UUID) -> list[dict[str, Any]]:
    found: Expansion = await _asked(connection, "expansion", contact)
    targets = []
    for target in found["targets"] or []:
        person = target["contact"]
        score = _score(person)
        points = STRENGTH[target["strength"]] + SENIORITY.get(person.seniority_level or "", 5) + 15 * score / 100
        points += 25 if person.is_decision_maker else 20 if person.is_champion else 0
        points *= 0.5 if target["has_active_conversation"] else 1
        points += 0 if person.total_touchpoints else 10
        targets.append({**target, "priority_score": points, "engagement_score": score, "primary": found["primary"]})
    return sorted(targets, key=lambda target: -target["priority_score"])


async def context(connection: Connection, contact: UUID) -> dict[str, Any]:
    found: Context = await _asked(connection, "context", contact)
    metrics = found["metrics"]
    sent = metrics["emails_sent"] or 1
    for kind in ("opened", "clicked", "replied"):
        metrics[f"{kind}_rate"] = 100 * metrics[f"emails_{kind}"] / sent
        metrics[f"human_{kind}_rate"] = 100 * metrics[f"human_{kind}"] / sent
    people = [person for person in found["relationships"] or [] if person["do_not_reference"] != "true"]
    colleagues = [person for person in people if person["relationship_type"] == "colleagues"]
    network = [person for person in people if person["relationship_type"] != "colleagues"]
    return {**found, "engagement_score": _score(found["contact"]), "colleagues": colleagues, "network": network}


async def health(connection: Connection, company: UUID) -> dict[str, Any]:
    found = await _asked(connection, "health", company)
    people = [contact for contact in found["contacts"] or [] if contact["status"] == "active"]
    scores = sorted(
        (0 if person["engagement_excluded"] else _score_of(person["engagement_light"], person["engagement_deep"]) for person in people),
        reverse=True,
    )
    edges = {edge for contact in found["contacts"] or [] for edge in contact["edges"]}
    most = min(len(people), 5) or 1
    deciding = [person for person in people if person["is_decision_maker"]]
    total = 40 * sum(scores[:most]) / most / 100 + 30 * min(1, found["active_conversations"] / most)
    total += 20 * min(1, len(edges) / most) + (10 if deciding else 0)
    idle = [person for person in people if not person["is_talking"] and person["do_not_contact"] != "true"]
    alone = [person for person in people if not person["edges"]]
    return {
        "total_score": round(total, 2),
        "decision_makers": len(deciding),
        "idle": idle[:3],
        "unconnected": alone[:3],
        "contacts": len(people),
    }


def _score(contact: Scored) -> int:
    return _score_of(contact.engagement_light, contact.engagement_deep)


def _score_of(light: float | None, deep: float | None) -> int:
    days = datetime.now(UTC).timestamp() / 86400
    points = 0.0
    for state, half_life in ((light, 14), (deep, 90)):
        if state is not None:
            points += math.exp(max(state - math.log(2) / half_life * days, -700))
    return round(100 * (1 - math.exp(-points / 15)))
