"""AccountGraph: an account as a graph of people, on PostgreSQL.

    from accountgraph import CompanyRepository, CompanyGraph

Everything public is importable from here, and loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.campaigns.definition import CampaignDefinition
    from accountgraph.db import Database, Session, connect
    from accountgraph.errors import AccountGraphError
    from accountgraph.graph import CompanyGraph, ScorePolicy
    from accountgraph.models import Company, Contact, Conversation, Event, NewEvent, Relationship, Touchpoint
    from accountgraph.orchestrator import AccountOrchestrator
    from accountgraph.simulation import Behaviour
    from accountgraph.store.attributes import AttributeRepository
    from accountgraph.store.companies import CompanyRepository
    from accountgraph.store.consents import ConsentRepository
    from accountgraph.store.contacts import ContactRepository
    from accountgraph.store.conversations import ConversationRepository
    from accountgraph.store.external_ids import ExternalIdRepository
    from accountgraph.store.relationships import RelationshipRepository
    from accountgraph.store.suppressions import SuppressionRepository
    from accountgraph.store.touchpoints import TouchpointRepository

__version__ = "0.1.0"
__all__ = [
    "AccountGraphError",
    "AccountOrchestrator",
    "AttributeRepository",
    "Behaviour",
    "CampaignDefinition",
    "Company",
    "CompanyGraph",
    "CompanyRepository",
    "ConsentRepository",
    "Contact",
    "ContactRepository",
    "Conversation",
    "ConversationRepository",
    "Database",
    "Event",
    "ExternalIdRepository",
    "NewEvent",
    "Relationship",
    "RelationshipRepository",
    "ScorePolicy",
    "Session",
    "SuppressionRepository",
    "Touchpoint",
    "TouchpointRepository",
    "connect",
]

_HOMES = {
    "accountgraph.campaigns.definition": ("CampaignDefinition",),
    "accountgraph.db": ("Database", "Session", "connect"),
    "accountgraph.errors": ("AccountGraphError",),
    "accountgraph.graph": ("CompanyGraph", "ScorePolicy"),
    "accountgraph.models": ("Company", "Contact", "Conversation", "Event", "NewEvent", "Relationship", "Touchpoint"),
    "accountgraph.orchestrator": ("AccountOrchestrator",),
    "accountgraph.simulation": ("Behaviour",),
    "accountgraph.store.companies": ("CompanyRepository",),
    "accountgraph.store.suppressions": ("SuppressionRepository",),
    "accountgraph.store.external_ids": ("ExternalIdRepository",),
    "accountgraph.store.consents": ("ConsentRepository",),
    "accountgraph.store.attributes": ("AttributeRepository",),
    "accountgraph.store.contacts": ("ContactRepository",),
    "accountgraph.store.conversations": ("ConversationRepository",),
    "accountgraph.store.relationships": ("RelationshipRepository",),
    "accountgraph.store.touchpoints": ("TouchpointRepository",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
