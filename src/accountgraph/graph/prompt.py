"""The context of a contact as compact text for a prompt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.enums import RelationshipType
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.graph.answers import Acquaintance, ConversationContext, RecentTouchpoint

_LEAST = 200
_CUT = "\n[cut]"


def as_prompt(context: ConversationContext, max_chars: int = 8000) -> str:
    """The context as text of at most `max_chars` characters (200 or more).

    The same context always gives the same text. What matters most comes first, so that a cut takes
    the least: the contact, the company, the latest conversation, engagement, relationships, then
    the messages, the newest first. A cut falls between lines and is marked `[cut]`.
    """
    if max_chars < _LEAST:
        raise InvalidValueError("max_chars", f"must be {_LEAST} or more.")
    lines = [
        *_contact(context),
        *_company(context),
        *_conversations(context),
        *_engagement(context),
        *_people(context),
        *_messages(context),
    ]
    return _fitted(lines, max_chars)


def _contact(context: ConversationContext) -> list[str]:
    contact = context["contact"]
    preferences = msgspec.to_builtins(contact.communication_preferences)
    flags = [name for name in ("decision_maker", "champion", "primary_contact") if getattr(contact, f"is_{name}")]
    return [
        "CONTACT",
        *_facts(
            name=contact.name,
            title=contact.title,
            role=contact.role,
            department=contact.department,
            seniority=contact.seniority_level,
            standing=", ".join(flags).replace("_", " "),
            status=None if contact.status == "active" else contact.status,
            interests=", ".join(contact.interests),
            preferences=preferences,
            research=contact.research_data,
        ),
    ]


def _company(context: ConversationContext) -> list[str]:
    company = context["company"]
    if company is None:
        return []
    facts = {name: company[name] for name in ("name", "domain", "industry", "size")}
    return ["COMPANY", *_facts(**facts, tier=company["account_tier"], status=company["account_status"], research=company["research_data"])]


def _conversations(context: ConversationContext) -> list[str]:
    talks = context["conversations"]
    latest = talks["latest"]
    if latest is None:
        return ["CONVERSATIONS", "none yet"]
    return [
        "CONVERSATIONS",
        *_facts(
            count=f"{talks['active']} active of {talks['total']}",
            latest=f"{latest['status']}, started {_day(latest['started_at'])}, {latest['touchpoint_count']} touchpoints",
            tier=latest["qualification_tier"],
            campaign=latest["campaign_name"],
            **talks["latest_context"],
        ),
    ]


def _engagement(context: ConversationContext) -> list[str]:
    facts = context["engagement"]
    metrics = facts["metrics"]
    human = f"{metrics['human_opened']} opened, {metrics['human_clicked']} clicked, {metrics['human_replied']} replied"
    return [
        "ENGAGEMENT",
        *_facts(
            score=f"{facts['engagement_score']} of 100",
            emails=f"{metrics['emails_sent']} sent; by a person: {human}",
            last_touchpoint=_day(facts["last_touchpoint_at"]),
            last_response=_day(facts["last_response_at"]),
            last_act=_day(facts["last_engaged_at"]),
        ),
    ]


# How somebody stands to the contact: where the edge reads from the contact to them, and the other way round.
_STANDS: dict[RelationshipType, tuple[str, str]] = {
    RelationshipType.COLLEAGUES: ("colleague", "colleague"),
    RelationshipType.COLLABORATORS: ("collaborator", "collaborator"),
    RelationshipType.MANAGER_OF: ("reports to this contact", "manages this contact"),
    RelationshipType.REPORTS_TO: ("manages this contact", "reports to this contact"),
    RelationshipType.MENTOR_MENTEE: ("mentored by this contact", "mentors this contact"),
    RelationshipType.REFERRAL: ("referred by this contact", "referred this contact"),
    RelationshipType.INTRODUCED_BY: ("introduced this contact", "introduced by this contact"),
}


def _people(context: ConversationContext) -> list[str]:
    related = context["relationships"]
    if related is None:
        return []
    return ["RELATIONSHIPS", *[_person(person) for person in [*related["colleagues"], *related["network"]]]]


def _person(person: Acquaintance) -> str:
    title = f", {person['title']}" if person["title"] else ""
    how = _STANDS[person["type"]][0 if person["is_from_contact"] else 1]
    return f"- {_line(person['name'] + title)}: {how} ({person['strength']}){', engaged with us' if person['is_engaged'] else ''}"


def _messages(context: ConversationContext) -> list[str]:
    return ["MESSAGES", *[line for message in context["engagement"]["recent_touchpoints"] for line in _message(message)]]


def _message(message: RecentTouchpoint) -> list[str]:
    who = "we wrote" if message["direction"] == "outbound" else "they wrote"
    texts = [f"  {label}: {_line(text)}" for label, text in (("text", message["content"]), ("answer", message["response"])) if text]
    return [
        f"- {_day(message['sent_at'])} {message['channel']}, {who}, {message['outcome']}: {_line(message['subject'] or '')}".rstrip(": "),
        *texts,
    ]


def _facts(**facts: Any) -> list[str]:  # noqa: ANN401 - any JSON
    return [f"{name}: {_line(_said(value))}" for name, value in facts.items() if value not in (None, "", {}, [])]


def _said(value: Any) -> str:  # noqa: ANN401 - any JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _line(text: str) -> str:
    """On one line: a message's own line breaks must not look like the structure of the prompt."""
    return " ".join(text.split())


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _fitted(lines: list[str], max_chars: int) -> str:
    text = "\n".join(lines)
    if len(text) <= max_chars:
        return text
    room = max_chars - len(_CUT)
    end = text.rfind("\n", 0, room + 1)
    return (text[:end] if end > 0 else text[:room]) + _CUT
