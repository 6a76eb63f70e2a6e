"""Companies: the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.addresses import domain_key
from accountgraph.db import Connectable, default_database
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError
from accountgraph.models import Company
from accountgraph.store.bulk import BulkResult, create_many
from accountgraph.store.given import account_domain, as_json, changes, entity, member, page_size
from accountgraph.store.obstacles import refuse
from accountgraph.store.paging import by_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from uuid import UUID

    from accountgraph.db import Session


class CompanyRepository:
    """Accounts. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def create_company(self, company: Mapping[str, Any] | Company) -> Company:
        """Add a company.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            DuplicateError: another company has this domain (or id).
            MissingReferenceError: there is no such parent company.
        """
        row = as_json(entity(Company, company))
        created = await self._db.write(Company, "companies.create", {"row": row})
        if created is None:
            await refuse(self._db, "companies", row)
            return await self.create_company(company)  # what was in the way has just gone
        return created

    async def create_many(self, companies: Iterable[Mapping[str, Any] | Company]) -> BulkResult:
        """Add many companies, some thousands a statement. A bad row comes back as an error and spoils nothing.

        Each statement is a transaction of its own, unless the caller has one open.
        """
        return await create_many(self._db, Company, companies, lambda given: entity(Company, given))

    async def get_company_by_id(self, company_id: UUID) -> Company | None:
        """The company, or None."""
        return await self._db.row(Company, "companies.by_id", {"id": company_id})

    async def get_company_by_domain(self, domain: str) -> Company | None:
        """The company that has this domain, as its main one or another; `https://www.acme.com/x` will do."""
        return await self._db.row(Company, "companies.by_domain", {"domain": domain_key(domain)})

    async def update_company(self, company_id: UUID, fields: Mapping[str, Any]) -> Company:
        """Change the given fields; of an object (attributes, research) the keys that are named, and None takes one away.

        Raises:
            NotFoundError: no such company. Otherwise as `create_company`.
        """
        changed = changes(Company, fields)

        async def work(session: Session) -> Company:
            if {"domain", "parent_company_id"} & set(fields):
                await refuse(session, "companies", changed, of=company_id)
            found = await session.row(Company, "companies.update", {"id": company_id, "changes": changed})
            if found is None:
                raise NotFoundError(f"There is no company {company_id}.")
            return found

        return await self._db.run(work)

    async def list_companies(
        self, *, tier: str | None = None, status: str | None = None, limit: int = 100, after: Company | None = None
    ) -> list[Company]:
        """A page of companies by name; `after` the last one of the page before."""
        params = {
            "tier": member(AccountTier, "tier", tier) if tier else None,
            "status": member(AccountStatus, "status", status) if status else None,
            "limit": page_size(limit),
            "after_name": after.name if after else None,
            "after_id": after.id if after else None,
        }
        return await self._db.rows(Company, "companies.listing", params)

    async def search_companies(self, term: str, *, limit: int = 20) -> list[Company]:
        """Companies with `term` anywhere in name or domain, taken literally; the closest first."""
        return await self._db.rows(Company, "companies.search", {"term": searchable(term), "limit": page_size(limit)})

    async def get_domains(self, company_id: UUID) -> list[str]:
        """All domains of a company."""
        return await self._db.rows(str, "companies.domains", {"id": company_id})

    async def add_domain(self, company_id: UUID, domain: str) -> None:
        """One more domain of a company; it has it already: nothing changes.

        Raises:
            DuplicateError: it belongs to another company.
            NotFoundError: no such company.
        """
        owner = await self._db.value("companies.add_domain", {"id": company_id, "domain": account_domain(domain)})
        if owner is None:
            raise NotFoundError(f"There is no company {company_id}.")
        if owner != company_id:
            raise DuplicateError("domain", f"{domain} belongs to company {owner}.")

    def every_company(self) -> AsyncIterator[Company]:
        """All companies, by id; memory stays flat."""
        return by_id(self._db, Company, "companies.every")


def searchable(term: str) -> str:
    """A search term that the database can take.

    Raises:
        InvalidValueError: empty, or it holds a NUL character.
    """
    if not term.strip() or "\x00" in term:
        raise InvalidValueError("term", "give some text to search for, without NUL characters.")
    return term.strip()
