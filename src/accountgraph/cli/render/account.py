"""An account as a page: how it is doing, its people, how they hang together, and what happened last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from accountgraph.cli.render.marks import marks
from accountgraph.cli.render.page import ATTENTION, BAD, DATA, GOOD, QUIET, listing, page, section
from accountgraph.cli.render.words import ago, bar, count, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from rich.console import RenderableType

    from accountgraph.graph import HealthPolicy
    from accountgraph.graph.answers import AccountHealth, AccountOverview, CompanyFacts, ExpansionTarget, OverviewContact, TouchpointFacts
    from accountgraph.models import Company, Contact, Event

MOST_PEOPLE = 25
MOST_EDGES = 15
MOST_TOUCHPOINTS = 8
MOST_LETTERS = 80  # of a name or a title: a file with a quote missing can make one of a whole page
STATUS_COLOURS = {"excellent": GOOD, "good": GOOD, "fair": ATTENTION, "poor": ATTENTION, "critical": BAD}


def overview_page(
    overview: AccountOverview,
    health: AccountHealth,
    policy: HealthPolicy,
    events: Mapping[UUID, list[Event]],
    now: datetime,
    *,
    is_made_up: bool,
) -> RenderableType:
    """The whole page. `events` are those of the touchpoints that it shows; demo data says that it is made up."""
    return page(
        heading(overview["company"], is_made_up=is_made_up),
        section("Health", health_bars(health, policy)),
        section(_people_title(overview), people(overview, now)),
        section("How they hang together", edges(overview)),
        section("What happened last", touchpoints(overview, events, now)),
        section("What would help", recommendations(health)) if health["recommendations"] else None,
    )


def heading(company: CompanyFacts, *, is_made_up: bool) -> RenderableType:
    """Name and domain, and one line of what kind of account it is."""
    title = Text.assemble((company["name"], "bold"), "   ", (company["domain"] or "no domain", QUIET))
    if is_made_up:
        title.append("   demo: made-up data", style=ATTENTION)
    kinds = [plain(word) for word in (company["account_tier"], company["account_status"], company["industry"], company["size"]) if word]
    return Group(title, Text(" · ".join(kinds), style=QUIET))


def health_bars(health: AccountHealth, policy: HealthPolicy) -> RenderableType:
    """The score with its parts, each with the reason for it."""
    colour = STATUS_COLOURS[health["health_status"]]
    total = Text.assemble((f"{health['total_score']:.2f}", "bold"), " of 100, ", (health["health_status"], colour))
    table = listing("of", "bar", "what", "why", right=("of",))
    table.show_header = False
    for column, style in zip(table.columns, ("", DATA, "", QUIET), strict=True):
        column.no_wrap, column.style = column.header != "why", style
    for part in health["why"]:
        most: float = getattr(policy, part["name"])
        share = part["points"] / most if most else 0
        table.add_row(f"{part['points']:.2f} of {most:g}", bar(share, 8), plain(part["name"]), part["because"])
    return Group(total, table)


def _people_title(overview: AccountOverview) -> str:
    summary = overview["summary"]
    parts = [count(summary["total_contacts"], "person", "people"), count(summary["decision_makers"], "decision maker")]
    return ", ".join([*parts, count(summary["active_conversations"], "active conversation")])


def people(overview: AccountOverview, now: datetime) -> RenderableType:
    """Who is there: the primary and the deciding ones first."""
    entries = list(overview["contacts"].values())
    if not entries:
        return Text("Nobody yet. `accountgraph import contacts FILE` brings people in.", style=QUIET)
    table = listing("Name", "Title", "Engagement", "Last engaged", "Conversation")
    for entry in entries[:MOST_PEOPLE]:
        contact = entry["contact"]
        name = Text(_brief(contact.name))
        if roles := roles_of(contact):
            name.append(f"\n{roles}", style=QUIET)
        title = Text(_brief(contact.title or "no title"))
        if contact.seniority_level:
            title.append(f"\n{plain(contact.seniority_level)}", style=QUIET)
        table.add_row(name, title, engagement(entry["engagement_score"]), ago(entry["last_engaged_at"], now), _conversation(entry))
    return Group(table, *_more(overview["summary"]["total_contacts"] - MOST_PEOPLE, "person", "people"))


def _brief(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 3] + "..."


def roles_of(contact: Contact) -> str:
    """What somebody is to the account, and what keeps us from writing, in words."""
    words = [
        word
        for word, holds in (
            ("primary", contact.is_primary_contact),
            ("decision maker", contact.is_decision_maker),
            ("champion", contact.is_champion),
            (str(contact.status), contact.status != "active"),
            ("do not contact", contact.communication_preferences.do_not_contact),
        )
        if holds
    ]
    return ", ".join(words)


def engagement(score: int) -> Text:
    """A score of 0-100 as a bar and a figure."""
    return Text.assemble((bar(score / 100, 6), DATA), f" {score}")


def _conversation(entry: OverviewContact) -> Text:
    active = next((talk for talk in entry["conversations"] if talk["status"] == "active"), None)
    latest = active or next(iter(entry["conversations"]), None)
    if latest is None:
        return Text("none", style=QUIET)
    words = f"{latest['qualification_tier']}, {latest['status']}" if latest["qualification_tier"] else str(latest["status"])
    return Text(words, style=GOOD if active else QUIET)


def edges(overview: AccountOverview) -> RenderableType:
    """The relationships, one sentence each."""
    if not overview["relationships"]:
        return Text("No relationships known.", style=QUIET)
    table = Table.grid(padding=(0, 2))
    for edge in overview["relationships"][:MOST_EDGES]:
        middle = {"colleagues": "and", "collaborators": "and"}.get(str(edge["type"]))
        words = Text(f"{_brief(edge['contact_1']['name'])} {middle or plain(edge['type'])} {_brief(edge['contact_2']['name'])}")
        kind = f"{plain(edge['type'])}, {edge['strength']}" if middle else str(edge["strength"])
        confidence = "" if edge["confidence"] >= 1 else f", confidence {edge['confidence']}"
        table.add_row(words, Text(kind + confidence, style=QUIET))
    return Group(table, *_more(overview["summary"]["total_relationships"] - MOST_EDGES, "relationship"))


def touchpoints(overview: AccountOverview, events: Mapping[UUID, list[Event]], now: datetime) -> RenderableType:
    """The latest messages, calls and meetings, and what became of them."""
    recent = overview["recent_touchpoints"][:MOST_TOUCHPOINTS]
    if not recent:
        return Text("Nothing yet.", style=QUIET)
    names = {key: _brief(entry["contact"].name) for key, entry in overview["contacts"].items()}
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style=QUIET)
    table.add_column(overflow="fold")
    for touchpoint in recent:
        table.add_row(ago(touchpoint["sent_at"], now), _touchpoint(touchpoint, names, events))
    return table


def _touchpoint(touchpoint: TouchpointFacts, names: Mapping[UUID, str], events: Mapping[UUID, list[Event]]) -> Text:
    name = names.get(touchpoint["contact_id"], "somebody")
    words = Text(f"{touchpoint['channel']} {'to' if touchpoint['direction'] == 'outbound' else 'from'} {name}")
    if touchpoint["subject"]:
        words.append(f': "{touchpoint["subject"]}"')
    if touchpoint["direction"] == "outbound":
        words.append("\n").append_text(marks(events.get(touchpoint["id"], []), touchpoint["sent_at"]))
    return words


def recommendations(health: AccountHealth) -> RenderableType:
    """What is missing, one line each."""
    table = Table.grid(padding=(0, 1))
    for recommendation in health["recommendations"]:
        table.add_row("-", Text(recommendation["text"]))
    return table


def health_page(company: Company, health: AccountHealth, policy: HealthPolicy, now: datetime) -> RenderableType:
    """Health alone, with coverage and engagement apart."""
    coverage, what_they_do = health["coverage"], health["engagement"]
    table = Table.grid(padding=(0, 2))
    table.add_row("Coverage", f"{coverage['score']:.0f} of 100", Text(_coverage(health), style=QUIET))
    engaged = f"{count(what_they_do['engaged_contacts'], 'person', 'people')} engaged, last {ago(what_they_do['last_engaged_at'], now)}"
    table.add_row("Engagement", f"{what_they_do['score']:.0f} of 100", Text(engaged, style=QUIET))
    return page(
        Text(company.name, style="bold"),
        section("Health", health_bars(health, policy)),
        section("Whom we reach, and what they do", table),
        section("What would help", recommendations(health)) if health["recommendations"] else None,
    )


def _coverage(health: AccountHealth) -> str:
    coverage = health["coverage"]
    return (
        f"{coverage['touched_contacts']} of {count(coverage['active_contacts'], 'active contact')} touched, "
        f"{count(coverage['decision_makers'], 'decision maker')}, {count(coverage['active_conversations'], 'active conversation')}"
    )


def expansion_page(primary: Contact, targets: list[ExpansionTarget], now: datetime) -> RenderableType:
    """Whom to talk to next, and why."""
    title = Text.assemble(("Whom to talk to next", "bold"), (f"   starting from {primary.name}", QUIET))
    if not targets:
        return page(title, Text("Nobody: no colleague is known well enough. --implied adds the rest of the company.", style=QUIET))
    table = listing("Score", "Who", "Why", right=("Score",))
    for target in targets:
        contact = target["contact"]
        role = _brief(contact.title or "no title")
        who = Text(_brief(contact.name)).append(f"\n{role}\nengaged {ago(contact.last_engaged_at, now)}", style=QUIET)
        why = "\n".join(f"{part['points']:+.2f}  {part['because']}" for part in target["why"])
        table.add_row(Text(f"{target['priority_score']:.2f}", style="bold"), who, Text(why))
    return page(title, Text(), table)


def accounts_table(companies: list[Company]) -> RenderableType:
    """Accounts, a line each."""
    if not companies:
        return Text(
            "No account. `accountgraph import companies FILE` brings some in; `accountgraph demo` shows a made-up one.", style=QUIET
        )
    table = listing("Account", "Domain", "Tier", "Status", "People", "Active", right=("People", "Active"))
    for company in companies:
        tier = plain(company.account_tier) if company.account_tier else "-"
        row = [_brief(company.name), company.domain or "-", tier, plain(company.account_status)]
        table.add_row(*map(Text, row), f"{company.total_contacts:,}", f"{company.active_conversations:,}")
    return table


def _more(left: int, one: str, many: str | None = None) -> list[Text]:
    return [Text(f"and {count(left, one, many)} more; --json has them", style=QUIET)] if left > 0 else []
