"""The context of a contact as compact text for a prompt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from accountgraph.enums import RelationshipType
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from accountgraph.graph.answers import Acquaintance, ConversationContext, RecentTouchpoint

_LEAST = 200
_CUT = "\n[cut]"


class Source(NamedTuple):
    """The row that says something. `is_quoted`: in somebody else's words."""

    table: str
    row_id: UUID
    is_quoted: bool = False


class Fact(NamedTuple):
    """A line of a prompt that can be cited by its `id`, and the row that says it."""

    id: str
    source: Source
    text: str


class CitedPrompt(NamedTuple):
    """The context as text whose lines have the ids of their facts in front."""

    text: str
    facts: tuple[Fact, ...]


class _Line(NamedTuple):
    """`source` None: nothing to cite, for it is a heading or a judgement of ours."""

    text: str
    source: Source | None = None


def as_prompt(context: ConversationContext, max_chars: int = 8000) -> str:
    """The context as text of at most `max_chars` characters (200 or more).

    The same context always gives the same text. What matters most comes first, so that a cut takes
    the least: the contact, the company, the latest conversation, engagement, relationships, then
    the messages, the newest first. A cut falls between lines and is marked `[cut]`.
    """
    return _fitted([line.text for line in _lines(context)], max_chars)


def as_cited_prompt(context: ConversationContext, max_chars: int = 8000) -> CitedPrompt:
    """As `as_prompt`, with the id of each fact in front of its line: `[f3] title: CFO`. What was cut is no fact."""
    facts: list[Fact] = []
    lines: list[str] = []
    for line in _lines(context):
        if line.source is None:
            lines.append(line.text)
            continue
        facts.append(Fact(f"f{len(facts) + 1}", line.source, line.text.strip().removeprefix("- ")))
        lines.append(f"[{facts[-1].id}] {line.text}")
    text = _fitted(lines, max_chars)
    begun = {line.partition("]")[0].removeprefix("[") for line in text.splitlines() if line.startswith("[f")}
    return CitedPrompt(text, tuple(fact for fact in facts if fact.id in begun))


def _lines(context: ConversationContext) -> list[_Line]:
    return [
        *_contact(context),
        *_company(context),
        *_conversations(context),
        *_engagement(context),
        *_people(context),
        *_messages(context),
    ]


def _contact(context: ConversationContext) -> list[_Line]:
    contact = context["contact"]
    source = Source("contacts", contact.id)
    preferences = msgspec.to_builtins(contact.communication_preferences)
    flags = [name for name in ("decision_maker", "champion", "primary_contact") if getattr(contact, f"is_{name}")]
    return [
        _Line("CONTACT"),
        *_facts(source, name=contact.name, title=contact.title, role=contact.role, department=contact.department),
        *_facts(
            None,
            seniority=contact.seniority_level,
            standing=", ".join(flags).replace("_", " "),
            status=None if contact.status == "active" else contact.status,
        ),
        *_facts(source, interests=", ".join(contact.interests)),
        *_facts(None, preferences=preferences),
        *_facts(source, research=contact.research_data),
    ]


def _company(context: ConversationContext) -> list[_Line]:
    company = context["company"]
    if company is None:
        return []
    source = Source("companies", company["id"])
    facts = {name: company[name] for name in ("name", "domain", "industry", "size")}
    return [
        _Line("COMPANY"),
        *_facts(source, **facts),
        *_facts(None, tier=company["account_tier"], status=company["account_status"]),
        *_facts(source, research=company["research_data"]),
    ]


def _conversations(context: ConversationContext) -> list[_Line]:
    talks = context["conversations"]
    latest = talks["latest"]
    if latest is None:
        return [_Line("CONVERSATIONS"), _Line("none yet")]
    return [
        _Line("CONVERSATIONS"),
        *_facts(
            None,
            count=f"{talks['active']} active of {talks['total']}",
            latest=f"{latest['status']}, started {_day(latest['started_at'])}, {latest['touchpoint_count']} touchpoints",
            tier=latest["qualification_tier"],
            campaign=latest["campaign_name"],
        ),
        *_facts(Source("conversations", latest["id"], is_quoted=True), **talks["latest_context"]),
    ]


def _engagement(context: ConversationContext) -> list[_Line]:
    facts = context["engagement"]
    metrics = facts["metrics"]
    human = f"{metrics['human_opened']} opened, {metrics['human_clicked']} clicked, {metrics['human_replied']} replied"
    return [
        _Line("ENGAGEMENT"),
        *_facts(
            None,
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


def _people(context: ConversationContext) -> list[_Line]:
    related = context["relationships"]
    if related is None:
        return []
    return [_Line("RELATIONSHIPS"), *[_person(person) for person in [*related["colleagues"], *related["network"]]]]


def _person(person: Acquaintance) -> _Line:
    title = f", {person['title']}" if person["title"] else ""
    how = _STANDS[person["type"]][0 if person["is_from_contact"] else 1]
    engaged = ", engaged with us" if person["is_engaged"] else ""
    return _Line(f"- {_line(person['name'] + title)}: {how} ({person['strength']}){engaged}", Source("contacts", person["id"]))


def _messages(context: ConversationContext) -> list[_Line]:
    return [_Line("MESSAGES"), *[line for message in context["engagement"]["recent_touchpoints"] for line in _message(message)]]


def _message(message: RecentTouchpoint) -> Iterator[_Line]:
    is_ours = message["direction"] == "outbound"
    ours, theirs = Source("touchpoints", message["id"], is_quoted=not is_ours), Source("touchpoints", message["id"], is_quoted=True)
    who = "we wrote" if is_ours else "they wrote"
    head = f"- {_day(message['sent_at'])} {message['channel']}, {who}, {message['outcome']}: {_line(message['subject'] or '')}".rstrip(": ")
    yield _Line(head, ours)
    if message["content"]:
        yield _Line(f"  text: {_line(message['content'])}", ours)
    if message["response"]:
        yield _Line(f"  answer: {_line(message['response'])}", theirs)


def _facts(source: Source | None, /, **facts: Any) -> list[_Line]:  # noqa: ANN401 - any JSON
    return [_Line(f"{name}: {_line(_said(value))}", source) for name, value in facts.items() if value not in (None, "", {}, [])]


def _said(value: Any) -> str:  # noqa: ANN401 - any JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _line(text: str) -> str:
    """On one line: a message's own line breaks must not look like the structure of the prompt."""
    return " ".join(text.split())


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _fitted(lines: list[str], max_chars: int) -> str:
    if max_chars < _LEAST:
        raise InvalidValueError("max_chars", f"must be {_LEAST} or more.")
    text = "\n".join(lines)
    if len(text) <= max_chars:
        return text
    room = max_chars - len(_CUT)
    end = text.rfind("\n", 0, room + 1)
    return (text[:end] if end > 0 else text[:room]) + _CUT
