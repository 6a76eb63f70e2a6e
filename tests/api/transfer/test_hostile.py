"""Uploads that mean harm: names that are paths, files that grow, bodies that never come."""

from __future__ import annotations

import asyncio
import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from accountgraph.api.streams.files import disposition
from accountgraph.api.streams.forms import Pace
from accountgraph.api.streams.gates import Gate
from accountgraph.api.streams.uploads import Uploads
from accountgraph.transfer.uploads import safe_name
from tests.api.conftest import opened
from tests.api.transfer.test_imports import PEOPLE, over, upload
from tests.db.uploads.looking import value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from accountgraph.db import Database
    from tests.api.conftest import Asker

NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system.ini": "system.ini",
    "/etc/cron.d/job": "job",
    "..": "upload.csv",
    "": "upload.csv",
    "a\r\nSet-Cookie: x=1.csv": "a__Set-Cookie_ x=1.csv",
    "people\u202evsc.exe": "people_vsc.exe",
    'a";filename="b.exe': "a__filename=_b.exe",
    "~/.ssh/authorized_keys": "authorized_keys",
    "x\0.csv": "x_.csv",
}


@pytest.mark.parametrize("given", NAMES)
def test_name_of_a_file_is_never_a_path_nor_a_trick(given: str) -> None:
    assert safe_name(given) == NAMES[given]


def test_long_name_is_cut_and_keeps_its_ending() -> None:
    assert safe_name("n" * 5000 + ".jsonl") == "n" * 114 + ".jsonl"


@pytest.mark.parametrize("name", ["a\r\nX: y.csv", 'a"; x="b', "Zoë ☃.csv", "a\\b", "\ud800.csv"])
def test_header_that_names_a_file_is_one_line_of_plain_letters(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.startswith('attachment; filename="')


async def test_file_named_by_a_path_is_imported_and_nothing_is_written_there(api: Asker, tmp_path: Path) -> None:
    aim = tmp_path / "aim.csv"
    answer = await upload(api, name=f"../../../../../../{aim}")
    found = await over(api, answer.json()["id"])
    assert (found["state"], found["file_name"]) == ("done", "aim.csv")
    assert not aim.exists()
    rejects = await api.get(f"/imports/{found['id']}/rejects")
    assert rejects.headers["content-disposition"] == 'attachment; filename="aim.rejects.csv"'


def _zipped(text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", text)
    return out.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, _zipped], ids=["gzip", "zip"])
@pytest.mark.parametrize("path", ["/imports", "/imports/preview"])
async def test_compressed_file_is_refused_unexpanded_whatever_it_is_called(api: Asker, db: Database, path: str, pack: object) -> None:
    bomb = pack(b"0" * 50_000_000)  # type: ignore[operator]
    answer = await upload(api, bomb, path=path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"
    assert await value(db, "SELECT count(*) FROM imports") == 0


async def test_compressed_body_is_refused(api: Asker) -> None:
    answer = await api.post("/imports", files={"file": ("a.csv", PEOPLE)}, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize("encoding", ["zlib", "bz2", "hex", "punycode", "idna", "unicode_escape", "rot13", "../../x", "u\x01f"])
async def test_codec_that_is_no_encoding_of_files_is_refused(api: Asker, encoding: str) -> None:
    answer = await upload(api, encoding=encoding)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "encoding"


async def test_program_and_picture_are_no_tables(api: Asker) -> None:
    for content in (b"\x7fELF\x02\x01\x01" + bytes(5000), b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, b"", b"\n\n"):
        answer = await upload(api, content)
        assert answer.status_code == 422, content[:8]


async def test_file_that_is_too_large_is_refused_while_it_comes(url: str, db: Database) -> None:
    async with opened(url, uploads=Uploads(largest=200_000)) as api:
        refused = await upload(api, "email\n" + "a@acme.com\n" * 200_000)
        assert refused.status_code == 413

        async def endless() -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\n'
            for _ in range(60):
                yield b"a@acme.com\n" * 1000

        unannounced = await api.post("/imports", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert unannounced.status_code == 413
        assert (await upload(api)).status_code == 202
    assert await value(db, "SELECT count(*) FROM imports") == 1


async def test_body_that_comes_too_slowly_is_not_waited_for(url: str, db: Database) -> None:
    pace = Pace(idle=0.3, grace=0.6, bytes_a_second=1000)
    async with opened(url, uploads=Uploads(pace=pace)) as api:

        async def drops(pause: float, count: int) -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\n'
            for _ in range(count):
                await asyncio.sleep(pause)
                yield b"a"

        for pause, count in ((0.1, 20), (1.5, 1)):  # a drop now and then; nothing at all
            answer = await api.post("/imports", content=drops(pause, count), headers={"Content-Type": "multipart/form-data; boundary=x"})
            assert answer.status_code == 408
        assert api.parts.uploads.gate.inside == 0
    assert await value(db, "SELECT count(*) FROM imports") == 0


async def test_only_so_many_uploads_at_once(url: str) -> None:
    async with opened(url, uploads=Uploads(gate=Gate(1, "uploads"))) as api:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="entity"\r\n\r\ncontacts\r\n'
            begun.set()
            await go_on.wait()
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\na@acme.com\n\r\n--x--\r\n'

        first = asyncio.create_task(api.post("/imports", content=slow(), headers={"Content-Type": "multipart/form-data; boundary=x"}))
        await begun.wait()
        async with asyncio.timeout(5):
            while not api.parts.uploads.gate.inside:  # noqa: ASYNC110 - the server's own count
                await asyncio.sleep(0.01)
        assert (await upload(api)).status_code == 503
        go_on.set()
        assert (await first).status_code == 202


FORMS = {
    "no form": (b"email\na@acme.com\n", 400),
    "an end that is missing": (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\n', 400),
    "no file": (b'--x\r\nContent-Disposition: form-data; name="entity"\r\n\r\ncontacts\r\n--x--\r\n', 422),
    "a file of another name": (b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\nx\r\n--x--\r\n', 422),
    "two files": (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx\r\n' * 2 + b"--x--\r\n", 422),
    "a field that is no text": (b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n\xff\xfe\r\n--x--\r\n', 422),
    "a header without end": (b"--x\r\nContent-Disposition: " + b"a" * 20_000, 400),
    "too many parts": (b'--x\r\nContent-Disposition: form-data; name="map"\r\n\r\na=b\r\n' * 1100 + b"--x--\r\n", 413),
    "fields that are too long": (b'--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n' + b"a" * 1_100_000, 413),
}


@pytest.mark.parametrize("form", FORMS)
async def test_form_that_cannot_be_used_is_refused(api: Asker, db: Database, form: str) -> None:
    body, status = FORMS[form]
    answer = await api.send("POST", "/imports", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == status, answer.text
    assert await value(db, "SELECT count(*) FROM imports") == 0


async def test_other_kinds_of_body_are_refused(api: Asker) -> None:
    for kind in ("application/json", "text/csv", "multipart/form-data", "multipart/mixed; boundary=x", ""):
        answer = await api.send("POST", "/imports", content=b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 415


async def test_upload_that_breaks_off_leaves_nothing(api: Asker, db: Database) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\n'
        yield b"a@acme.com\n" * 200_000
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await api.post("/imports", content=broken(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    async with asyncio.timeout(10):
        while await value(db, "SELECT count(*) FROM imports") + await value(db, "SELECT count(*) FROM import_chunks"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_agents_neither_import_nor_see_what_was_uploaded(api: Asker, url: str) -> None:
    from accountgraph.db import Database
    from accountgraph.errors import NotAllowedError

    agent = await api.as_role("agent")
    assert (await upload(agent)).status_code == 403
    import_id = (await upload(api)).json()["id"]
    for path in ("/imports", f"/imports/{import_id}", f"/imports/{import_id}/rejects", f"/imports/{import_id}/progress"):
        assert (await agent.get(path)).status_code == 403
    async with Database(url, workspace="abm", as_agent=True) as db:
        with pytest.raises(NotAllowedError):
            await value(db, "SELECT count(*) FROM import_chunks")


async def test_thousands_of_columns_are_refused(api: Asker) -> None:
    answer = await upload(api, "email" + "".join(f",c{number}" for number in range(3000)) + "\n")
    assert answer.status_code == 422
    assert "2,000" in answer.json()["detail"]
