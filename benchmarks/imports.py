"""Importing contacts, against a bare COPY of the same rows into the same table; and how much memory an import takes.

The bare COPY is one statement into `contacts` with all its indexes, constraints and triggers, from lines made beforehand:
it reads no CSV, converts nothing, looks nobody up and rejects nothing.
"""

from __future__ import annotations

import asyncio
import csv
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

import psycopg

from benchmarks.data import FIRST, LAST, load
from benchmarks.measure import Bench, Figure

ROWS = {"tiny": 200, "small": 20_000, "full": 100_000}
HEADER = ("company_domain", "first_name", "last_name", "email", "title", "seniority_level", "phone", "is_decision_maker")
COLUMNS = "id, company_id, first_name, last_name, email, email_key, title, seniority_level, phone, is_decision_maker"
COMPANIES = 50
IMPORT = """
import asyncio, resource, sys, time
from pathlib import Path
from accountgraph.db import Database
from accountgraph.transfer.importer import import_file
async def main(url, workspace, path):
    async with Database(url, workspace=workspace) as db:
        await db.value("companies.by_domain", {"domain": "nobody.example"})
        begun = time.perf_counter()
        report = await import_file(db, "contacts", Path(path))
        assert report.created == report.rows, report
        print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
asyncio.run(main(*sys.argv[1:]))
"""


async def measure(bench: Bench) -> list[Figure]:
    """Rows a second to a bare COPY; peak memory with ten times the rows."""
    await load(bench.url, bench.scratch, COMPANIES, datetime.now(UTC), seed=3)
    rows = ROWS[bench.size]
    ours, bare, peaks = [], [], []
    with tempfile.TemporaryDirectory(prefix="accountgraph-bench-") as folder:
        for turn in range(min(bench.rounds, 3)):
            path = write_contacts(Path(folder) / f"contacts-{turn}.csv", rows, f"a{turn}")
            took, peak = await import_contacts(bench, path)
            ours.append(took)
            peaks.append(peak)
            bare.append(await asyncio.to_thread(_bare_copy, bench, rows, f"b{turn}"))
        _, small_peak = await import_contacts(bench, write_contacts(Path(folder) / "tenth.csv", rows // 10, "c"))
    speed = median(bare) / median(ours)
    detail = f"{rows / median(ours):,.0f} rows a second, bare COPY {rows / median(bare):,.0f}"
    memory = f"peak {max(peaks) / 1024:.0f} MB at {rows:,} rows, {small_peak / 1024:.0f} MB at {rows // 10:,}"
    return [
        Figure("import", "contacts, to a bare COPY", speed, 0.60, False, detail),
        Figure("import", "peak memory, 10 x the rows", max(peaks) / small_peak, 1.25, True, memory),
    ]


def write_contacts(path: Path, rows: int, batch: str) -> Path:
    """A file of contacts of the companies there are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
            domain = f"company-{number % COMPANIES}.example"
            writer.writerow((domain, first, last, f"{batch}-{number}@{domain}", "Buyer", "manager", "+49 30 901820", "true"))
    return path


async def import_contacts(bench: Bench, path: Path) -> tuple[float, int]:
    """Seconds and peak kilobytes of an import in a process of its own."""
    command = (sys.executable, "-c", IMPORT, bench.url, bench.scratch, str(path))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("The import failed; its error stands above.")
    seconds, peak = output.split()
    return float(seconds), int(peak)


def _bare_copy(bench: Bench, rows: int, batch: str) -> float:
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {bench.scratch}".encode())
        ids: dict[str, UUID] = dict(connection.execute("SELECT domain, id FROM companies").fetchall())
        lines = []
        for number in range(rows):
            domain = f"company-{number % COMPANIES}.example"
            email = f"{batch}-{number}@{domain}"
            names = (FIRST[number % len(FIRST)], LAST[number % len(LAST)])
            lines.append("\t".join((str(uuid4()), str(ids[domain]), *names, email, email, "Buyer", "manager", "+49 30 901820", "t")) + "\n")
        text = "".join(lines).encode()
        begun = perf_counter()
        with connection.cursor() as cursor, cursor.copy(f"COPY contacts ({COLUMNS}) FROM STDIN".encode()) as copy:
            copy.write(text)
        return perf_counter() - begun
