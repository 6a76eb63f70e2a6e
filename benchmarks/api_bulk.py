"""Adding contacts through the API, ten thousand a request, against the importer with the same rows from a CSV file."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import httpx

from accountgraph.db import Database
from accountgraph.store.companies import CompanyRepository
from benchmarks.api import started
from benchmarks.data import FIRST, LAST, load
from benchmarks.imports import COMPANIES, import_contacts, write_contacts
from benchmarks.measure import Bench, Figure

ROWS = {"tiny": 200, "small": 20_000, "full": 100_000}
A_REQUEST = 10_000
LEAST = 0.4


async def measure(bench: Bench) -> list[Figure]:
    """Rows a second as a share of the importer's."""
    await load(bench.url, bench.scratch, COMPANIES, datetime.now(UTC), seed=3)
    async with Database(bench.url, workspace=bench.scratch) as db:
        ids = {company.domain: str(company.id) for company in await CompanyRepository(db).list_companies(limit=COMPANIES)}
    process, port, key = await started("ours", bench, bench.scratch)
    rows = ROWS[bench.size]
    took: dict[str, list[float]] = {"api": [], "importer": []}
    try:
        with tempfile.TemporaryDirectory(prefix="accountgraph-bench-") as folder:
            for turn in range(min(bench.rounds, 3) + 1):
                took["api"].append(await _sent(port, key, _bodies(rows, f"x{turn}", ids)))
                path = write_contacts(Path(folder) / f"contacts-{turn}.csv", rows, f"y{turn}")
                took["importer"].append((await import_contacts(bench, path))[0])
    finally:
        await process.communicate(b"\n")
    api, importer = (rows / median(took[kind][1:]) for kind in ("api", "importer"))
    detail = f"{api:,.0f} rows a second, the importer {importer:,.0f}; {A_REQUEST:,} a request"
    return [Figure("bulk", "contacts through the API, to the importer", api / importer, LEAST, is_at_most=False, detail=detail)]


def _bodies(rows: int, batch: str, ids: dict[str | None, str]) -> list[dict[str, Any]]:
    """The requests, made beforehand, as the file is."""
    items = []
    for number in range(rows):
        domain = f"company-{number % COMPANIES}.example"
        items.append(
            {
                "company_id": ids[domain],
                "first_name": FIRST[number % len(FIRST)],
                "last_name": LAST[number % len(LAST)],
                "email": f"{batch}-{number}@{domain}",
                "title": "Buyer",
                "seniority_level": "manager",
                "phone": "+49 30 901820",
                "is_decision_maker": True,
            }
        )
    return [{"items": items[start : start + A_REQUEST]} for start in range(0, rows, A_REQUEST)]


async def _sent(port: int, key: str, bodies: list[dict[str, Any]]) -> float:
    begun = perf_counter()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=300) as client:
        for body in bodies:
            answer = await client.post("/api/v1/contacts/bulk", json=body, headers={"Authorization": f"Bearer {key}"})
            if answer.status_code != 200 or answer.json()["errors"]:
                raise RuntimeError(f"The server answers {answer.text[:300]}.")
    return perf_counter() - begun
