"""Running an import of an uploaded file, under a lease.

The counts of each chunk of rows are written in the chunk's own transaction, with the lease: who lost it (somebody else took the
import up, for this process did not show itself for a while) cannot commit another row.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec

from accountgraph.errors import AccountGraphError, DatabaseError, InvalidInputError
from accountgraph.transfer.importer import ImportReport, import_file
from accountgraph.transfer.uploads.erased import Erased, erased_of, without_cells
from accountgraph.transfer.uploads.models import Claimed, RejectReason
from accountgraph.transfer.uploads.preview import in_api_words, own_name, reasons_of

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Database, Session
    from accountgraph.transfer.chunks import Row

AT_ONCE = 2  # imports of one workspace that run side by side, in all processes
LEASE = timedelta(seconds=60)
RENEWED_EVERY = 15.0  # seconds
MOST_TRIES = 5
REJECTS_BYTES = 1_000_000
_GAVE_UP = f"It was taken up {MOST_TRIES} times, and each time whoever ran it was gone before it was done."

logger = logging.getLogger(__name__)


class _StoppedError(AccountGraphError):
    """The import is no longer this process's, or is to end."""


async def run_next(db: Database, *, at_once: int = AT_ONCE) -> UUID | None:
    """Run the oldest import that nobody runs to its end; gives its id, None where there is none to be run now.

    What it changes is logged under the name of who started it. Where this process is stopped meanwhile, another begins the import
    anew; that changes nothing twice.

    Raises:
        DatabaseError: the database is away; the import is taken up again once its lease is over.
    """
    claimed = await db.run(lambda session: _claim(session, at_once))
    if claimed is None:
        return None
    run = _Run(db, claimed)
    beating = asyncio.create_task(run.keep())
    try:
        await run.to_its_end()
    except asyncio.CancelledError:
        with suppress(DatabaseError):
            await asyncio.shield(db.value("imports.imports.release", run.mine))
        raise
    finally:
        beating.cancel()
        await asyncio.wait({beating})
    return claimed.id


async def _claim(session: Session, at_once: int) -> Claimed | None:
    now = session.now()
    await session.value("imports.imports.one_at_a_time")
    await session.affect("imports.imports.give_up", {"now": now, "error": _GAVE_UP, "most_tries": MOST_TRIES})
    params = {"now": now, "until": now + LEASE, "lease": uuid4(), "most": at_once}
    return await session.row(Claimed, "imports.imports.claim", params)


class _Run:
    """One import on its way."""

    def __init__(self, db: Database, claimed: Claimed) -> None:
        self._db, self._claimed = db, claimed
        self._acting = db.acting_as(claimed.acting)
        self.mine = {"id": claimed.id, "lease": claimed.lease}
        self._erased = Erased(())
        self._reasons: list[RejectReason] = []

    async def to_its_end(self) -> None:
        """Fetch the file, import it, and say what became of it."""
        with TemporaryDirectory(prefix="accountgraph-import-") as folder:
            path, rejects = Path(folder) / own_name(self._claimed.file_name), Path(folder) / "rejects.csv"
            state, error = "done", None
            try:
                await self._import(path, rejects)
            except _StoppedError:
                state = "cancelled"
            except InvalidInputError as refused:
                state, error = "failed", str(refused)
            except DatabaseError:
                raise
            except Exception:
                logger.exception("Import %s failed.", self._claimed.id)
                state, error = "failed", "Something went wrong here; it was logged under the import's id."
            await self._acting.run(lambda session: self._finish(session, state, error, rejects))

    async def keep(self) -> None:
        """Show that this process is still at it."""
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            with suppress(DatabaseError):
                await self._db.value("imports.imports.renew", {**self.mine, "until": self._db.now() + LEASE})

    async def _import(self, path: Path, rejects: Path) -> None:
        claimed = self._claimed
        if claimed.is_cancelled:
            raise _StoppedError
        await self._fetch(path)
        options = claimed.options.options(Path(claimed.file_name).stem)
        with in_api_words():
            said = replace(options, rejects=rejects, on_chunk=self._on_chunk, left_out=self._left_out)
            report = await import_file(self._acting, claimed.entity, path, said)
        await self._write(self._db, report, (await asyncio.to_thread(path.stat)).st_size)

    async def _fetch(self, path: Path) -> None:
        """The uploaded bytes as a file of our own: the importer reads its beginning twice."""
        number = 0
        with path.open("wb") as file:
            while (content := await self._db.value("imports.imports.chunk", {"id": self._claimed.id, "number": number})) is not None:
                await asyncio.to_thread(file.write, content)
                number += 1

    async def _left_out(self, session: Session, rows: list[Row]) -> set[int]:
        """Rows of people who were erased while the file waited."""
        self._erased = await erased_of(session, self._claimed.id)
        return await asyncio.to_thread(self._erased.places, rows)

    async def _on_chunk(self, session: Session, report: ImportReport, bytes_done: int) -> None:
        # A dry run is one transaction that is undone: how far it is has to be seen meanwhile.
        await self._write(self._db if report.is_dry_run else session, report, bytes_done)

    async def _write(self, db: Connectable, report: ImportReport, bytes_done: int) -> None:
        earlier = self._claimed.earlier
        self._reasons = self._erased.unnamed(reasons_of(report))
        created, updated = earlier.created + report.created, earlier.updated + report.updated
        counts = {
            "bytes_done": bytes_done,
            "rows": report.rows,
            "created": created,
            "updated": updated,
            "unchanged": max(0, report.unchanged - earlier.created - earlier.updated),
            "repeated": report.repeated,
            "rejected": report.rejected,
            "companies_created": earlier.companies_created + report.companies_created,
            "reasons": msgspec.json.encode(self._reasons).decode(),
        }
        is_cancelled = await db.value("imports.imports.progress", {**self.mine, **counts, "until": db.now() + LEASE})
        if is_cancelled is None or is_cancelled:
            raise _StoppedError

    async def _finish(self, session: Session, state: str, error: str | None, rejects: Path) -> None:
        erased = await erased_of(session, self._claimed.id)
        reasons = msgspec.json.encode(erased.unnamed(self._reasons)).decode()
        params = {**self.mine, "state": state, "error": error, "now": session.now(), "reasons": reasons}
        if await session.value("imports.imports.finish", params) is None:
            return  # another has taken it, and says what becomes of it
        if not await asyncio.to_thread(rejects.exists):
            return
        if erased:
            await asyncio.to_thread(without_cells, rejects, erased)
        with rejects.open("rb") as file:  # parts end with a line, so that whoever is named in them is named in one
            for number in count():
                if not (lines := await asyncio.to_thread(file.readlines, REJECTS_BYTES)):
                    break
                part = {"id": self._claimed.id, "number": number, "content": b"".join(lines)}
                await session.value("imports.imports.add_rejects", part)
