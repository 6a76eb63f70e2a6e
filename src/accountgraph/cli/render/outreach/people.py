"""Whom a campaign takes, and why others are left out; what became of leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, GOOD, QUIET, listing, page, section
from accountgraph.cli.render.words import count, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.enrolment.shown import AudiencePerson, ShownAudience

# The words of `accountgraph.campaigns.enrolment.audience.Excluded`, for people.
REASONS = {
    "customer": "a customer's account",
    "competitor": "a competitor",
    "open_opportunity": "an opportunity is open at their account",
    "owner": "one of us keeps this account out",
    "live_thread": "they and we exchanged messages of late",
    "do_not_contact": "not to be contacted",
    "inactive": "not active: left, bounced or unsubscribed",
    "no_address": "no address for any channel of the campaign",
    "suppressed": "suppressed",
    "jurisdiction": "the law of their country forbids it",
    "no_consent": "the law of their country asks for a consent, and none is recorded",
    "topic": "they do not want to hear about the campaign's topic",
    "already_enrolled": "in the campaign already, or has been through it",
    "active_elsewhere": "under way in another campaign",
    "most_per_account": "others of their account come first",
    "not_in_audience": "the audience does not name them",
}


def audience_page(definition: CampaignDefinition, shown: ShownAudience) -> RenderableType:
    """Whom a campaign takes now, and whom it leaves out."""
    if definition.audience.is_nobody:
        return Text(f"{definition.name} has no audience: people come one by one, as `accountgraph lead process` brings them.")
    takes, leaves_out = shown.takes, shown.leaves_out
    head = Text.assemble((definition.name, "bold"), f" would take {count(takes, 'person', 'people')} now and leaves out {leaves_out:,}.")
    return page(
        head,
        section("Taken", _people(shown.chosen, takes, "Order")) if takes else None,
        section("Left out", _reasons(shown.reasons)) if leaves_out else None,
        section("Who is left out", _people(shown.excluded, leaves_out, "Why")) if leaves_out else None,
    )


def _reasons(reasons: Mapping[str, int]) -> RenderableType:
    table = listing("People", "Why", right=("People",))
    for reason, number in reasons.items():
        table.add_row(f"{number:,}", Text(REASONS.get(reason, plain(reason))))
    return table


def _people(people: Sequence[AudiencePerson], total: int, heading: str) -> RenderableType:
    table = listing("Name", "Title", "Account", heading)
    for person in people:
        last = plain(person.rank) if person.reason is None else REASONS.get(person.reason, plain(person.reason))
        table.add_row(*map(Text, (person.name, person.title or "-", person.company or "-", last)))
    if len(people) < total:
        return page(table, Text(f"The first {len(people):,}; --limit shows more.", style=QUIET))
    return table


def leads_page(results: Sequence[Mapping[str, Any]]) -> RenderableType:
    """What became of each lead."""
    return page(*(_lead(result) for result in results))


def _lead(result: Mapping[str, Any]) -> RenderableType:
    head = Text.assemble((f"{result['number']}  ", QUIET), (str(result["email"] or "(no address)"), "bold"), "  ")
    if result["error"]:
        return head.append(f"not taken: {result['error']}", style=ATTENTION)
    if not result["is_changed"]:
        return head.append("known already: nothing changed.", style=QUIET)
    made = [
        word
        for word, is_new in (
            ("new account", result["is_new_company"]),
            ("new contact", result["is_new_contact"]),
            ("message kept", result["is_new_message"]),
        )
        if is_new
    ]
    people = len(result["enrolments"])
    made.append(f"{count(people, 'person begins', 'people begin')} in {result['campaign']}" if people else "in the campaign already")
    return head.append(", ".join(made) + ".", style=GOOD)
