"""Companies: the accounts."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import guard, there
from accountgraph.api.operation import Include, Routes
from accountgraph.api.routes.graph.bulk import LARGEST, BulkAnswer, Rows, rows_of, told
from accountgraph.api.shapes import changes, new
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.listing import Page, page_companies
from accountgraph.models import Company
from accountgraph.store.companies import CompanyRepository

companies = Routes("companies")
INCLUDES = {"parent": Include(Company, "parent_company_id", "requests.companies")}


class Domains(msgspec.Struct, frozen=True):
    """All domains of a company."""

    domains: list[str]


class NewDomain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One more domain of a company."""

    domain: str


@companies.post("/companies", needs=Permission.GRAPH_WRITE, status=201, body=new(Company), location="/api/v1/companies/{id}")
async def create_company(call: Call, body: dict[str, Any]) -> Company:
    """Add a company."""
    return await CompanyRepository(call.db).create_company(body)


@companies.post("/companies/bulk", needs=Permission.GRAPH_WRITE, body=rows_of(Company), largest=LARGEST)
async def create_companies(call: Call, body: Rows) -> BulkAnswer:
    """Add many companies.

    A bad row comes back as an error and spoils no other.
    """
    return told(await CompanyRepository(call.db).create_many(body.items))


@companies.get("/companies", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def list_companies(
    call: Call,
    *,
    tier: AccountTier | None = None,
    status: AccountStatus | None = None,
    domain: str | None = None,
    parent_company_id: UUID | None = None,
    sort: Literal["name", "created_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Company]:
    """Companies by name.

    `domain`: any domain of a company's.
    """
    return await page_companies(
        call.db, tier=tier, status=status, domain=domain, parent_company_id=parent_company_id, sort=sort, limit=limit, after=after
    )


@companies.get("/companies/{company_id}", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def get_company(call: Call, company_id: UUID) -> Company:
    """One company."""
    return there(await CompanyRepository(call.db).get_company_by_id(company_id), "company", company_id)


@companies.patch("/companies/{company_id}", needs=Permission.GRAPH_WRITE, body=changes(Company))
async def update_company(call: Call, company_id: UUID, body: dict[str, Any]) -> Company:
    """Change fields of a company; of an object (attributes, research) the keys that are named, and null takes one away."""
    repository = CompanyRepository(call.db)
    await guard(call, "company", company_id, repository.get_company_by_id)
    return await repository.update_company(company_id, body)


@companies.get("/companies/{company_id}/domains", needs=Permission.GRAPH_READ)
async def get_company_domains(call: Call, company_id: UUID) -> Domains:
    """All domains of a company."""
    repository = CompanyRepository(call.db)
    there(await repository.get_company_by_id(company_id), "company", company_id)
    return Domains(await repository.get_domains(company_id))


@companies.post("/companies/{company_id}/domains", needs=Permission.GRAPH_WRITE)
async def add_company_domain(call: Call, company_id: UUID, body: NewDomain) -> Domains:
    """Add a domain to a company; it has it already: nothing changes."""
    repository = CompanyRepository(call.db)
    await repository.add_domain(company_id, body.domain)
    return Domains(await repository.get_domains(company_id))
