"""Lists, a page at a time, and search over everything: what the API, the command line and agents' tools show.

    page = await page_companies(db, tier="tier1", limit=50)
    page = await page_companies(db, tier="tier1", limit=50, after=page.next)

A page is found by an index however long the list is; `next` is None at its end. Rows that come or go between two pages never make
another one appear twice or be left out.
"""

from accountgraph.campaigns.work.enrolled import Enrolment
from accountgraph.campaigns.work.ledger import Attempt, Intent
from accountgraph.listing.decided import DecisionMade, SignalMade, page_decisions, page_signals
from accountgraph.listing.graph import (
    page_companies,
    page_contacts,
    page_conversations,
    page_events,
    page_relationships,
    page_touchpoints,
)
from accountgraph.listing.ledger import page_attempts, page_intents
from accountgraph.listing.outreach import Template, page_campaigns, page_enrolments, page_mailboxes, page_senders, page_templates
from accountgraph.listing.page import Page
from accountgraph.listing.permission import page_consents, page_exclusions, page_holds, page_suppressions
from accountgraph.listing.search import Found, FoundKind, search_everything
from accountgraph.listing.work import page_approvals, page_desk, page_drafts, page_inbox, page_tasks

__all__ = [
    "Attempt",
    "DecisionMade",
    "Enrolment",
    "Found",
    "FoundKind",
    "Intent",
    "Page",
    "SignalMade",
    "Template",
    "page_approvals",
    "page_attempts",
    "page_campaigns",
    "page_companies",
    "page_consents",
    "page_contacts",
    "page_conversations",
    "page_decisions",
    "page_desk",
    "page_drafts",
    "page_enrolments",
    "page_events",
    "page_exclusions",
    "page_holds",
    "page_inbox",
    "page_intents",
    "page_mailboxes",
    "page_relationships",
    "page_senders",
    "page_signals",
    "page_suppressions",
    "page_tasks",
    "page_templates",
    "page_touchpoints",
    "search_everything",
]
