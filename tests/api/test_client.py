"""The client against the served API, and against servers that fail."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from tools.client import FOLDER, files

from accountgraph import client as client_module
from accountgraph.api import api_app
from accountgraph.client import (
    ChangedMeanwhileError,
    Client,
    NotRecognisedError,
    Page,
    RefusedError,
    TooManyRequestsError,
    UnreachableError,
)
from accountgraph.client.sync import Client as BlockingClient
from accountgraph.enums import Channel, Direction, EventKind, RelationshipType
from accountgraph.errors import DuplicateError, InvalidInputError, NotAllowedError, NotFoundError
from accountgraph.models import Company, NewEvent
from tests.api.conftest import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.api.conftest import Asker

ROOT = FOLDER.parents[2]


@pytest.fixture
async def client(api: Asker) -> AsyncIterator[Client]:
    async with Client(str(api.client.base_url), api.key) as client:
        yield client


async def test_page_about_the_client_runs_as_written(api: Asker) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "client.md").read_text(encoding="utf-8"), re.DOTALL)
    code = "\n".join(blocks).replace("https://accountgraph.example.com", str(api.client.base_url)).replace("agk_...", api.key)
    names: dict[str, Any] = {}
    await asyncio.to_thread(exec, code, names)
    assert (names["name"], names["client"].__class__) == ("Acme", BlockingClient)


def test_every_error_of_the_client_is_on_its_page() -> None:
    named = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    assert [name for name in client_module.__all__ if name.endswith("Error") and f"`{name}`" not in named] == []


def test_generated_files_are_current() -> None:
    assert [name for name, text in files().items() if (FOLDER / name).read_text(encoding="utf-8") != text] == []


def test_client_needs_nothing_of_the_server() -> None:
    code = "import sys, accountgraph.client.sync; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    assert not loaded & {"psycopg", "fastapi", "starlette", "uvicorn", "accountgraph.db", "accountgraph.api", "accountgraph.access"}


async def test_day_of_a_program_goes_through(client: Client) -> None:
    company = await client.create_company({"name": "Acme", "domain": "acme.com"})
    people = await client.create_contacts({"items": [{"email": f"{name}@acme.com", "company_id": company.id} for name in ("ada", "bob")]})
    ada, bob = (found for found in people.ids if found)
    edge = await client.create_relationship({"contact_id_1": ada, "contact_id_2": bob, "relationship_type": RelationshipType.COLLEAGUES})
    talk = await client.create_conversation({"contact_id": ada, "estimated_value": Decimal("1000.50")})
    sent = datetime(2026, 3, 2, 9, tzinfo=UTC)
    mail = await client.create_touchpoint(
        {"conversation_id": talk.id, "channel": Channel.EMAIL, "direction": Direction.OUTBOUND, "sent_at": sent}
    )
    answered = NewEvent(touchpoint_id=mail.id, kind=EventKind.REPLIED, at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert (await client.record_events({"items": [answered]})).recorded == 1
    assert [event.kind for event in (await client.get_touchpoint_events(mail.id)).items] == [EventKind.SENT, EventKind.REPLIED]
    assert (await client.get_conversation(talk.id)).estimated_value == Decimal("1000.50")
    overview = await client.get_account_overview(company.id)
    assert overview["company"]["name"] == "Acme"
    targets = await client.find_expansion_targets(ada, types=[RelationshipType.COLLEAGUES], include_implied=False)
    assert [target["contact"].id for target in targets.items] == [bob]
    await client.delete_relationship(edge.id)
    assert (await client.get_contact_relationships(ada)).items == []


async def test_same_calls_do_not_have_to_be_awaited(api: Asker) -> None:
    def work() -> str | None:
        with BlockingClient(str(api.client.base_url), api.key) as client:
            made = client.create_company({"name": "Acme", "domain": "acme.com"})
            with pytest.raises(DuplicateError, match="domain"):
                client.create_company({"name": "Acme Again", "domain": "acme.com"})
            with client.download("GET", "/companies/{}", made.id) as response:
                assert b"Acme" in b"".join(response.iter_bytes())
            return client.get_company(made.id).domain

    assert await asyncio.to_thread(work) == "acme.com"


async def test_refusal_is_the_error_of_this_package_and_names_its_field(client: Client, api: Asker) -> None:
    with pytest.raises(InvalidInputError, match="did you mean 'domain'") as refused:
        await client.create_company({"name": "Acme", "domian": "acme.com"})  # type: ignore[typeddict-unknown-key]
    assert refused.value.field == "domian"
    assert isinstance(refused.value.__cause__, RefusedError)
    assert refused.value.__cause__.problem.request_id
    with pytest.raises(NotFoundError):
        await client.get_company(uuid4())
    async with Client(str(api.client.base_url), (await api.as_role("viewer")).key) as viewer:
        with pytest.raises(NotAllowedError, match="graph:write"):
            await viewer.create_company({"name": "Acme"})
    async with Client(str(api.client.base_url), "agk_none") as nobody:
        with pytest.raises(NotRecognisedError):
            await nobody.get_company(uuid4())


async def test_thing_that_others_changed_is_not_written_over(client: Client) -> None:
    made = await client.create_company({"name": "Acme"})
    read = await client.answer(Company, "GET", "/companies/{}", made.id)
    await client.update_company(made.id, {"industry": "tools"}, if_match=read.etag)
    with pytest.raises(ChangedMeanwhileError):
        await client.update_company(made.id, {"industry": "traps"}, if_match=read.etag)


async def test_what_no_call_has_is_asked_for_by_hand(client: Client) -> None:
    made = await client.create_company({"name": "Acme"})
    assert await client.ask(dict, "GET", "/companies/{}", made.id, query={"fields": ["name"]}) == {"id": str(made.id), "name": "Acme"}


async def test_industry_with_a_comma_is_asked_for_as_it_is(client: Client, api: Asker) -> None:
    for name, industry in (("Acme", "Oil, gas and mining"), ("Beta", "Oil"), ("Cargo", "Tools")):
        await client.create_company({"name": name, "industry": industry})
    shown = (await client.list_accounts(industry=["Oil, gas and mining", "Tools"])).items
    assert [account.name for account in shown] == ["Acme", "Cargo"]
    assert [row["name"] for row in (await api.get("/accounts", params={"industry": "Oil, gas and mining"})).json()["items"]] == ["Acme"]


@pytest.mark.parametrize("failures", [["503"], ["429"], ["dropped"], ["409", "503", "502"], ["lost", "lost"]])
async def test_request_whose_answer_was_lost_is_sent_again_and_done_once(api: Asker, failures: list[str]) -> None:
    async with _unlucky(api, failures) as client:
        made = await client.create_company({"name": "Acme"})
        assert (await client.create_company({"name": "Acme"})).id != made.id  # another thing to be done
        await client.update_company(
            made.id, {"industry": "tools"}, if_match=(await client.answer(Company, "GET", f"/companies/{made.id}")).etag
        )
    assert failures == []


async def test_request_that_goes_on_failing_is_given_up(api: Asker) -> None:
    async with _unlucky(api, ["429"] * 9, attempts=3) as client:
        with pytest.raises(TooManyRequestsError):
            await client.create_company({"name": "Acme"})
    async with _unlucky(api, ["dropped"] * 9, attempts=2) as client:
        with pytest.raises(UnreachableError):
            await client.get_company(uuid4())


async def test_server_that_asks_to_wait_for_long_is_not_waited_for(api: Asker) -> None:
    failures = ["429"] * 2
    async with _unlucky(api, failures, retry_after="3600") as client:
        with pytest.raises(TooManyRequestsError):
            await client.get_company(uuid4())
    assert len(failures) == 1


async def test_list_is_read_to_its_end_and_large_answers_as_they_come() -> None:
    app = FastAPI()
    asked = []

    @app.get("/api/v1/things")
    async def things(request: Request) -> dict[str, Any]:
        asked.append(dict(request.query_params))
        start = int(request.query_params.get("after", "0"))
        return {"items": [start, start + 1], "next": str(start + 2) if start < 4 else None}

    @app.get("/api/v1/large")
    async def large() -> Response:
        return StreamingResponse(b"x" * 1000 for _ in range(100))

    async with served(app) as http, Client(str(http.base_url), "agk_key") as client:

        async def list_things(*, kind: str, after: str | None = None) -> Page[int]:
            return await client.ask(Page[int], "GET", "/things", query={"kind": kind, "after": after})

        assert [thing async for thing in client.every(list_things, kind="round")] == [0, 1, 2, 3, 4, 5]
        assert asked == [{"kind": "round"}, {"kind": "round", "after": "2"}, {"kind": "round", "after": "4"}]
        async with client.download("GET", "/large") as response:
            parts = [len(part) async for part in response.aiter_bytes()]
        assert sum(parts) == 100_000


async def test_file_is_sent_as_part_of_a_form() -> None:
    app = FastAPI()

    @app.post("/api/v1/imports")
    async def imports(request: Request) -> dict[str, str]:
        async with request.form() as form:
            file: Any = form["file"]
            return {"name": file.filename, "held": (await file.read()).decode(), "entity": str(form["entity"])}

    async with served(app) as http, Client(str(http.base_url), "agk_key") as client:
        answer = await client.ask(dict, "POST", "/imports", form={"entity": "contacts", "file": ("people.csv", b"email")})
    assert answer == {"name": "people.csv", "held": "email", "entity": "contacts"}


@asynccontextmanager
async def _unlucky(api: Asker, failures: list[str], *, retry_after: str = "0", attempts: int = 4) -> AsyncIterator[Client]:
    """A client of a server over the same parts, whose first answers do not arrive."""
    unlucky: Any = _Unlucky(api_app(api.parts), failures, retry_after)
    async with served(unlucky) as http, Client(str(http.base_url), api.key, attempts=attempts) as client:
        yield client


class _Unlucky:
    """Something between client and server that fails before the work is done, or loses the answer (`lost`, `dropped`) after it."""

    def __init__(self, app: ASGIApp, failures: list[str], retry_after: str) -> None:
        self._app, self._failures, self._retry_after = app, failures, retry_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._failures:
            await self._app(scope, receive, send)
            return
        failure = self._failures.pop(0)
        if failure in {"lost", "dropped"}:
            await self._app(scope, receive, _unheard)
        if failure == "dropped":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            await send({"type": "http.response.body", "body": b"{", "more_body": False})  # less than was promised: it breaks off
            return
        status = 503 if failure == "lost" else int(failure)
        headers = {"Retry-After": self._retry_after} if status != 502 else {}
        await Response(status_code=status, headers=headers)(scope, receive, send)


async def _unheard(message: Message) -> None:
    del message
