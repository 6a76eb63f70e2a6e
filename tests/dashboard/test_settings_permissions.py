"""Settings of whom not to write to: free days, law, suppressions, consents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.free_days import FreeDayRepository
from accountgraph.store.outreach.jurisdictions import JurisdictionRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.dashboard.html import Page
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_settings import S
from tests.dashboard.test_settings_people import sent

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser


async def a_person(db: Database) -> UUID:
    company = await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    fields = {"company_id": company.id, "first_name": HOSTILE[:40], "email": "sarah@acme.com"}
    return (await ContactRepository(db).create_contact(fields)).id


async def undone(ada: Browser, path: str, fields: dict[str, str | list[str]], back: str) -> None:
    """Send a form, then the form that takes it back, as the page shows it."""
    csrf = (await ada.page(back)).hidden["csrf"]
    answer = await ada.post(path, {"csrf": csrf, **fields})
    assert answer.status_code == 303, answer.text
    text = (await ada.get(answer.headers["location"])).text
    toast = text[text.index('<div id="said"') :]
    form = Page("<!DOCTYPE html><main><h1>x</h1></main>" + toast[: toast.index('<div id="problem"')])
    action = toast.partition('action="')[2].partition('"')[0]
    ada.said = None
    again = await ada.post(action, form.hidden)
    assert again.status_code == 303, again.text
    ada.said = None


async def test_a_free_day_is_added_removed_and_put_back(browser: Browser, db: Database) -> None:
    ada, days = await browser.as_role("admin"), FreeDayRepository(db)
    page = f"{S}/holidays"
    shown = await ada.do(page, {"form": "day", "day": "2999-12-24", "name": HOSTILE, "region": "de"}, page)
    assert HOSTILE in shown.text
    assert [(one.day, one.region) for one in await days.list_free_days()] == [(date(2999, 12, 24), "DE")]
    await undone(ada, f"{page}/remove", {"day": "2999-12-24", "region": "DE"}, page)
    assert [one.name for one in await days.list_free_days()] == [HOSTILE]


@pytest.mark.parametrize(("field", "value"), [("day", "yesterday"), ("region", "Germany"), ("name", "")])
async def test_a_free_day_that_cannot_be_is_refused_at_its_field(browser: Browser, field: str, value: str) -> None:
    fields: dict[str, str | list[str]] = {"form": "day", "day": "2999-12-24", "name": "x", field: value}
    assert f'id="day-{field}-error"' in await sent(await browser.as_role("admin"), f"{S}/holidays", fields, 422)


async def test_a_rule_of_a_country_is_put_removed_and_put_back(browser: Browser, db: Database) -> None:
    ada, law, page = await browser.as_role("admin"), JurisdictionRepository(db), f"{S}/law"
    fields: dict[str, str | list[str]] = {
        "form": "rule",
        "country": "xa",
        "channel": "email",
        "valid_from": "2020-01-01",
        "rule": "deny",
        "source": HOSTILE,
        "note": "a note",
    }
    shown = await ada.do(page, fields, page)
    assert HOSTILE in shown.text
    assert "never" in shown.text
    await undone(ada, f"{page}/remove", {"country": "XA", "channel": "email", "valid_from": "2020-01-01"}, page)
    [row] = await law.list_jurisdictions(country="XA")
    assert (row.rule, row.source, row.note) == ("deny", HOSTILE, "a note")


@pytest.mark.parametrize(("field", "value"), [("country", "Germany"), ("rule", "maybe"), ("valid_from", "soon"), ("source", "")])
async def test_a_rule_that_cannot_be_is_refused_at_its_field(browser: Browser, field: str, value: str) -> None:
    fields: dict[str, str | list[str]] = {
        "form": "rule",
        "country": "XA",
        "channel": "email",
        "valid_from": "2020-01-01",
        "rule": "deny",
        "source": "x",
        field: value,
    }
    assert f'id="rule-{field}-error"' in await sent(await browser.as_role("admin"), f"{S}/law", fields, 422)


@pytest.mark.parametrize(
    ("said", "shown_as"), [("Sarah@Acme.com", "sarah@acme.com"), ("acme.com", "all of acme.com"), ("+49 151 12345678", "+4915112345678")]
)
async def test_whom_to_suppress_is_read_from_what_is_written(browser: Browser, said: str, shown_as: str) -> None:
    ada, page = await browser.as_role("member"), f"{S}/suppressions"
    await ada.do(page, {"form": "suppress", "target": said, "channel": "all", "reason": "objection", "note": HOSTILE}, page)
    found = await ada.page(f"{page}?q={said.replace('+', '%2B')}")
    assert shown_as in found.text
    assert HOSTILE in found.text
    assert "Nothing is suppressed that fits" in (await ada.page(f"{page}?q=other@acme.org")).text


async def test_a_lifted_suppression_is_put_back_by_its_undo(browser: Browser, db: Database) -> None:
    ada, page, repository = await browser.as_role("member"), f"{S}/suppressions", SuppressionRepository(db)
    made = await repository.suppress(address="sarah@acme.com", reason="complained", note="by phone")
    text = (await ada.get(page)).text
    assert f"{S}/suppressions/{made.id}/lift" in text
    fields: dict[str, str | list[str]] = {"target": "sarah@acme.com", "channel": "all", "reason": "complained", "note": "by phone"}
    await undone(ada, f"{page}/{made.id}/lift", fields, page)
    [found] = await repository.list_suppressions()
    assert (found.address, found.reason, found.note) == ("sarah@acme.com", "complained", "by phone")


async def test_a_persons_suppression_shows_who_it_is(browser: Browser, db: Database) -> None:
    key = await a_person(db)
    await SuppressionRepository(db).suppress(contact_id=key)
    shown = await (await browser.as_role("viewer")).page(f"{S}/suppressions")
    assert HOSTILE[:40] in shown.text


async def test_a_pasted_list_is_added_whole(browser: Browser, db: Database) -> None:
    ada, page = await browser.as_role("member"), f"{S}/suppressions"
    text = "a@acme.com\r\n\r\nb@acme.com\r\nacme.org\r\n"
    shown = await ada.do(f"{page}/paste", {"form": "paste", "list": text, "reason": "objection"}, page)
    assert "3 lines are not written to any more" in shown.text
    assert len(await SuppressionRepository(db).list_suppressions()) == 3


async def test_of_a_pasted_list_nothing_is_added_where_a_line_cannot_be_read(browser: Browser, db: Database) -> None:
    ada, page = await browser.as_role("member"), f"{S}/suppressions"
    text = await sent(ada, f"{page}/paste", {"form": "paste", "list": f"a@acme.com\nb@{HOSTILE}"}, 422, page)
    assert "line 2" in text
    assert 'id="paste-list-error"' in text
    assert "<img src=x" not in text
    assert await SuppressionRepository(db).list_suppressions() == []
    await sent(ada, f"{page}/paste", {"form": "paste", "list": "a@acme.com\n" * 501}, 422, page)


async def test_a_consent_is_put_on_record_revoked_and_put_back(browser: Browser, db: Database) -> None:
    ada, key, page = await browser.as_role("member"), await a_person(db), f"{S}/consents"
    fields: dict[str, str | list[str]] = {
        "form": "consent",
        "email": "sarah@acme.com",
        "channel": "email",
        "basis": "consent",
        "wording": HOSTILE,
    }
    shown = await ada.do(page, fields, page)
    assert HOSTILE in shown.text
    await undone(ada, f"{page}/revoke", {"contact_id": str(key), "channel": "email"}, page)
    [stands] = await ConsentRepository(db).get_consents(key)
    assert stands.wording == HOSTILE
    assert len(await ConsentRepository(db).get_consents(key, include_revoked=True)) == 2
    assert "revoked" in (await ada.page(f"{page}?basis=consent&channel=email")).text


async def test_a_consent_of_nobody_is_refused_at_its_field(browser: Browser) -> None:
    text = await sent(
        await browser.as_role("member"), f"{S}/consents", {"form": "consent", "email": "nobody@acme.com", "basis": "consent"}, 422
    )
    assert 'id="consent-email-error"' in text
