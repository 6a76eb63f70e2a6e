"""Exports over HTTP: the bytes of the command line, as of one moment."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest

from accountgraph.api.streams.gates import Gate
from accountgraph.transfer.exporter import export
from tests.api.conftest import opened

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database
    from tests.api.conftest import Asker

FORMULA = '=HYPERLINK("http://evil.example","click")'


async def filled(api: Asker, count: int = 3000) -> None:
    rows = [{"email": f"p{number}@acme.com", "first_name": "Zoë", "last_name": "x" * 60} for number in range(count)]
    await api.made("/contacts/bulk", {"items": rows})


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_export_is_byte_for_byte_the_file_of_the_command(api: Asker, db: Database, tmp_path: Path, form: str) -> None:
    await filled(api)
    path = tmp_path / f"contacts.{form}"
    await export(db, "contacts", path, form)  # type: ignore[arg-type] # both are formats
    for coding in ("identity", "gzip", "zstd"):
        answer = await api.get(f"/exports/contacts?format={form}", headers={"Accept-Encoding": coding})
        assert answer.headers.get("content-encoding", "identity") == coding
        assert answer.content == path.read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="contacts.{form}"'
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_cells_are_as_they_are_unless_a_spreadsheet_is_to_open_them(api: Asker) -> None:
    await api.made("/companies", {"name": FORMULA, "domain": "acme.com", "description": "-1 + 1"})
    plain = (await api.get("/exports/companies")).text
    assert '"=HYPERLINK(""' in plain
    harmless = (await api.get("/exports/companies?spreadsheet=true")).text
    assert '"\'=HYPERLINK(""' in harmless
    assert "'-1 + 1" in harmless
    assert (await api.get("/exports/companies?spreadsheet=true&format=jsonl")).status_code == 422


async def test_agents_and_viewers_export_nothing(api: Asker) -> None:
    for role in ("agent", "viewer"):
        answer = await (await api.as_role(role)).get("/exports/contacts")
        assert answer.status_code == 403
        assert "exports:read" in answer.json()["detail"]


async def test_there_is_no_export_of_what_is_no_entity(api: Asker) -> None:
    for entity in ("secrets", "..%2f..%2fetc%2fpasswd", "contacts%00"):
        assert (await api.get(f"/exports/{entity}")).status_code == 404


async def test_only_so_many_exports_at_once(url: str) -> None:
    async with opened(url, exports=Gate(1, "exports")) as api:
        await filled(api, 10_000)
        request = api.client.build_request("GET", "/api/v1/exports/contacts", headers={"Authorization": f"Bearer {api.key}"})
        slow = await api.client.send(request, stream=True)  # takes nothing: it stays inside
        busy = await api.get("/exports/contacts")
        assert busy.status_code == 503
        assert busy.headers["retry-after"]
        await slow.aclose()
        async with asyncio.timeout(10):
            while (await api.get("/exports/contacts")).status_code == 503:  # noqa: ASYNC110 - as a caller would
                await asyncio.sleep(0.05)
        assert api.parts.exports.inside == 0


async def test_what_came_while_it_is_sent_is_not_in_it(api: Asker, db: Database) -> None:
    await filled(api, 10_000)
    request = api.client.build_request("GET", "/api/v1/exports/contacts", headers={"Authorization": f"Bearer {api.key}"})
    answer = await api.client.send(request, stream=True)
    pieces = answer.aiter_bytes()
    first = await anext(pieces)
    await api.made("/contacts", {"id": "ffffffff-ffff-4fff-bfff-ffffffffffff", "email": "late@acme.com"})
    rest = b"".join([piece async for piece in pieces])
    assert b"late@acme.com" not in first + rest
    out = io.StringIO()
    assert await export(db, "contacts", out) == 10_001
