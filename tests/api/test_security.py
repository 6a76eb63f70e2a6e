"""What people try who mean no good."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING

import pytest

from accountgraph.http.bodies import Bodies
from tests.api.conftest import PREFIX, opened

if TYPE_CHECKING:
    from tests.api.conftest import Asker

SENT = {"Content-Type": "application/json"}
INSIDE = ("SELECT", "INSERT", "psycopg", "Traceback", "site-packages", ".py", "/work", "/usr", "accountgraph.")


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"name": "A", "attributes": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}",
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": "A", "attributes": {"n": 1e999}}',
        b'{"name": "A", "attributes": {"n": NaN}}',
        b'{"name": "A\\u0000"}',
        b'{"name": "A", "attributes": {"a\\u0000": 1}}',
        b'{"name": "\\ud800"}',
        b'{"name": "A", "domain": "\\udc00.com"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        b'{"name": "A", "id": "../../etc/passwd"}',
        b'{"name": "A", "id": "\\r\\nSet-Cookie: a=b"}',
        b'{"name": "A", "last_researched_at": "9999-12-31T23:59:59-23:59"}',
        b'{"name": "A", "account_tier": "\'; DROP TABLE companies; --"}',
    ],
)
async def test_body_that_cannot_be_meant_is_refused_and_tells_nothing_of_the_inside(api: Asker, body: bytes) -> None:
    answer = await api.send("POST", "/companies", content=body, headers=SENT)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["errors"][0]["field"]
    assert not [word for word in INSIDE if word in answer.text], answer.text


async def test_of_two_equal_names_in_a_body_the_last_one_counts_for_the_check_and_for_the_row(api: Asker) -> None:
    taken = await api.send("POST", "/companies", content=b'{"name": "", "name": "Acme"}', headers=SENT)
    assert (taken.status_code, taken.json()["name"]) == (201, "Acme")
    assert (await api.send("POST", "/companies", content=b'{"name": "Acme", "name": ""}', headers=SENT)).status_code == 422


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-unknown"])
async def test_compressed_body_is_refused_and_not_expanded(api: Asker, coding: str) -> None:
    bomb = gzip.compress(json.dumps({"name": "A" * 5_000_000}).encode())
    answer = await api.send("POST", "/companies", content=bomb, headers={**SENT, "Content-Encoding": coding})
    assert answer.status_code == 415
    assert "Content-Encoding" in answer.json()["detail"]


async def test_body_that_says_it_is_as_it_is_is_taken(api: Asker) -> None:
    answer = await api.send("POST", "/companies", content=b'{"name": "Acme"}', headers={**SENT, "Content-Encoding": "identity"})
    assert answer.status_code == 201


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_method_is_the_one_of_the_request_line(api: Asker, header: str) -> None:
    ends = [(await api.made("/contacts", {"email": f"{name}@acme.com"}))["id"] for name in "ab"]
    edge = await api.made("/relationships", {"contact_id_1": ends[0], "contact_id_2": ends[1], "relationship_type": "colleagues"})
    await api.get(f"/relationships/{edge['id']}", headers={header: "DELETE"})
    await api.post(f"/relationships/{edge['id']}?_method=DELETE", headers={header: "DELETE"})
    assert (await api.get(f"/relationships/{edge['id']}")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/companies/%0d%0aSet-Cookie:a=b", "/companies/%00", "/companies/..%2f..%2fetc", "/companies/%ff", "/%2e%2e/x"]
)
async def test_path_that_is_no_id_is_not_there_and_becomes_no_header(api: Asker, path: str) -> None:
    answer = await api.get(path)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


async def test_query_that_is_no_text_is_refused(api: Asker) -> None:
    made = await api.made("/companies", {"name": "Acme"})
    for query in ("fields=%ff", "fields=%ed%a0%80", "&".join(f"a{number}=1" for number in range(200))):
        assert (await api.get(f"/companies/{made['id']}?{query}")).status_code == 400


@pytest.mark.parametrize(
    "header", [b"X-Request-Id: abc12345\r\n\tSet-Cookie: a=b", b"X-Request-Id: \xffabc12345", b"Idempotency-Key: a\tb"]
)
async def test_header_with_line_ends_or_strange_signs_comes_back_in_none(api: Asker, header: bytes) -> None:
    answer = await _raw(
        api, b"GET " + PREFIX.encode() + b"/companies/none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + header + b"\r\n\r\n"
    )
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 401"))
    assert b"set-cookie" not in answer.lower()
    assert b"\xff" not in answer


async def test_no_page_of_another_site_may_read_an_answer(api: Asker) -> None:
    made = await api.made("/companies", {"name": "Acme"})
    for method in ("GET", "OPTIONS"):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        answer = await api.send(method, f"/companies/{made['id']}", headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_body_that_trickles_is_given_up_and_others_are_served_meanwhile(url: str) -> None:
    async with opened(url, bodies=Bodies(seconds=0.5)) as api:
        slow = [asyncio.create_task(_raw(api, _head(api, 1000) + b'{"name": "')) for _ in range(30)]
        await asyncio.sleep(0.1)
        quick = await asyncio.wait_for(api.post("/companies", {"name": "Acme"}), 5)
        assert quick.status_code == 201
        answers = await asyncio.wait_for(asyncio.gather(*slow), 10)
        assert {answer.split(b"\r\n")[0].split()[1] for answer in answers} == {b"408"}


def _head(api: Asker, length: int) -> bytes:
    lines = [f"POST {PREFIX}/companies HTTP/1.1", "Host: a", f"Authorization: Bearer {api.key}", f"Content-Length: {length}"]
    return ("\r\n".join([*lines, "Content-Type: application/json", "Connection: close"]) + "\r\n\r\n").encode()


async def _raw(api: Asker, sent: bytes) -> bytes:
    """What the server answers to these bytes, until it closes."""
    reader, writer = await asyncio.open_connection(api.client.base_url.host, api.client.base_url.port)
    try:
        writer.write(sent)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()
