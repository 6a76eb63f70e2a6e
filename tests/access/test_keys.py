"""API keys: seen once, stored as a hash, recognised with the same work whether or not they are known."""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from psycopg.rows import dict_row

from accountgraph.access import GRANTS, AccessDeniedError, Actor, Denied, ForbiddenError, Permission, Principal, Registry, Role
from accountgraph.access.keys import KeyGate, create_key, list_keys, revoke_key, rotate_key
from accountgraph.access.log import list_entries
from accountgraph.acting import ActingKind
from accountgraph.errors import InvalidValueError, MissingReferenceError, NotFoundError
from tests.access.conftest import ROOT

if TYPE_CHECKING:
    from tests.factories import Clock


async def denial(gate: KeyGate, token: str, clock: Clock) -> Denied:
    with pytest.raises(AccessDeniedError) as caught:
        await gate.authenticate(token, clock())
    return caught.value.kind


def somebody(url: str, role: Role) -> Actor:
    """A user who has that role."""
    user = Principal(kind=ActingKind.USER, id=uuid4(), name="ann@ours.com", workspace="abm", role=role, permissions=GRANTS[role])
    with psycopg.connect(url) as admin:
        admin.execute("INSERT INTO accountgraph.users (id, email) VALUES (%s, %s)", (user.id, user.name))
    return Actor.of(user)


async def test_key_opens_its_workspace_with_the_rights_of_its_role(registry: Registry, clock: Clock) -> None:
    made = await create_key(registry, "abm", "Nightly import", Role.MEMBER, created_by=ROOT)
    principal = await KeyGate(registry).authenticate(made.token, clock())
    assert (principal.kind, principal.id, principal.name, principal.workspace) == (ActingKind.KEY, made.key.id, "Nightly import", "abm")
    assert principal.may(Permission.GRAPH_WRITE)
    assert not principal.may(Permission.KEYS_WRITE)


async def test_scopes_narrow_the_role_and_never_widen_it(registry: Registry, clock: Clock) -> None:
    made = await create_key(registry, "abm", "Reads", Role.MEMBER, scopes=[Permission.GRAPH_READ], created_by=ROOT)
    assert (await KeyGate(registry).authenticate(made.token, clock())).permissions == {Permission.GRAPH_READ}
    with pytest.raises(InvalidValueError, match="keys:write"):
        await create_key(registry, "abm", "Wants", Role.MEMBER, scopes=[Permission.KEYS_WRITE], created_by=ROOT)
    with pytest.raises(InvalidValueError, match="scopes"):
        await create_key(registry, "abm", "Nothing", Role.MEMBER, scopes=[], created_by=ROOT)


async def test_agents_key_sends_only_where_its_scopes_say_so(registry: Registry, clock: Clock) -> None:
    gate = KeyGate(registry)
    plain = await create_key(registry, "abm", "Robot", Role.AGENT, agent="scout", created_by=ROOT)
    sends = await create_key(
        registry, "abm", "Robot 2", Role.AGENT, agent="scout", created_by=ROOT, scopes=[Permission.GRAPH_READ, Permission.MESSAGES_SEND]
    )
    first, second = await gate.authenticate(plain.token, clock()), await gate.authenticate(sends.token, clock())
    assert (first.kind, first.agent, first.may(Permission.MESSAGES_SEND)) == (ActingKind.AGENT, "scout", False)
    assert second.may(Permission.MESSAGES_SEND)
    admin = await create_key(registry, "abm", "Robot 3", Role.ADMIN, agent="scout", created_by=ROOT)
    third = await gate.authenticate(admin.token, clock())
    assert (third.kind, third.may(Permission.MESSAGES_SEND), third.may(Permission.KEYS_WRITE)) == (ActingKind.AGENT, False, True)
    await gate.close()


async def test_nobody_makes_a_key_that_may_more_than_they(registry: Registry, url: str) -> None:
    admin = somebody(url, Role.ADMIN)
    await create_key(registry, "abm", "Fine", Role.ADMIN, created_by=admin)
    with pytest.raises(ForbiddenError, match="workspace:own"):
        await create_key(registry, "abm", "Too much", Role.OWNER, created_by=admin)
    owners = await create_key(registry, "abm", "Owner's", Role.OWNER, created_by=ROOT)
    with pytest.raises(ForbiddenError):
        await rotate_key(registry, "abm", owners.key.id, by=admin)


async def test_token_is_stored_and_shown_nowhere(registry: Registry, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = await create_key(registry, "abm", "Quiet", Role.VIEWER, created_by=ROOT)
    gate = KeyGate(registry)
    await gate.authenticate(made.token, clock())
    await gate.close()
    secret = made.token.rsplit("_", 1)[1]
    assert len(secret) == 43
    everything = [repr(made), str(made), repr(gate), caplog.text]
    everything += [repr(row) for table in ("api_keys", "access_log") for row in await _all(registry, table)]
    everything.append(msgspec.json.encode(await list_keys(registry, "abm")).decode())
    assert not [text for text in everything if secret in text]
    [key] = await _all(registry, "api_keys")
    assert key["key_hash"] == sha256(made.token.encode()).hexdigest()
    wrong = made.token[:-1] + ("a" if made.token[-1] != "a" else "b")
    with pytest.raises(AccessDeniedError) as caught:
        await gate.authenticate(wrong, clock())
    assert secret[:-1] not in str(caught.value)


async def _all(registry: Registry, table: str) -> list[dict[str, Any]]:
    async with await psycopg.AsyncConnection.connect(await registry.url(), row_factory=dict_row) as connection:
        return await (await connection.execute(f"SELECT * FROM accountgraph.{table}".encode())).fetchall()


class _Counting(Registry):
    """The registry, and how often it was asked."""

    asked = 0

    async def row(self, kind: type[Any], name: str, params: dict[str, Any] | None = None) -> Any:
        self.asked += 1
        return await super().row(kind, name, params)


async def test_lookup_does_the_same_work_for_known_and_unknown_keys(url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"hash": 0, "compare": 0}
    digest, compare = sha256, hmac.compare_digest

    def hashing(data: bytes) -> Any:
        counts["hash"] += 1
        return digest(data)

    def comparing(one: str, other: str) -> bool:
        counts["compare"] += 1
        return compare(one, other)

    async with _Counting(url, clock=clock) as registry:
        made = await create_key(registry, "abm", "Known", Role.VIEWER, created_by=ROOT)
        monkeypatch.setattr("accountgraph.access.tokens.sha256", hashing)
        monkeypatch.setattr(hmac, "compare_digest", comparing)
        head, prefix, secret = made.token.split("_")
        tokens = [made.token, f"{head}_{prefix}_{secret[::-1]}", f"{head}_{'z' * 12}_{secret}"]
        work = []
        for token in tokens:
            gate = KeyGate(registry)
            before = (registry.asked, counts["hash"], counts["compare"])
            if token == made.token:
                await gate.authenticate(token, clock())
            else:
                assert await denial(gate, token, clock) is Denied.UNKNOWN
            await gate.close()
            work.append((registry.asked - before[0], counts["hash"] - before[1], counts["compare"] - before[2]))
    assert work == [(1, 1, 1)] * 3


async def test_second_use_within_ten_seconds_asks_the_database_nothing(url: str, clock: Clock) -> None:
    async with _Counting(url, clock=clock) as registry:
        made = await create_key(registry, "abm", "Busy", Role.VIEWER, created_by=ROOT)
        gate = KeyGate(registry)
        for _ in range(3):
            await gate.authenticate(made.token, clock())
        assert registry.asked == 1
        await gate.authenticate(made.token, clock.forward(seconds=10))
        assert registry.asked == 2
        await gate.close()


async def test_keys_that_were_made_up_are_not_remembered(registry: Registry, clock: Clock) -> None:
    gate = KeyGate(registry)
    for number in range(20):
        assert await denial(gate, f"agk_{number:012d}_{'x' * 43}", clock) is Denied.UNKNOWN
    assert repr(gate) == "KeyGate(0 keys known)"


@pytest.mark.parametrize("token", ["", "agk_", "Bearer x", "agk_short_x", "agk_" + "a" * 12 + "_" + "ä" * 43, "agk_" + "a" * 100, "\ud800"])
async def test_what_is_no_key_is_refused_without_asking(url: str, clock: Clock, token: str) -> None:
    async with _Counting(url, clock=clock) as registry:
        assert await denial(KeyGate(registry), token, clock) is Denied.MALFORMED
        assert registry.asked == 0


async def test_revoked_key_opens_for_ten_seconds_at_most_and_here_not_at_all(registry: Registry, clock: Clock) -> None:
    made = await create_key(registry, "abm", "Lost", Role.VIEWER, created_by=ROOT)
    here, elsewhere = KeyGate(registry), KeyGate(registry)
    for gate in (here, elsewhere):
        await gate.authenticate(made.token, clock())
    await revoke_key(registry, "abm", made.key.id, by=ROOT)
    here.forget(made.key.id)
    assert await denial(here, made.token, clock) is Denied.REVOKED
    clock.forward(seconds=9)
    await elsewhere.authenticate(made.token, clock())
    clock.forward(seconds=1)
    assert await denial(elsewhere, made.token, clock) is Denied.REVOKED
    for gate in (here, elsewhere):
        await gate.close()


async def test_key_expires_to_the_second_though_it_is_remembered(registry: Registry, clock: Clock) -> None:
    made = await create_key(registry, "abm", "Short", Role.VIEWER, expires_at=clock() + timedelta(seconds=5), created_by=ROOT)
    gate = KeyGate(registry)
    await gate.authenticate(made.token, clock())
    clock.forward(seconds=5)
    assert await denial(gate, made.token, clock) is Denied.EXPIRED
    assert await denial(KeyGate(registry), made.token, clock) is Denied.EXPIRED
    with pytest.raises(InvalidValueError, match="expires_at"):
        await create_key(registry, "abm", "Past", Role.VIEWER, expires_at=clock(), created_by=ROOT)
    await gate.close()


async def test_last_use_is_written_once_a_minute(registry: Registry, clock: Clock) -> None:
    made = await create_key(registry, "abm", "Used", Role.VIEWER, created_by=ROOT)
    gate, began, seen = KeyGate(registry), clock(), []
    for seconds in (0, 30, 29, 1):
        await gate.authenticate(made.token, clock.forward(seconds=seconds))
        await gate.close()
        [key] = await list_keys(registry, "abm")
        assert key.last_used_at is not None
        seen.append((key.last_used_at - began).total_seconds())
    assert seen == [0, 0, 0, 60]


async def test_use_that_cannot_be_written_down_refuses_nobody(url: str, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    async with Registry(url, clock=clock) as registry:
        made = await create_key(registry, "abm", "Used", Role.VIEWER, created_by=ROOT)
        with psycopg.connect(url) as admin:
            admin.execute("ALTER TABLE accountgraph.api_keys DROP COLUMN last_used_at CASCADE")
            admin.execute("ALTER TABLE accountgraph.api_keys ADD COLUMN last_used_at timestamptz CHECK (last_used_at IS NULL)")
        gate = KeyGate(registry)
        assert (await gate.authenticate(made.token, clock())).id == made.key.id
        await gate.close()
    assert str(made.key.id) in caplog.text


async def test_rotated_key_has_the_same_rights_and_the_old_one_ends_when_it_was_said(registry: Registry, clock: Clock) -> None:
    old = await create_key(registry, "abm", "CRM", Role.MEMBER, scopes=[Permission.GRAPH_READ], agent="x", created_by=ROOT)
    new = await rotate_key(registry, "abm", old.key.id, by=ROOT, overlap=timedelta(hours=1))
    assert (new.key.label, new.key.role, new.key.scopes, new.key.agent) == ("CRM", Role.MEMBER, [Permission.GRAPH_READ], "x")
    gate = KeyGate(registry)
    await gate.authenticate(old.token, clock())
    clock.forward(hours=1)
    assert await denial(gate, old.token, clock) is Denied.EXPIRED
    await gate.authenticate(new.token, clock())
    last = await rotate_key(registry, "abm", new.key.id, by=ROOT)
    assert await denial(KeyGate(registry), new.token, clock) is Denied.REVOKED
    assert [key.id for key in await list_keys(registry, "abm")] == [last.key.id, old.key.id]
    with pytest.raises(InvalidValueError, match="revoked"):
        await rotate_key(registry, "abm", new.key.id, by=ROOT)
    await gate.close()


async def test_a_workspace_reaches_only_its_own_keys(registry: Registry) -> None:
    made = await create_key(registry, "abm", "Ours", Role.VIEWER, created_by=ROOT)
    for call in (revoke_key, rotate_key):
        with pytest.raises(NotFoundError):
            await call(registry, "other", made.key.id, by=ROOT)
    with pytest.raises(MissingReferenceError, match="no workspace 'other'"):
        await create_key(registry, "other", "Nowhere", Role.VIEWER, created_by=ROOT)


async def test_the_log_tells_who_made_rotated_and_revoked(registry: Registry) -> None:
    made = await create_key(registry, "abm", "Told", Role.VIEWER, created_by=ROOT)
    new = await rotate_key(registry, "abm", made.key.id, by=ROOT)
    await revoke_key(registry, "abm", new.key.id, by=ROOT)
    await revoke_key(registry, "abm", new.key.id, by=ROOT)
    told = [(entry.action, entry.actor, entry.subject) for entry in await list_entries(registry, workspace="abm")]
    assert told == [(action, "root", "Told") for action in ("key.revoked", "key.rotated", "key.created", "key.created")]
