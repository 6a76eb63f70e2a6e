"""What happens to an import when something breaks."""

from __future__ import annotations

import asyncio
import csv
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.errors import DatabaseError
from accountgraph.store.companies import CompanyRepository
from accountgraph.transfer.importer import ImportOptions, import_file
from tests.unit.transfer_files import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.db import Database

ROWS = 12_000
CHILD = """
import asyncio, sys
from pathlib import Path
from accountgraph.db import Database
from accountgraph.transfer import chunks
from accountgraph.transfer.importer import ImportOptions, import_file

chunks.CHUNK_ROWS = 1000

async def main(url, path):
    async with Database(url, workspace="abm") as db:
        await import_file(db, "contacts", Path(path), ImportOptions(on_progress=lambda *one: print(one[2], flush=True)))

asyncio.run(main(*sys.argv[1:]))
"""


def many_contacts(folder: Path, count: int) -> Path:
    path = folder / "contacts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "first_name", "company_domain", "external_id:crm"])
        writer.writerows([f"p{number}@acme.com", f"Person {number}", "acme.com", str(number)] for number in range(count))
    return path


async def test_a_second_run_completes_what_a_killed_client_began(url: str, db: Database, tmp_path: Path) -> None:
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    path = many_contacts(tmp_path, ROWS)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, url, str(path), stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    while int(await child.stdout.readline()) < ROWS // 3:
        pass
    child.kill()
    await child.wait()
    report = await import_file(db, "contacts", path)
    assert report.created > 0
    assert report.unchanged >= ROWS // 3
    assert report.created + report.unchanged == ROWS
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*), count(DISTINCT email_key) FROM abm.contacts").fetchone()
        keys = connection.execute("SELECT count(*), count(DISTINCT contact_id) FROM abm.external_ids").fetchone()
        counted = connection.execute("SELECT total_contacts FROM abm.companies").fetchone()
    assert (found, keys, counted) == ((ROWS, ROWS), (ROWS, ROWS), (ROWS,))


@pytest.fixture
def small_disk(server_url: str, tmp_path: Path) -> Iterator[str]:
    """A tablespace that holds a few megabytes."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        row = admin.execute("SELECT current_setting('data_directory')").fetchone()
        assert row is not None
        owner = Path(row[0]).stat()
        folder = Path("/tmp") / f"ag-full-{os.getpid()}"  # noqa: S108 - the server must be able to enter it
        folder.mkdir()
        options = f"size=24m,uid={owner.st_uid},gid={owner.st_gid},mode=700"
        mounted = (
            shutil.which("mount") and subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False).returncode == 0
        )
        if not mounted:
            folder.rmdir()
            pytest.skip("a small disk can only be mounted by root")
        admin.execute(f"CREATE TABLESPACE tiny LOCATION '{folder}'")
        try:
            yield "tiny"
        finally:
            for (name,) in admin.execute(
                "SELECT datname FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE spcname = 'tiny'"
            ):
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            admin.execute("DROP TABLESPACE tiny")
            subprocess.run(["umount", folder], check=True)
            folder.rmdir()


async def test_a_full_disk_is_said_clearly_and_the_chunks_before_stay(
    url: str, db: Database, tmp_path: Path, small_disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accountgraph.transfer.chunks.CHUNK_ROWS", 2000)
    with psycopg.connect(url) as connection:
        connection.execute(f"ALTER TABLE abm.contacts SET TABLESPACE {small_disk}")
    rows = [[f"p{number}@acme.com", f"{number} " * 200] for number in range(20_000)]
    path = written(tmp_path, [["email", "Note"], *rows])
    with pytest.raises(DatabaseError, match="disk is full"):
        await import_file(db, "contacts", path)
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM abm.contacts").fetchone()
        connection.execute("ALTER TABLE abm.contacts SET TABLESPACE pg_default")
    assert found is not None
    assert found[0] % 2000 == 0
    assert 0 < found[0] < 20_000
    report = await import_file(db, "contacts", path)
    assert (report.created, report.unchanged) == (20_000 - found[0], found[0])


async def test_two_imports_of_one_file_at_once_make_no_duplicates(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountgraph.transfer.chunks.CHUNK_ROWS", 500)
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    path = many_contacts(tmp_path, 3000)
    one, two = await asyncio.gather(
        import_file(db, "contacts", path),
        import_file(db, "contacts", path, ImportOptions(rejects=tmp_path / "second.csv")),
    )
    assert (one.rejected, two.rejected) == (0, 0)
    assert one.created + two.created == 3000
    company = await CompanyRepository(db).get_company_by_domain("acme.com")
    assert company is not None
    assert company.total_contacts == 3000


async def test_memory_does_not_grow_with_the_file(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountgraph.transfer.chunks.CHUNK_ROWS", 500)
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    await import_file(db, "contacts", many_contacts(tmp_path, 1000))  # what is loaded or cached once
    peaks = []
    for count in (8000, 24_000):
        path = many_contacts(tmp_path, count)
        tracemalloc.start()
        await import_file(db, "contacts", path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
