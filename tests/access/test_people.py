"""Users, memberships, invitations and links: who is let in by whom, and who cannot be taken away."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from accountgraph.access import GRANTS, AccessDeniedError, Actor, Denied, ForbiddenError, Origin, Principal, Registry, Role
from accountgraph.access.keys import create_key, list_keys
from accountgraph.access.log import list_entries
from accountgraph.access.people.invitations import (
    accept_invitation,
    invite,
    list_invitations,
    look_at_invitation,
    revoke_invitation,
)
from accountgraph.access.people.login import log_in
from accountgraph.access.people.memberships import add_member, change_role, create_first_owner, has_owner, list_members, remove_member
from accountgraph.access.people.resets import ask_reset, issue_reset, reset_password
from accountgraph.access.people.sessions import authenticate_session
from accountgraph.access.people.users import create_user, disable_user, enable_user, get_user, list_users, remove_user
from accountgraph.acting import ActingKind
from accountgraph.errors import DuplicateError, InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.schema import create_workspace, drop_workspace
from tests.access.conftest import GOOD, ROOT, person

if TYPE_CHECKING:
    from accountgraph.access.people.passwords import Passwords
    from accountgraph.access.people.users import User
    from tests.factories import Clock

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'accountgraph'::regnamespace AND relkind = 'r'"
OTHER = "another set of words"


def acting(user: User, role: Role) -> Actor:
    return Actor.of(Principal(kind=ActingKind.USER, id=user.id, name=user.email, workspace="abm", role=role, permissions=GRANTS[role]))


async def denied(work: Any) -> Denied:
    with pytest.raises(AccessDeniedError) as caught:
        await work
    return caught.value.kind


async def test_two_spellings_of_an_address_are_one_user(registry: Registry, passwords: Passwords) -> None:
    user = await person(registry, passwords, "Ann@Ours.COM")
    assert user.email == "ann@ours.com"
    assert (await get_user(registry, " ANN@ours.com ")).id == user.id
    with pytest.raises(DuplicateError, match=r"ann@ours\.com already"):
        await create_user(registry, "ann@OURS.com", by=ROOT)


async def test_users_are_listed_with_their_workspaces(registry: Registry, passwords: Passwords, url: str) -> None:
    user = await person(registry, passwords, "ann@ours.com", Role.ADMIN)
    create_workspace(url, "other")
    await add_member(registry, "other", user.id, Role.VIEWER, by=ROOT)
    await create_user(registry, "bob@ours.com", by=ROOT, name="  Bob   B. ")
    await log_in(registry, passwords, "ann@ours.com", GOOD)
    ann, bob = await list_users(registry)
    assert (ann.workspaces, ann.has_password, ann.last_seen_at is None) == ({"abm": "admin", "other": "viewer"}, True, False)
    assert (bob.name, bob.workspaces, bob.has_password, bob.last_seen_at) == ("Bob B.", {}, False, None)
    assert await get_user(registry, ann.id) == ann


async def test_first_owner_is_made_once_however_many_try(registry: Registry, url: str) -> None:
    assert not await has_owner(registry)
    create_workspace(url, "other")
    tries = [create_first_owner(registry, "abm" if n % 2 else "other", f"n{n}@ours.com", by=ROOT) for n in range(6)]
    made = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in made if isinstance(one, BaseException)] == [ForbiddenError] * 5
    [user] = await list_users(registry)
    assert list(user.workspaces.values()) == ["owner"]
    assert await has_owner(registry)


async def test_last_owner_can_neither_leave_nor_change_nor_be_disabled_or_removed(registry: Registry, passwords: Passwords) -> None:
    owner = await person(registry, passwords, role=Role.OWNER)
    await person(registry, passwords, "bob@ours.com", Role.ADMIN)
    for work in (
        change_role(registry, "abm", owner.id, Role.ADMIN, by=ROOT),
        remove_member(registry, "abm", owner.id, by=ROOT),
        disable_user(registry, owner.id, by=ROOT),
        remove_user(registry, owner.id, by=ROOT),
    ):
        with pytest.raises(InvalidValueError, match=r"role: .*abm would be left without an owner"):
            await work
    assert (await get_user(registry, owner.id)).workspaces == {"abm": "owner"}


async def test_owner_who_is_disabled_does_not_count(registry: Registry, passwords: Passwords) -> None:
    ann = await person(registry, passwords, "ann@ours.com", Role.OWNER)
    bob = await person(registry, passwords, "bob@ours.com", Role.OWNER)
    await disable_user(registry, bob.id, by=ROOT)
    with pytest.raises(InvalidValueError, match="without an owner"):
        await remove_member(registry, "abm", ann.id, by=ROOT)
    await enable_user(registry, bob.id, by=ROOT)
    await remove_member(registry, "abm", ann.id, by=ROOT)


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accountgraph.memberships WHERE user_id = %s",
        "UPDATE accountgraph.memberships SET role = 'member' WHERE user_id = %s",
        "UPDATE accountgraph.users SET disabled_at = now() WHERE id = %s",
        "DELETE FROM accountgraph.users WHERE id = %s",
    ],
)
async def test_of_two_owners_taken_away_at_once_one_stays(
    registry: Registry, passwords: Passwords, url: str, statement: str, isolation: str
) -> None:
    users = [await person(registry, passwords, f"n{n}@ours.com", Role.OWNER) for n in range(2)]
    async with await psycopg.AsyncConnection.connect(url) as one, await psycopg.AsyncConnection.connect(url) as other:
        for connection in (one, other):
            await connection.execute(f"SET default_transaction_isolation = '{isolation}'".encode())
            await connection.commit()
            await connection.execute("SELECT count(*) FROM accountgraph.memberships")  # where it has one, its moment is taken here
        await one.execute(statement.encode(), (users[0].id,))
        second = asyncio.create_task(other.execute(statement.encode(), (users[1].id,)))
        await _until_waiting(url)
        await one.commit()
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.SerializationFailure)):
            await second
        await other.rollback()
    owners = [member for member in await list_members(registry, "abm") if member.role is Role.OWNER and member.disabled_at is None]
    assert [owner.user_id for owner in owners] == [users[1].id]


async def _until_waiting(url: str) -> None:
    statement = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for _ in range(500):
            if await (await connection.execute(statement)).fetchone() == (1,):
                return
            await asyncio.sleep(0.01)
    raise AssertionError("the second did not wait for the first")


async def test_workspace_that_is_dropped_takes_its_last_owner_along(registry: Registry, passwords: Passwords, url: str) -> None:
    owner = await person(registry, passwords, role=Role.OWNER)
    await create_key(registry, "abm", "Key", Role.VIEWER, created_by=ROOT)
    await asyncio.to_thread(drop_workspace, url, "abm")
    assert (await get_user(registry, owner.id)).workspaces == {}
    assert await list_entries(registry, workspace="abm")  # the log outlives it


async def test_admin_makes_no_owner_and_takes_none_away(registry: Registry, passwords: Passwords) -> None:
    owner = await person(registry, passwords, "ann@ours.com", Role.OWNER)
    await person(registry, passwords, "ben@ours.com", Role.OWNER)
    admin = await person(registry, passwords, "bob@ours.com", Role.ADMIN)
    by = acting(admin, Role.ADMIN)
    new = await create_user(registry, "new@ours.com", by=ROOT)
    for work in (
        add_member(registry, "abm", new.id, Role.OWNER, by=by),
        change_role(registry, "abm", admin.id, Role.OWNER, by=by),
        change_role(registry, "abm", owner.id, Role.VIEWER, by=by),
        remove_member(registry, "abm", owner.id, by=by),
        invite(registry, "abm", "x@ours.com", Role.OWNER, by=by),
    ):
        with pytest.raises(ForbiddenError, match="workspace:own"):
            await work
    await add_member(registry, "abm", new.id, Role.ADMIN, by=by)
    await change_role(registry, "abm", new.id, Role.VIEWER, by=by)
    await remove_member(registry, "abm", new.id, by=by)


async def test_people_are_no_agents(registry: Registry, passwords: Passwords) -> None:
    user = await person(registry, passwords, role=None)
    for work in (add_member(registry, "abm", user.id, Role.AGENT, by=ROOT), invite(registry, "abm", "x@ours.com", Role.AGENT, by=ROOT)):
        with pytest.raises(InvalidValueError, match="agent is for API keys"):
            await work


async def test_membership_needs_user_and_workspace_and_is_there_once(registry: Registry, passwords: Passwords) -> None:
    user = await person(registry, passwords)
    with pytest.raises(DuplicateError, match="already"):
        await add_member(registry, "abm", user.id, Role.OWNER, by=ROOT)
    with pytest.raises(MissingReferenceError, match="no such workspace"):
        await add_member(registry, "other", user.id, Role.VIEWER, by=ROOT)
    with pytest.raises(MissingReferenceError, match="no such user"):
        await add_member(registry, "abm", uuid4(), Role.VIEWER, by=ROOT)
    with pytest.raises(NotFoundError):
        await change_role(registry, "abm", uuid4(), Role.VIEWER, by=ROOT)


async def test_keys_of_who_leaves_are_shown_and_end_where_that_is_asked(registry: Registry, passwords: Passwords) -> None:
    admin = await person(registry, passwords, role=Role.ADMIN)
    made = await create_key(registry, "abm", "Theirs", Role.VIEWER, created_by=acting(admin, Role.ADMIN))
    await create_key(registry, "abm", "Not theirs", Role.VIEWER, created_by=ROOT)
    assert [key.id for key in (await disable_user(registry, admin.id, by=ROOT)).keys] == [made.key.id]
    gone = await remove_user(registry, admin.id, by=ROOT, revoke_keys=True)
    assert (gone.user.email, gone.keys) == ("ann@ours.com", [])
    assert [key.label for key in await list_keys(registry, "abm")] == ["Not theirs"]
    assert [entry.action for entry in await list_entries(registry, limit=2)] == ["user.removed", "key.revoked"]


async def test_invitation_makes_a_user_and_works_once(registry: Registry, passwords: Passwords) -> None:
    made = await invite(registry, "abm", "New@Ours.com", Role.MEMBER, by=ROOT)
    assert made.token not in repr(made)
    welcome = await look_at_invitation(registry, made.token)
    assert (welcome.invitation, welcome.has_account) == (made.invitation, False)
    with pytest.raises(InvalidValueError, match="password"):
        await accept_invitation(registry, passwords, made.token, password=GOOD[:5])
    accepted = await accept_invitation(registry, passwords, made.token, password=GOOD, name="New", origin=Origin(ip="203.0.113.7"))
    assert (accepted.is_new, accepted.workspace, accepted.user.name) == (True, "abm", "New")
    assert accepted.user.workspaces == {"abm": "member"}
    assert await denied(accept_invitation(registry, passwords, made.token, password=GOOD)) is Denied.UNKNOWN
    await log_in(registry, passwords, "new@ours.com", GOOD)
    assert await list_invitations(registry, "abm") == []


async def test_invitation_accepted_twice_at_once_works_once(registry: Registry, passwords: Passwords) -> None:
    made = await invite(registry, "abm", "new@ours.com", Role.MEMBER, by=ROOT)
    work = [accept_invitation(registry, passwords, made.token, password=f"{OTHER} {n}") for n in range(4)]
    done = await asyncio.gather(*work, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1


async def test_invitation_changes_nothing_of_who_has_an_account(registry: Registry, passwords: Passwords) -> None:
    await person(registry, passwords, "ann@ours.com", role=None)
    made = await invite(registry, "abm", "ann@ours.com", Role.VIEWER, by=ROOT)
    assert (await look_at_invitation(registry, made.token)).has_account
    accepted = await accept_invitation(registry, passwords, made.token, password=OTHER, name="Somebody else")
    assert (accepted.is_new, accepted.user.name, accepted.user.workspaces) == (False, None, {"abm": "viewer"})
    await log_in(registry, passwords, "ann@ours.com", GOOD)
    with pytest.raises(DuplicateError, match="already"):
        await invite(registry, "abm", "ann@ours.com", Role.OWNER, by=ROOT)


async def test_invitation_that_is_replaced_taken_back_or_old_opens_nothing(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    first = await invite(registry, "abm", "new@ours.com", Role.MEMBER, by=ROOT)
    second = await invite(registry, "abm", "new@ours.com", Role.VIEWER, by=ROOT)
    assert await denied(look_at_invitation(registry, first.token)) is Denied.UNKNOWN
    [waiting] = await list_invitations(registry, "abm")
    with pytest.raises(NotFoundError):
        await revoke_invitation(registry, "other", waiting.id, by=ROOT)
    clock.forward(days=7)
    assert await denied(accept_invitation(registry, passwords, second.token, password=GOOD)) is Denied.UNKNOWN
    third = await invite(registry, "abm", "new@ours.com", Role.VIEWER, by=ROOT)
    await revoke_invitation(registry, "abm", third.invitation.id, by=ROOT)
    assert await denied(accept_invitation(registry, passwords, third.token, password=GOOD)) is Denied.UNKNOWN


async def test_invitation_lets_nobody_in_who_is_disabled(registry: Registry, passwords: Passwords) -> None:
    user = await person(registry, passwords, role=None)
    made = await invite(registry, "abm", "ann@ours.com", Role.VIEWER, by=ROOT)
    await disable_user(registry, user.id, by=ROOT)
    assert await denied(accept_invitation(registry, passwords, made.token)) is Denied.DISABLED


async def test_link_sets_another_password_once_and_ends_all_sessions(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    await person(registry, passwords)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD)
    one, other = await ask_reset(registry, "ANN@ours.com"), await ask_reset(registry, "ann@ours.com")
    assert one is not None
    assert other is not None
    assert one.token not in repr(one)
    with pytest.raises(InvalidValueError, match="is your address"):
        await reset_password(registry, passwords, one.token, "ann@ours.com")
    assert (await reset_password(registry, passwords, one.token, OTHER)).email == "ann@ours.com"
    for token in (one.token, other.token, "x"):
        assert await denied(reset_password(registry, passwords, token, OTHER)) is Denied.UNKNOWN
    assert await denied(authenticate_session(registry, begun.token, clock())) is Denied.UNKNOWN
    await log_in(registry, passwords, "ann@ours.com", OTHER)


async def test_link_ends_the_wait_that_somebody_elses_guesses_made(registry: Registry, passwords: Passwords) -> None:
    await person(registry, passwords)
    for _ in range(6):
        await denied(log_in(registry, passwords, "ann@ours.com", "wrong"))
    assert await denied(log_in(registry, passwords, "ann@ours.com", GOOD)) is Denied.THROTTLED
    reset = await ask_reset(registry, "ann@ours.com")
    assert reset is not None
    await reset_password(registry, passwords, reset.token, OTHER)
    await log_in(registry, passwords, "ann@ours.com", OTHER)


async def test_link_works_for_an_hour(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    await person(registry, passwords)
    reset = await ask_reset(registry, "ann@ours.com")
    assert reset is not None
    assert reset.expires_at == clock() + timedelta(hours=1)
    clock.forward(hours=1)
    assert await denied(reset_password(registry, passwords, reset.token, OTHER)) is Denied.UNKNOWN


async def test_nobody_without_a_password_gets_a_link_by_asking(registry: Registry, passwords: Passwords) -> None:
    gone = await person(registry, passwords, "gone@ours.com")
    await disable_user(registry, gone.id, by=ROOT)
    sso = await create_user(registry, "sso@ours.com", by=ROOT)
    for email in ("nobody@ours.com", "gone@ours.com", "sso@ours.com", "no address"):
        assert await ask_reset(registry, email) is None
    given = await issue_reset(registry, sso.id, by=ROOT)
    await reset_password(registry, passwords, given.token, OTHER)
    with pytest.raises(NotFoundError):
        await issue_reset(registry, gone.id, by=ROOT)


async def test_links_are_asked_for_a_few_times_and_then_not(registry: Registry) -> None:
    for _ in range(6):
        await ask_reset(registry, "ann@ours.com")
    assert await denied(ask_reset(registry, "ann@ours.com")) is Denied.THROTTLED


async def test_tokens_of_links_stand_nowhere(registry: Registry, passwords: Passwords, url: str) -> None:
    await person(registry, passwords)
    reset = await ask_reset(registry, "ann@ours.com")
    made = await invite(registry, "abm", "new@ours.com", Role.MEMBER, by=ROOT)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD)
    assert reset is not None
    with psycopg.connect(url) as admin:
        tables = [name for (name,) in admin.execute(TABLES)]
        rows = [admin.execute(f"SELECT t::text FROM accountgraph.{table} AS t".encode()).fetchall() for table in tables]
    stored = repr(rows)
    assert "ann@ours.com" in stored
    assert not [secret for secret in (GOOD, reset.token, made.token, begun.token) if secret in stored]
