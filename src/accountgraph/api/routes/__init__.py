"""All operations, by subject."""

from accountgraph.api.operation import Operation
from accountgraph.api.routes.access.keys import keys
from accountgraph.api.routes.access.members import members
from accountgraph.api.routes.access.sessions import sessions
from accountgraph.api.routes.access.single_sign_on import single_sign_on
from accountgraph.api.routes.analytics.files import analytics_files
from accountgraph.api.routes.analytics.health import account_days
from accountgraph.api.routes.analytics.touches import touches
from accountgraph.api.routes.answers import answers
from accountgraph.api.routes.campaigns.accounts import account_changes
from accountgraph.api.routes.campaigns.definitions import definitions
from accountgraph.api.routes.campaigns.explaining import explaining
from accountgraph.api.routes.campaigns.ledger import ledger
from accountgraph.api.routes.campaigns.lists import campaign_lists, ledger_lists, people_lists
from accountgraph.api.routes.campaigns.looking import looking
from accountgraph.api.routes.campaigns.people import leads, people
from accountgraph.api.routes.campaigns.running import running
from accountgraph.api.routes.campaigns.simulating import simulating
from accountgraph.api.routes.campaigns.templates import templates
from accountgraph.api.routes.graph.account_views import account_views
from accountgraph.api.routes.graph.accounts import accounts
from accountgraph.api.routes.graph.companies import companies
from accountgraph.api.routes.graph.contacts import contacts
from accountgraph.api.routes.graph.conversations import conversations
from accountgraph.api.routes.graph.people import people_table
from accountgraph.api.routes.graph.relationships import relationships
from accountgraph.api.routes.graph.touchpoints import touchpoints
from accountgraph.api.routes.permissions.consents import consents
from accountgraph.api.routes.permissions.law import law
from accountgraph.api.routes.permissions.stops import exclusions, holds
from accountgraph.api.routes.permissions.suppressions import suppressions
from accountgraph.api.routes.records.audit import audit
from accountgraph.api.routes.records.merges import merges
from accountgraph.api.routes.records.privacy import privacy
from accountgraph.api.routes.records.search import search
from accountgraph.api.routes.sending.mailboxes import mailboxes
from accountgraph.api.routes.sending.providers import providers
from accountgraph.api.routes.sending.secrets import secrets
from accountgraph.api.routes.sending.senders import senders
from accountgraph.api.routes.sending.settings import settings
from accountgraph.api.routes.server import server
from accountgraph.api.routes.telling.agents import agents
from accountgraph.api.routes.telling.notices import notices
from accountgraph.api.routes.telling.webhooks import webhooks
from accountgraph.api.routes.transfer.exports import exports
from accountgraph.api.routes.transfer.imports import imports
from accountgraph.api.routes.transfer.live import live
from accountgraph.api.routes.work.approvals import approvals
from accountgraph.api.routes.work.claims import approval_claims, task_claims
from accountgraph.api.routes.work.counts import counts
from accountgraph.api.routes.work.drafts import drafts
from accountgraph.api.routes.work.inbox import inbox
from accountgraph.api.routes.work.lists import approval_lists, inbox_lists, signal_lists, task_lists
from accountgraph.api.routes.work.signals import signals
from accountgraph.api.routes.work.tasks import tasks

OUTREACH: tuple[Operation, ...] = (
    *(*campaign_lists, *definitions, *looking, *running, *explaining, *simulating, *templates),
    *(*people_lists, *people, *leads, *ledger_lists, *ledger),
    *(
        *approval_lists,
        *approvals,
        *approval_claims,
        *task_lists,
        *tasks,
        *task_claims,
        *inbox_lists,
        *inbox,
        *signal_lists,
        *signals,
        *drafts,
    ),
    *(*suppressions, *consents, *exclusions, *holds, *law),
    *(*senders, *mailboxes, *secrets, *settings, *providers),
)
TAGS = {
    "companies": "The accounts.",
    "contacts": "The people.",
    "relationships": "The edges between people.",
    "conversations": "Threads of touchpoints with one person.",
    "touchpoints": "Messages, calls and meetings, and what happened to them.",
    "campaigns": "Campaigns: written, previewed, tried out, approved, started, watched, explained.",
    "templates": "The words of campaigns.",
    "enrolments": "People in campaigns.",
    "leads": "People who came to us.",
    "ledger": "What was decided to be sent, and every call that was made for it.",
    "approvals": "Messages that wait for a person.",
    "tasks": "Work for people, one after the other.",
    "inbox": "What came in and wants an answer.",
    "signals": "Things that happened: a reply, a bounce, a meeting, a deal.",
    "drafts": "Messages that a model writes.",
    "suppressions": "Whom not to write to.",
    "consents": "On what basis somebody may be written to, and what they want to hear about.",
    "exclusions": "Accounts that campaigns leave alone.",
    "holds": "Kill switches.",
    "law": "What the law of each country says about cold messages, and free days.",
    "senders": "Mailboxes and numbers that messages leave from.",
    "mailboxes": "Mailboxes that are read, and how they fare.",
    "secrets": "Passwords, keys and tokens that are kept sealed; they go in and never come out.",
    "settings": "What holds for the whole workspace.",
    "providers": "Transports, mail and text providers, calendars: what each can do.",
    "answers": "What an account is, and what to do next.",
    "analytics": "What came of it, in numbers that say how sure they are.",
    "search": "One search over everything.",
    "merges": "Two that are the same become one, and two again.",
    "privacy": "A person's data, and how long things are kept.",
    "audit": "Who changed what, and taking it back.",
    "webhooks": "What your systems are told as it happens.",
    "notices": "What people are told that waits for them.",
    "agents": "AI agents, their budgets, and what they asked for.",
    "sessions": "Logging in and out.",
    "members": "Who is in a workspace.",
    "keys": "API keys.",
    "server": "The server itself.",
    "imports": "Files that are brought in.",
    "exports": "Everything as files.",
    "live": "What happens, as it happens.",
}
OPERATIONS: tuple[Operation, ...] = (
    *companies,
    *accounts,
    *account_changes,
    *account_views,
    *contacts,
    *people_table,
    *relationships,
    *conversations,
    *touchpoints,
    *OUTREACH,
    *answers,
    *counts,
    *(*touches, *account_days, *analytics_files),
    *search,
    *merges,
    *privacy,
    *audit,
    *webhooks,
    *notices,
    *agents,
    *sessions,
    *single_sign_on,
    *members,
    *keys,
    *server,
    *imports,
    *exports,
    *live,
)
