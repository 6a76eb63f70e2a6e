"""Importing in the browser: nothing is written before somebody says so, and what is rejected is put right in place."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.listing import page_companies
from accountgraph.store.companies import CompanyRepository
from accountgraph.transfer.uploads import list_imports, run_next
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.test_accounts import HOSTILE

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.dashboard.html import Page

FILE = b"Security,Symbol,GICS Sector\n3M,MMM,Industrials\nAbbott Laboratories,ABT,Health Care\n"
DERIVED = "domain={Symbol|lower}.placeholder.invalid"


async def uploaded(browser: Browser, content: bytes = FILE, name: str = "companies.csv") -> str:
    """The path of the page on which a file is chosen."""
    csrf = (await browser.page(f"{W}/imports")).hidden["csrf"]
    answer = await browser.upload(f"{W}/imports", {"csrf": csrf}, name, content)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def chosen(browser: Browser, path: str, **fields: str | list[str]) -> Page:
    """What the page shows once something is chosen."""
    return await browser.page_of(path, {"entity": "companies", **fields}, back=path)


async def ended(db: Database) -> None:
    """Wait until no import is open, working along."""
    while any(not run.is_over for run in (await list_imports(db))[0]):
        await run_next(db)
        await asyncio.sleep(0.05)


async def imports_of(url: str) -> int:
    """How many rows there are, uploads and all."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute("SELECT count(*) FROM abm.imports")
        found = await cursor.fetchone()
        assert found is not None
        return int(found[0])


async def test_what_is_missing_is_said_with_buttons_that_cure_it(browser: Browser) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    shown = await ada.page(path)
    assert "“Security” is the name" in shown.text
    assert "Give each a made-up domain" in shown.text


async def test_nothing_is_written_before_somebody_says_so(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    shown = await chosen(ada, path, column=["Security"], target=["name"], derive=DERIVED)
    assert "What would come of it" in shown.text
    assert (await page_companies(db)).items == []


async def test_a_file_is_imported_as_chosen(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    fields: dict[str, str | list[str]] = {
        "entity": "companies",
        "column": ["Security", "GICS Sector"],
        "target": ["name", "industry"],
        "derive": DERIVED,
    }
    shown = await ada.do(path, {**fields, "do": "start"}, back=path)
    assert "has begun" in shown.text
    await ended(db)
    found = await CompanyRepository(db).get_company_by_domain("mmm.placeholder.invalid")
    assert found is not None
    assert (found.name, found.industry) == ("3M", "Industrials")


async def test_a_dry_run_writes_nothing_and_the_file_waits(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    fields: dict[str, str | list[str]] = {"entity": "companies", "column": ["Security"], "target": ["name"], "derive": DERIVED}
    await ada.do(path, {**fields, "do": "try"}, back=path)
    await ended(db)
    [run] = (await list_imports(db))[0]
    assert (run.is_dry_run, run.created) == (True, 2)
    assert (await page_companies(db)).items == []
    assert "companies.csv" in (await ada.page(path)).text


async def test_what_was_tried_is_imported_as_it_was_tried(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    given: dict[str, str | list[str]] = {"column": ["Security", "GICS Sector"], "target": ["name", "industry"], "derive": DERIVED}
    shown = await ada.do(path, {"entity": "companies", "overwrite": "yes", **given, "do": "try"}, back=path)
    await ended(db)
    [run] = (await list_imports(db))[0]
    tried = f"{W}/imports/{run.id}?of={path.split('/')[-2]}"
    text = (await ada.get(tried)).text
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text[text.index('id="run"') :])
    fields: dict[str, str | list[str]] = {
        name: [unescape(value) for key, value in sent if key == name] for name, _ in sent if name != "csrf"
    }
    assert f"{path}?like={run.id}" in text
    shown = await ada.do(path, {**fields, "do": "start"}, back=f"{path}?like={run.id}")
    assert "has begun" in shown.text
    await ended(db)
    [done] = [one for one in (await list_imports(db))[0] if not one.is_dry_run]
    assert {**done.options, "dry_run": True} == run.options
    found = await CompanyRepository(db).get_company_by_domain("mmm.placeholder.invalid")
    assert found is not None
    assert (found.name, found.industry) == ("3M", "Industrials")


async def test_file_that_was_tried_is_shown_as_it_was_chosen(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    given: dict[str, str | list[str]] = {"column": ["Security"], "target": ["name"], "key": "Symbol", "dates": "dmy"}
    await ada.do(path, {"entity": "companies", **given, "do": "try"}, back=path)
    await ended(db)
    [run] = (await list_imports(db))[0]
    shown = (await ada.get(f"{path}?like={run.id}")).text
    assert '<option value="name" selected>' in shown
    assert "<option selected>Symbol</option>" in shown
    assert '<option value="dmy" selected>' in shown
    assert "No column is name." not in shown


async def test_a_gap_in_the_mapping_is_refused_and_the_file_stays(browser: Browser) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada)
    csrf = (await ada.page(path)).hidden["csrf"]
    answer = await ada.post(path, {"csrf": csrf, "entity": "companies", "do": "start"})
    assert answer.status_code == 422
    assert "No column is name." in answer.text
    assert (await ada.get(path)).status_code == 200


async def test_rejected_rows_are_put_right_in_place(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    path = await uploaded(ada, b"name,domain\nGood,good.example\nBad,not a domain\n")
    await ada.do(path, {"entity": "companies", "do": "start"}, back=path)
    await ended(db)
    [run] = (await list_imports(db))[0]
    rejects = f"{W}/imports/{run.id}/rejects"
    assert "not a domain" in (await ada.get(rejects)).text
    await ada.do(rejects, {"row": "0", "cell": ["Bad", "bad.example"]}, back=rejects)
    await ended(db)
    assert await CompanyRepository(db).get_company_by_domain("bad.example") is not None


async def test_rejected_rows_of_many_columns_come_in_as_many_as_a_form_holds(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    wide = [f"note {number}" for number in range(78)]
    lines = [",".join(["name", "domain", *wide]), *(",".join([f"Bad {row}", "not a domain", *["x"] * len(wide)]) for row in range(40))]
    path = await uploaded(ada, "\n".join(lines).encode())
    await ada.do(path, {"entity": "companies", "do": "start"}, back=path)
    await ended(db)
    rejects = f"{W}/imports/{(await list_imports(db))[0][0].id}/rejects"
    text = (await ada.get(rejects)).text
    cells, rows = text.count('name="cell"'), text.count('name="row"')
    assert (cells, rows) == (24 * 80, 24)
    sent: list[str] = [value for row in range(rows) for value in (f"Good {row}", f"good{row}.example", *wide)]
    await ada.do(rejects, {"row": [str(row) for row in range(rows)], "cell": sent}, back=rejects)
    await ended(db)
    assert await CompanyRepository(db).get_company_by_domain("good23.example") is not None


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08" + b"\0" * 40], ids=["empty", "compressed"])
async def test_a_file_that_is_no_table_leaves_nothing(browser: Browser, url: str, content: bytes) -> None:
    ada = await browser.as_role("member")
    csrf = (await ada.page(f"{W}/imports")).hidden["csrf"]
    answer = await ada.upload(f"{W}/imports", {"csrf": csrf}, "x.csv", content)
    assert answer.status_code == 422
    assert await imports_of(url) == 0


async def test_a_file_without_the_sessions_token_leaves_nothing(browser: Browser, url: str) -> None:
    ada = await browser.as_role("member")
    assert (await ada.upload(f"{W}/imports", {"csrf": "x"}, "x.csv", FILE)).status_code == 403
    assert await imports_of(url) == 0


async def test_a_viewer_imports_nothing(browser: Browser) -> None:
    eve = await browser.as_role("viewer")
    assert (await eve.get(f"{W}/imports")).status_code == 403
    assert (await eve.upload(f"{W}/imports", {"csrf": ""}, "x.csv", FILE)).status_code == 403


async def test_what_a_file_says_is_text(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("member")
    cell = '"' + HOSTILE.replace('"', '""') + '"'
    path = await uploaded(ada, f"name,domain,note\n{cell},{cell},{cell}\n".encode(), name="<script>.csv")
    assert (await ada.page(path)).tags.count("script") == OUR_SCRIPTS
    await ada.do(path, {"entity": "companies", "do": "start"}, back=path)
    await ended(db)
    [run] = (await list_imports(db))[0]
    for page in ("", f"/{run.id}", f"/{run.id}/rejects"):
        assert (await ada.page(f"{W}/imports{page}")).tags.count("script") == OUR_SCRIPTS
