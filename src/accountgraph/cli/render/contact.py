"""A person: who they are, what happened with them, and the way to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from accountgraph.cli.render.account import engagement, roles_of
from accountgraph.cli.render.page import DATA, GOOD, QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, bar, count, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.graph.answers import Acquaintance, ConversationContext, RecentTouchpoint, WarmPath
    from accountgraph.models import Contact

MOST_PEOPLE = 12
_CUT = 160


def contact_page(contact: Contact, company: str | None, now: datetime) -> RenderableType:
    """The facts about one person."""
    title = Text.assemble((contact.name, "bold"), "   ", (roles_of(contact), QUIET))
    table = facts_table()
    for label, value in _facts(contact, company):
        if value:
            table.add_row(label, Text(value))
    table.add_row(
        "Engagement", engagement(contact.engagement_score).append(f"   last engaged {ago(contact.last_engaged_at, now)}", style=QUIET)
    )
    return page(title, section("Who", table))


def _facts(contact: Contact, company: str | None) -> list[tuple[str, str | None]]:
    preferences = contact.communication_preferences
    wishes = [
        f"by {preferences.preferred_channel}" if preferences.preferred_channel else "",
        preferences.best_time or "",
        preferences.timezone or "",
    ]
    return [
        ("Company", company),
        ("Title", contact.title),
        ("Role", contact.role),
        ("Level", plain(contact.seniority_level) if contact.seniority_level else None),
        ("Department", contact.department),
        ("E-mail", contact.email),
        ("Phone", contact.phone),
        ("Country", contact.country),
        ("LinkedIn", contact.linkedin_url),
        ("Interests", ", ".join(contact.interests)),
        ("Prefers", ", ".join(wish for wish in wishes if wish)),
        ("Touchpoints", f"{contact.total_touchpoints:,}"),
        ("Id", str(contact.id)),
    ]


def context_page(context: ConversationContext, now: datetime) -> RenderableType:
    """Everything a message to this person can know."""
    company = context["company"]
    related = context["relationships"]
    return page(
        contact_page(context["contact"], company["name"] if company else None, now),
        section("Conversations", _conversations(context)),
        section("E-mail, in percent of what was sent", _rates(context)),
        section("What went to and fro", messages(context["engagement"]["recent_touchpoints"], now)),
        section("Colleagues", acquaintances(related["colleagues"])) if related else None,
        section("Others they know", acquaintances(related["network"])) if related and related["network"] else None,
    )


def _conversations(context: ConversationContext) -> RenderableType:
    talks = context["conversations"]
    if not talks["total"]:
        return Text("None yet.", style=QUIET)
    table = facts_table()
    table.add_row("Count", f"{talks['active']} active of {talks['total']}")
    if latest := talks["latest"]:
        table.add_row("Latest", ", ".join(filter(None, (str(latest["status"]), latest["qualification_tier"], latest["campaign_name"]))))
    for topic, learned in talks["latest_context"].items():
        table.add_row(plain(topic).capitalize(), Text("; ".join(map(str, learned)) if isinstance(learned, list) else str(learned)))
    return table


def _rates(context: ConversationContext) -> RenderableType:
    metrics = context["engagement"]["metrics"]
    if not metrics["emails_sent"]:
        return Text("No e-mail was sent yet.", style=QUIET)
    table = listing(count(metrics["emails_sent"], "e-mail") + " sent", "by people", "all recorded", right=("by people", "all recorded"))
    rates = (
        ("Opened", metrics["human_open_rate"], metrics["open_rate"]),
        ("Clicked", metrics["human_click_rate"], metrics["click_rate"]),
        ("Replied", metrics["human_reply_rate"], metrics["reply_rate"]),
    )
    for label, by_people, recorded in rates:
        table.add_row(label, f"{by_people:.1f} %", Text(f"{recorded:.1f} %", style=QUIET))
    return table


def messages(recent: Sequence[RecentTouchpoint], now: datetime) -> RenderableType:
    """The latest touchpoints with the beginning of their texts."""
    if not recent:
        return Text("Nothing yet.", style=QUIET)
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style=QUIET)
    table.add_column(overflow="fold")
    for touchpoint in recent:
        who = "we wrote" if touchpoint["direction"] == "outbound" else "they wrote"
        words = Text(f"{touchpoint['channel']}, {who}: {touchpoint['subject'] or '(no subject)'}")
        for text, label in ((touchpoint["content"], ""), (touchpoint["response"], "answer: ")):
            if text:
                words.append(f"\n{label}{shortened(text)}", style=QUIET if not label else GOOD)
        table.add_row(ago(touchpoint["sent_at"], now), words)
    return table


def shortened(text: str, length: int = _CUT) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 3] + "..."


def acquaintances(people: Sequence[Acquaintance]) -> RenderableType:
    """Whom they know, and whether those know us."""
    if not people:
        return Text("None known.", style=QUIET)
    table = Table.grid(padding=(0, 2))
    for person in people[:MOST_PEOPLE]:
        state = "in conversation with us" if person["has_active_conversation"] else "engaged with us" if person["is_engaged"] else ""
        words = Text.assemble(person["name"], (f"  {person['title'] or 'no title'}", QUIET))
        table.add_row(words, f"{person['strength']} {plain(person['type'])}", Text(state, style=GOOD))
    return table


def paths_page(contact: Contact, paths: Sequence[WarmPath], now: datetime) -> RenderableType:
    """Who can introduce us, best first."""
    title = Text(f"Warm paths to {contact.name}", style="bold")
    if not paths:
        return page(title, Text("None: nobody we were in touch with in the last 180 days is related to them within 4 steps.", style=QUIET))
    table = Table.grid(padding=(0, 2))
    for path in paths:
        words = Text(" > ".join(person["name"] for person in path["people"]))
        words.append(f"\n{path['people'][0]['name']} was in touch {ago(path['last_engaged_at'], now)}", style=QUIET)
        for step in path["why"]:
            words.append(f"\n{step['points']:.2f}  {plain(step['because'])}", style=QUIET)
        table.add_row(Text(f"{path['score']:.2f}", style="bold"), Text(bar(path["score"], 6), style=DATA), words)
    return page(title, Text(), table)


def contacts_table(found: Sequence[Contact], now: datetime) -> RenderableType:
    """People, a line each."""
    if not found:
        return Text("Nobody.", style=QUIET)
    table = listing("Name", "Title", "E-mail", "Last engaged")
    for contact in found:
        table.add_row(*map(Text, (contact.name, contact.title or "-", contact.email or "-", ago(contact.last_engaged_at, now))))
    return table
