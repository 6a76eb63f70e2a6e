"""Who may do what, and to what: every operation, for every role and scope, in one's own workspace and in another's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from psycopg import conninfo

from accountgraph.access import Permission, Role, at_command_line
from accountgraph.access.keys import create_key
from accountgraph.access.permissions import GRANTS
from accountgraph.access.principal import permissions_of
from accountgraph.api import api_app
from accountgraph.api.routes import OPERATIONS
from accountgraph.demo import load_reference_account
from accountgraph.schema import create_workspace
from tests.api.conftest import PREFIX, opened
from tests.conftest import load_demo
from tests.databases import scratch_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from accountgraph.api.operation import Operation
    from tests.api.conftest import Asker

# Operations that need no permission, and why.
NEEDS_NOTHING = {
    "get_me": "everybody may know what they may do",
    "begin_session": "one is nobody until one has logged in",
    "begin_single_sign_on": "one is nobody until one has logged in",
    "finish_single_sign_on": "one is nobody until one has logged in",
    "link_single_sign_on": "one's own login",
    "get_session": "one's own session",
    "log_out": "one's own session",
    "list_my_sessions": "one's own sessions",
    "end_my_session": "one's own sessions",
    "change_my_password": "one's own password, by the old one",
    "ask_for_another_password": "one who forgot it is nobody; the link goes to the address alone",
    "reset_my_password": "by the token of a link",
    "finish_mailbox_login": "a browser comes back from the service; its session says who it is",
    "look_at_my_invitation": "by the token of a link",
    "accept_my_invitation": "by the token of a link",
}
# Operations of whoever logged in, which no key opens.
OWN_SESSION = {"get_session", "log_out", "list_my_sessions", "end_my_session"}
# Operations that are sent something and change nothing.
ONLY_LOOK = {
    "preview_merge_of_contacts",
    "preview_merge_of_companies",
    "check_campaign",
    "plan_campaign",
    "preview_campaign_text",
    "preview_template_words",
    "replay_campaign_under",
}
# Routes beside the operations, and what somebody without a key is answered.
ASIDE = {f"{PREFIX}/openapi.json": 200}
REFUSED = {401, 403}


@pytest.fixture(scope="module")
def two_workspaces(server_url: str, template: str) -> Iterator[str]:
    """The name of a database with two workspaces: in `abm` there is nothing, in `other` the reference account."""
    with scratch_database(server_url, template) as url:
        create_workspace(url, "other")
        asyncio.run(load_demo(url, "other"))
        yield str(conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def url(server_url: str, two_workspaces: str) -> Iterator[str]:
    """A copy of that database, this test's own."""
    with scratch_database(server_url, two_workspaces) as url:
        yield url


@pytest.fixture
async def asker(url: str) -> AsyncIterator[Asker]:
    """An owner's key of `abm`."""
    async with opened(url) as asker:
        yield asker


@pytest.mark.parametrize("role", Role)
async def test_role_may_do_what_the_table_of_permissions_gives_it_and_nothing_else(asker: Asker, role: Role) -> None:
    await _expect(await asker.as_role(role), lambda operation: operation.needs is None or operation.needs in permissions_of(role))


@pytest.mark.parametrize("key", ["-", "agk_", f"agk_{'a' * 12}_{'b' * 43}"])
async def test_nobody_may_do_anything_that_is_not_open(asker: Asker, key: str) -> None:
    await _expect(asker.with_key(key), lambda operation: operation.is_open)


async def test_operation_needs_its_permission_and_no_other(asker: Asker) -> None:
    """A key with that alone gets through, and one with all others does not: so no other permission is asked for, and none does instead."""
    for permission in sorted({operation.needs for operation in OPERATIONS if operation.needs}):
        asked = [operation for operation in OPERATIONS if operation.needs == permission]
        await _expect(await _narrowed(asker, Role.OWNER, {permission}), lambda _: True, asked)
        await _expect(await _narrowed(asker, Role.OWNER, GRANTS[Role.OWNER] - {permission}), lambda _: False, asked)


async def test_operation_that_needs_no_permission_is_open_to_every_key(asker: Asker) -> None:
    asked = [operation for operation in OPERATIONS if operation.needs is None]
    await _expect(await _narrowed(asker, Role.OWNER, {Permission.GRAPH_READ}), lambda _: True, asked)


async def test_key_that_was_revoked_may_do_nothing(asker: Asker) -> None:
    from accountgraph.access.keys import revoke_key

    made = await create_key(asker.keys.registry, "abm", "soon gone", Role.OWNER, created_by=at_command_line("tests"))
    await revoke_key(asker.keys.registry, "abm", made.key.id, by=at_command_line("tests"))
    await _expect(asker.with_key(made.token), lambda operation: operation.is_open)


@pytest.mark.parametrize("role", Role)
async def test_thing_of_another_workspace_is_not_there_for_anybody(asker: Asker, role: Role, url: str) -> None:
    ids, before = await _things_of_other(asker)
    asking = await asker.as_role(role)
    found = {}
    for operation in OPERATIONS:
        if operation.signature.path.__struct_fields__ and not operation.is_open:
            answer = await _ask(asking, operation, ids)
            if answer < 400 or (operation.method == "GET" and answer not in {404, 403, 422}):
                found[operation.name] = answer
        for name in set(ids) & operation.signature.own:
            listed = await asking.get(_filled(operation.path, {}), params={name: ids[name]})
            if listed.status_code < 400 and listed.json()["items"]:
                found[operation.name] = listed.status_code
    assert not found, str(found)
    assert await _things_of_other(asker) == (ids, before)


async def test_thing_of_another_workspace_cannot_be_pointed_at(asker: Asker) -> None:
    ids, _ = await _things_of_other(asker)
    own = (await asker.made("/contacts", {"email": "ada@acme.com"}))["id"]
    pointing = [
        ("/companies", {"name": "Acme", "parent_company_id": ids["company_id"]}),
        ("/contacts", {"email": "bob@acme.com", "company_id": ids["company_id"]}),
        ("/conversations", {"contact_id": ids["contact_id"]}),
        ("/relationships", {"contact_id_1": own, "contact_id_2": ids["contact_id"], "relationship_type": "colleagues"}),
        ("/touchpoints", {"conversation_id": ids["conversation_id"], "channel": "email", "direction": "outbound"}),
    ]
    for path, body in pointing:
        answer = await asker.post(path, body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] in body


def test_every_operation_needs_a_permission_or_it_is_said_why_not() -> None:
    assert {operation.name for operation in OPERATIONS if operation.needs is None} == set(NEEDS_NOTHING)


def test_viewers_only_read() -> None:
    writing = {operation.name for operation in OPERATIONS if operation.method != "GET" and operation.needs in GRANTS[Role.VIEWER]}
    assert writing == ONLY_LOOK


async def test_every_route_of_the_app_is_an_operation_or_known_beside_them(asker: Asker) -> None:
    paths = {getattr(route, "path", "?") for route in api_app(asker.parts).router.routes}
    assert paths == {PREFIX + operation.path for operation in OPERATIONS} | set(ASIDE)
    for path, status in ASIDE.items():
        assert (await asker.client.get(path)).status_code == status


async def test_every_path_refuses_the_methods_that_it_has_not(asker: Asker) -> None:
    for path in {operation.path for operation in OPERATIONS}:
        there = {operation.method for operation in OPERATIONS if operation.path == path}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"} - there:
            answer = await asker.send(method, _filled(path, {}))
            assert (answer.status_code, there <= set(answer.headers["allow"].split(", "))) == (405, True), (method, path)


async def _narrowed(asker: Asker, role: Role, scopes: set[Permission] | frozenset[Permission]) -> Asker:
    made = await create_key(asker.keys.registry, "abm", "narrowed", role, created_by=at_command_line("tests"), scopes=scopes)
    return asker.with_key(made.token)


async def _expect(asker: Asker, may: Any, operations: Sequence[Operation] = OPERATIONS) -> None:
    """Who asks gets through where they may, and nowhere else; about things that are not there."""
    statuses = await asyncio.gather(*(_ask(asker, operation, {}) for operation in operations))
    wrong = {
        operation.name: status
        for operation, status in zip(operations, statuses, strict=True)
        if (status in REFUSED) == (may(operation) and operation.name not in OWN_SESSION) or status >= 500
    }
    assert not wrong


async def _ask(asker: Asker, operation: Operation, ids: dict[str, str]) -> int:
    """The status alone: some answers never end."""
    content = {} if operation.signature.body is None else {"content": b"{}", "headers": {"Content-Type": operation.media}}
    return await asker.status(operation.method, _filled(operation.path, ids), **content)


def _filled(path: str, ids: dict[str, str]) -> str:
    """A path with these ids; where there is none, with a new one."""
    parts = [part if not part.startswith("{") else ids.get(part.strip("{}"), str(uuid4())) for part in path.split("/")]
    return "/".join(parts)


async def _things_of_other(asker: Asker) -> tuple[dict[str, str], list[Any]]:
    """The ids of things of the workspace `other`, by the name that paths have for them, and how these things are now."""
    async with asker.parts.workspaces.use("other", as_agent=False) as database:
        demo = await load_reference_account(database)
    own = await asker.as_role("owner", "other")
    edges = (await own.get(f"/contacts/{demo.williams_id}/relationships")).json()["items"]
    ids = {
        "company_id": str(demo.company_id),
        "contact_id": str(demo.williams_id),
        "conversation_id": str(demo.williams_conversation_id),
        "touchpoint_id": str(demo.williams_email_id),
        "relationship_id": edges[0]["id"],
    }
    reads = [one for one in OPERATIONS if one.method == "GET" and "as_of" not in one.signature.own]
    reads = [one for one in reads if set(one.signature.path.__struct_fields__) <= set(ids) and one.is_tagged]
    return ids, [(await own.get(_filled(one.path, ids))).json() for one in reads]
