"""Importing relationships, conversations and touchpoints, and a list of companies without domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.models import Company, Contact
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.transfer.importer import ImportOptions, ImportReport, import_file, plan_import
from tests.unit.transfer_files import written

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database


async def imported(db: Database, entity: str, folder: Path, *rows: list[str], **options: Any) -> ImportReport:
    return await import_file(db, entity, written(folder, rows), ImportOptions(**options))


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


def refused(report: ImportReport) -> list[str]:
    return [field for field, _ in report.reasons]


async def people(db: Database, *addresses: str) -> list[Contact]:
    company = Company(name="Acme", domain="acme.com")
    await CompanyRepository(db).create_company(company)
    rows = [Contact(email=address, company_id=company.id) for address in addresses]
    await ContactRepository(db).create_many(rows)
    return rows


EDGES = [
    ["contact_1_email", "contact_2_email", "type", "strength"],
    ["a@x.com", "b@x.com", "reports_to", "strong"],
    ["b@x.com", "a@x.com", "manager_of", "weak"],
    ["a@x.com", "c@x.com", "colleague", ""],
    ["a@x.com", "a@x.com", "colleague", ""],
    ["a@x.com", "nobody@x.com", "colleague", ""],
    ["c@x.com", "a@x.com", "referral", ""],
]


async def test_an_edge_said_the_other_way_round_is_the_same_edge(db: Database, tmp_path: Path) -> None:
    a, b, _ = await people(db, "a@x.com", "b@x.com", "c@x.com")
    report = await imported(db, "relationships", tmp_path, *EDGES)
    assert counts(report) == (2, 0, 1, 3)
    assert refused(report) == ["contact_2_email", "contact_2_email", "relationship_type"]
    edge = await RelationshipRepository(db).get_relationship(a.id, b.id)
    assert edge is not None
    assert (edge.contact_id_1, edge.relationship_type, edge.strength) == (a.id, "reports_to", "strong")
    assert counts(await imported(db, "relationships", tmp_path, *EDGES)) == (0, 0, 3, 3)


TALKS = [["Deal ID", "contact_email", "status", "Amount"], ["d1", "a@x.com", "open", "1,250.50"], ["d2", "nobody@x.com", "won", ""]]


async def test_conversations_are_found_again_by_external_id(db: Database, tmp_path: Path) -> None:
    (a,) = await people(db, "a@x.com")
    report = await imported(db, "conversations", tmp_path, *TALKS)
    assert (counts(report), refused(report)) == ((1, 0, 0, 1), ["contact_email"])
    assert counts(await imported(db, "conversations", tmp_path, *TALKS)) == (0, 0, 1, 1)
    (talk,) = await ConversationRepository(db).get_conversations_by_contact(a.id)
    assert (talk.company_id, str(talk.estimated_value)) == (a.company_id, "1250.50")
    closed = [TALKS[0], ["d1", "a@x.com", "lost", ""]]
    assert counts(await imported(db, "conversations", tmp_path, *closed, overwrite=True)) == (0, 1, 0, 0)
    company = await CompanyRepository(db).get_company_by_domain("acme.com")
    assert company is not None
    assert company.active_conversations == 0


TOUCHES = [
    ["Message ID", "contact_email", "direction", "sent_at", "opened_at", "in_reply_to_key@mail", "external_id:mail"],
    ["<2@x>", "a@x.com", "inbound", "2026-01-02", "", "1", "2"],
    ["<1@x>", "a@x.com", "outbound", "2026-01-01", "2026-01-03", "", "1"],
    ["<3@x>", "a@x.com", "inbound", "2026-01-02", "", "none", "3"],
    ["<4@x>", "b@x.com", "inbound", "2026-01-02", "", "", "4"],
]


async def test_touchpoints_go_to_the_one_open_conversation_of_their_contact(db: Database, tmp_path: Path) -> None:
    a, _ = await people(db, "a@x.com", "b@x.com")
    talk = await ConversationRepository(db).create_conversation(a.id)
    report = await imported(db, "touchpoints", tmp_path, *TOUCHES)
    assert counts(report) == (2, 0, 0, 2)
    assert refused(report) == ["contact_email", "in_reply_to_id"]
    after = await ConversationRepository(db).get_conversation_by_id(talk.id)
    assert after is not None
    assert (after.touchpoint_count, after.response_count) == (2, 1)
    assert counts(await imported(db, "touchpoints", tmp_path, *TOUCHES)) == (0, 0, 2, 2)


async def test_a_time_that_was_missing_becomes_an_event(db: Database, tmp_path: Path) -> None:
    (a,) = await people(db, "a@x.com")
    talk = await ConversationRepository(db).create_conversation(a.id)
    head = ["email_message_id", "conversation_id", "sent_at", "clicked_at"]
    await imported(db, "touchpoints", tmp_path, head, ["<1@x>", str(talk.id), "2026-01-01", ""])
    rows = [head, ["<1@x>", str(talk.id), "2026-02-01", "2026-01-02"]]
    assert counts(await imported(db, "touchpoints", tmp_path, *rows)) == (0, 1, 0, 0)
    assert counts(await imported(db, "touchpoints", tmp_path, *rows)) == (0, 0, 1, 0)
    (stored,) = await TouchpointRepository(db).get_touchpoints(talk.id)
    assert (stored.sent_at is not None and stored.sent_at.month, stored.outcome) == (1, "clicked")


async def test_answers_find_their_message_wherever_it_stands_in_the_file(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accountgraph.transfer.chunks.CHUNK_ROWS", 3)
    (a,) = await people(db, "a@x.com")
    await ConversationRepository(db).create_conversation(a.id)
    head = ["external_id:mail", "in_reply_to_key@mail", "contact_email"]
    rows = [[str(number), str(number + 1) if number < 9 else "", "a@x.com"] for number in range(10)]
    assert counts(await imported(db, "touchpoints", tmp_path, head, *rows)) == (10, 0, 0, 0)


async def test_parents_may_come_after_their_subsidiaries(db: Database, tmp_path: Path) -> None:
    rows = [["name", "domain", "parent_company_domain"], ["Child", "child.com", "parent.com"], ["Parent", "parent.com", ""]]
    assert counts(await imported(db, "companies", tmp_path, *rows)) == (2, 0, 0, 0)
    child = await CompanyRepository(db).get_company_by_domain("child.com")
    parent = await CompanyRepository(db).get_company_by_domain("parent.com")
    assert child is not None
    assert parent is not None
    assert child.parent_company_id == parent.id
    assert counts(await imported(db, "companies", tmp_path, *rows)) == (0, 0, 2, 0)


async def test_a_company_is_found_by_any_of_its_domains(db: Database, tmp_path: Path) -> None:
    await imported(db, "companies", tmp_path, ["name", "domain", "domains"], ["Acme", "acme.com", "acme.org; acme.net"])
    report = await imported(db, "companies", tmp_path, ["name", "domain", "industry"], ["ACME Inc", "acme.org", "Steel"])
    assert counts(report) == (0, 1, 0, 0)
    found = await CompanyRepository(db).get_company_by_domain("acme.net")
    assert found is not None
    assert (found.name, found.domain, found.industry) == ("Acme", "acme.com", "Steel")


async def test_a_domain_of_another_company_is_refused(db: Database, tmp_path: Path) -> None:
    await imported(db, "companies", tmp_path, ["Account ID", "name", "domain"], ["1", "Acme", "acme.com"], ["2", "Beta", "beta.com"])
    report = await imported(db, "companies", tmp_path, ["Account ID", "name", "domain"], ["1", "Acme", "beta.com"])
    assert (counts(report), refused(report)) == ((0, 0, 0, 1), ["domain"])


# As lists of index members are published: names and keys, no domains.
INDEX = [
    ["Symbol", "Security", "GICS Sector", "Headquarters Location", "Date added", "CIK", "Founded"],
    ["AAA", "Alpha A. Co", "Industrials", "Saint Paul, Minnesota", "1957-03-04", "0000001", "1902"],
    ["BBB", "Beta B. Inc", "Health Care", "Dublin, Ireland", "2017-07-26", "0000002", "1916 (1888)"],
    ["BBB.B", "Beta B. Inc (Class B)", "Health Care", "Dublin, Ireland", "2017-07-26", "0000003", ""],
]


async def test_a_list_without_domains_is_refused_with_the_ways_to_import_it(db: Database, tmp_path: Path) -> None:
    plan = plan_import("companies", written(tmp_path, INDEX))
    assert "--map 'Security=name'" in plan.problems[0]
    assert "--key" in plan.problems[1]
    assert "--derive 'domain=" in plan.problems[1]
    with pytest.raises(InvalidValueError, match="--map"):
        await imported(db, "companies", tmp_path, *INDEX)


@pytest.mark.parametrize(
    "ways", [{"key": "CIK", "source": "sec"}, {"key": "Symbol"}, {"derive": ("domain={Symbol|slug}.placeholder.invalid",)}]
)
async def test_a_list_without_domains_is_imported_by_key_or_derived_domain(db: Database, tmp_path: Path, ways: dict[str, Any]) -> None:
    said = {"map": ("Security=name", "GICS Sector=industry"), "set": ("country=US",), **ways}
    assert counts(await imported(db, "companies", tmp_path, *INDEX, **said)) == (3, 0, 0, 0)
    (alpha,) = await CompanyRepository(db).search_companies("alpha")
    assert (alpha.industry, alpha.headquarters_location, alpha.country) == ("Industrials", "Saint Paul, Minnesota", "US")
    assert (alpha.attributes["Founded"], alpha.attributes["Date added"]) == ("1902", "1957-03-04")
    assert counts(await imported(db, "companies", tmp_path, *INDEX, **said)) == (0, 0, 3, 0)
