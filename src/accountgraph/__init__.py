"""AccountGraph: an account as a graph of people, on PostgreSQL.

    from accountgraph import CompanyRepository, CompanyGraph

Everything public is importable from here, and loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.db import Database, Session, connect
    from accountgraph.errors import AccountGraphError
    from accountgraph.graph import CompanyGraph, ScorePolicy
    from accountgraph.models import Company, Contact, Conversation, Event, NewEvent, Relationship, Touchpoint
    from accountgraph.store.companies import CompanyRepository
    from accountgraph.store.contacts import ContactRepository
    from accountgraph.store.conversations import ConversationRepository
    from accountgraph.store.relationships import RelationshipRepository
    from accountgraph.store.touchpoints import TouchpointRepository

__version__ = "0.1.0"
__all__ = [
    "AccountGraphError",
    "Company",
    "CompanyGraph",
    "CompanyRepository",
    "Contact",
    "ContactRepository",
    "Conversation",
    "ConversationRepository",
    "Database",
    "Event",
    "NewEvent",
    "Relationship",
    "RelationshipRepository",
    "ScorePolicy",
    "Session",
    "Touchpoint",
    "TouchpointRepository",
    "connect",
]

_HOMES = {
    "accountgraph.db": ("Database", "Session", "connect"),
    "accountgraph.errors": ("AccountGraphError",),
    "accountgraph.graph": ("CompanyGraph", "ScorePolicy"),
    "accountgraph.models": ("Company", "Contact", "Conversation", "Event", "NewEvent", "Relationship", "Touchpoint"),
    "accountgraph.store.companies": ("CompanyRepository",),
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
