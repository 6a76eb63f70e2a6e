"""An account to ask questions about: people by first name, edges between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accountgraph.graph import CompanyGraph
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Connectable
    from accountgraph.models import Company, Contact, Conversation, Relationship, Touchpoint


@dataclass(slots=True)
class Account:
    """A company and its people."""

    db: Connectable
    company: Company
    people: dict[str, Contact] = field(default_factory=dict)

    @classmethod
    async def begin(cls, db: Connectable, *names: str, domain: str = "acme.com") -> Account:
        company = await CompanyRepository(db).create_company({"name": "Acme", "domain": domain})
        account = cls(db, company)
        for name in names:
            await account.add(name)
        return account

    @property
    def graph(self) -> CompanyGraph:
        return CompanyGraph(self.db)

    @property
    def touchpoints(self) -> TouchpointRepository:
        return TouchpointRepository(self.db)

    async def add(self, name: str, **fields: Any) -> Contact:
        given = {"company_id": self.company.id, "first_name": name, "email": f"{name.lower()}@{self.company.domain}", **fields}
        self.people[name] = await ContactRepository(self.db).create_contact(given)
        return self.people[name]

    async def relate(self, one: str, other: str, kind: str = "colleagues", strength: str = "strong", **fields: Any) -> Relationship:
        ends = {"contact_id_1": self.people[one].id, "contact_id_2": self.people[other].id}
        return await RelationshipRepository(self.db).create_relationship(
            {**ends, "relationship_type": kind, "strength": strength, **fields}
        )

    async def talk(self, name: str, **fields: Any) -> Conversation:
        return await ConversationRepository(self.db).create_conversation(self.people[name].id, **fields)

    async def write(self, talk: Conversation, **fields: Any) -> Touchpoint:
        sent = {"conversation_id": talk.id, "sent_at": self.db.now(), **fields}
        return await self.touchpoints.create_touchpoint(sent)

    async def targets(self, name: str, *args: Any, **choices: Any) -> list[str]:
        """The first names of the expansion targets."""
        found = await self.graph.find_expansion_targets(self.people[name].id, *args, **choices)
        return [str(target["contact"].first_name) for target in found]
