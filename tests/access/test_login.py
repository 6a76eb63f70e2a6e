"""Logging in: the same words and the same work for all who fail, guessing held back, sessions that end when they should."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg
import pytest
from argon2 import PasswordHasher

from accountgraph.access import AccessDeniedError, Denied, ForbiddenError, Origin, Permission, Registry, Role
from accountgraph.access.log import list_entries
from accountgraph.access.people.login import WRONG, change_password, log_in
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.passwords import Passwords
from accountgraph.access.people.sessions import (
    SESSION_COOKIE,
    authenticate_session,
    csrf_token,
    end_session,
    is_csrf_token,
    list_sessions,
    revoke_session,
    revoke_sessions,
)
from accountgraph.access.people.throttle import FREE_BY_ACCOUNT, FREE_BY_IP, LONGEST_WAIT
from accountgraph.access.people.users import create_user, disable_user, enable_user
from accountgraph.acting import ActingKind
from accountgraph.errors import InvalidValueError, NotFoundError
from tests.access.conftest import GOOD, ROOT, person

if TYPE_CHECKING:
    from tests.factories import Clock

HOME = Origin(ip="203.0.113.7", user_agent="Firefox")


async def denied(work: Any) -> AccessDeniedError:
    with pytest.raises(AccessDeniedError) as caught:
        await work
    return caught.value


async def test_who_knows_the_password_gets_a_session_with_their_rights(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    user = await person(registry, passwords)
    begun = await log_in(registry, passwords, " Ann@OURS.com", GOOD, origin=HOME)
    signed_in = await authenticate_session(registry, begun.token, clock())
    principal = signed_in.principal("abm")
    assert (principal.kind, principal.id, principal.name, principal.role) == (ActingKind.USER, user.id, "ann@ours.com", Role.MEMBER)
    assert principal.may(Permission.GRAPH_WRITE)
    with pytest.raises(ForbiddenError, match="no member"):
        signed_in.principal("other")


async def test_all_who_fail_are_told_the_same_after_the_same_work(
    registry: Registry, passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person(registry, passwords, "ann@ours.com")
    gone = await person(registry, passwords, "gone@ours.com")
    await disable_user(registry, gone.id, by=ROOT)
    await create_user(registry, "sso@ours.com", by=ROOT)
    await passwords.is_right(None, "so that the hash of nobody is there")
    verify, counted = PasswordHasher.verify, []

    def counting(self: PasswordHasher, kept: str, password: bytes) -> bool:
        counted.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    tries = [("ann@ours.com", "wrong"), ("nobody@ours.com", GOOD), ("gone@ours.com", GOOD), ("sso@ours.com", GOOD), ("no address", GOOD)]
    for email, password in tries:
        before = len(counted)
        error = await denied(log_in(registry, passwords, email, password))
        assert (error.kind, str(error), len(counted) - before) == (Denied.WRONG, WRONG, 1), email


async def test_session_that_was_there_before_is_not_the_one_after(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    await person(registry, passwords)
    planted = await log_in(registry, passwords, "ann@ours.com", GOOD)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD, old_token=planted.token)
    assert begun.token != planted.token
    assert (await denied(authenticate_session(registry, planted.token, clock()))).kind is Denied.UNKNOWN
    made_up = "z" * 43
    after = await log_in(registry, passwords, "ann@ours.com", GOOD, old_token=made_up)
    assert made_up != after.token
    assert (await denied(authenticate_session(registry, made_up, clock()))).kind is Denied.UNKNOWN


async def test_session_ends_after_a_day_of_silence_and_after_two_weeks_in_any_case(
    registry: Registry, passwords: Passwords, clock: Clock
) -> None:
    await person(registry, passwords)
    silent, busy = [await log_in(registry, passwords, "ann@ours.com", GOOD) for _ in range(2)]
    for _ in range(16):
        clock.forward(hours=20)
        await authenticate_session(registry, busy.token, clock())
    clock.forward(hours=15, minutes=59)
    await authenticate_session(registry, busy.token, clock())
    clock.forward(minutes=1)
    assert (await denied(authenticate_session(registry, busy.token, clock()))).kind is Denied.EXPIRED
    assert (await denied(authenticate_session(registry, silent.token, clock()))).kind is Denied.EXPIRED


async def test_silence_of_a_day_is_a_day(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    await person(registry, passwords)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD)
    await authenticate_session(registry, begun.token, clock.forward(hours=23, minutes=59))
    clock.forward(hours=24)
    assert (await denied(authenticate_session(registry, begun.token, clock()))).kind is Denied.EXPIRED
    assert await list_sessions(registry, begun.user_id) == []


async def test_one_session_or_all_can_be_ended(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    user = await person(registry, passwords)
    here, there, elsewhere = [await log_in(registry, passwords, "ann@ours.com", GOOD, origin=HOME) for _ in range(3)]
    assert {(one.ip, one.user_agent) for one in await list_sessions(registry, user.id)} == {("203.0.113.7", "Firefox")}
    await revoke_session(registry, user.id, there.id, by=ROOT)
    with pytest.raises(NotFoundError):
        await revoke_session(registry, user.id, there.id, by=ROOT)
    assert await revoke_sessions(registry, user.id, by=ROOT, keep=here.id) == 1
    assert (await denied(authenticate_session(registry, elsewhere.token, clock()))).kind is Denied.UNKNOWN
    signed_in = await authenticate_session(registry, here.token, clock())
    await end_session(registry, signed_in, by=ROOT)
    assert (await denied(authenticate_session(registry, here.token, clock()))).kind is Denied.UNKNOWN


async def test_nobody_ends_a_session_of_somebody_else(registry: Registry, passwords: Passwords) -> None:
    await person(registry, passwords)
    other = await person(registry, passwords, "bob@ours.com")
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD)
    with pytest.raises(NotFoundError):
        await revoke_session(registry, other.id, begun.id, by=ROOT)


async def test_disabled_user_is_out_at_once_and_comes_back_only_by_logging_in(
    registry: Registry, passwords: Passwords, clock: Clock
) -> None:
    user = await person(registry, passwords)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD)
    await disable_user(registry, user.id, by=ROOT)
    assert (await denied(authenticate_session(registry, begun.token, clock()))).kind is Denied.UNKNOWN
    await enable_user(registry, user.id, by=ROOT)
    assert (await denied(authenticate_session(registry, begun.token, clock()))).kind is Denied.UNKNOWN
    await log_in(registry, passwords, "ann@ours.com", GOOD)


async def test_a_new_role_holds_from_the_next_request_on(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    user = await person(registry, passwords, role=None)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD)
    assert (await authenticate_session(registry, begun.token, clock())).workspaces == {}
    await add_member(registry, "abm", user.id, Role.VIEWER, by=ROOT)
    assert (await authenticate_session(registry, begun.token, clock())).workspaces == {"abm": Role.VIEWER}


async def test_form_of_one_session_is_worth_nothing_in_another(registry: Registry, passwords: Passwords) -> None:
    await person(registry, passwords)
    one, other = [await log_in(registry, passwords, "ann@ours.com", GOOD) for _ in range(2)]
    assert is_csrf_token(one.token, one.csrf_token)
    for wrong in (other.csrf_token, "", "ä", "\ud800", csrf_token("")):
        assert not is_csrf_token(one.token, wrong)
    assert one.token not in one.csrf_token


def test_cookie_is_of_this_host_and_no_scripts() -> None:
    cookie = SESSION_COOKIE
    assert cookie.name.startswith("__Host-")
    assert (cookie.path, cookie.secure, cookie.httponly, cookie.samesite, cookie.max_age) == ("/", True, True, "lax", 14 * 86400)


async def test_account_waits_ever_longer_and_the_right_password_ends_it(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    await person(registry, passwords)
    for _ in range(FREE_BY_ACCOUNT):
        assert (await denied(log_in(registry, passwords, "ann@ours.com", "wrong"))).kind is Denied.WRONG
    waits = []
    for _ in range(12):
        assert (await denied(log_in(registry, passwords, "ann@ours.com", "wrong"))).kind is Denied.WRONG
        refused = await denied(log_in(registry, passwords, "ann@ours.com", GOOD))
        assert refused.kind is Denied.THROTTLED
        waits.append(refused.retry_after)
        clock.forward(seconds=refused.retry_after or 0)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_WAIT, LONGEST_WAIT]
    await log_in(registry, passwords, "ann@ours.com", GOOD)
    assert (await denied(log_in(registry, passwords, "ann@ours.com", "wrong"))).kind is Denied.WRONG
    await log_in(registry, passwords, "ann@ours.com", GOOD)


async def test_account_that_is_not_there_waits_like_one_that_is(registry: Registry, passwords: Passwords) -> None:
    for _ in range(FREE_BY_ACCOUNT + 1):
        assert (await denied(log_in(registry, passwords, "nobody@ours.com", "wrong"))).kind is Denied.WRONG
    assert (await denied(log_in(registry, passwords, "nobody@ours.com", "wrong"))).kind is Denied.THROTTLED


async def test_one_address_of_the_network_that_tries_many_accounts_waits(registry: Registry, passwords: Passwords) -> None:
    user_of_the_same_house = Origin(ip="2001:db8::1"), Origin(ip="2001:db8::2")
    for number in range(FREE_BY_IP + 1):
        origin = user_of_the_same_house[number % 2]
        assert (await denied(log_in(registry, passwords, f"n{number}@ours.com", "wrong", origin=origin))).kind is Denied.WRONG
    assert (await denied(log_in(registry, passwords, "new@ours.com", "x", origin=Origin(ip="2001:db8::3")))).kind is Denied.THROTTLED
    assert (await denied(log_in(registry, passwords, "new@ours.com", "x", origin=Origin(ip="2001:db8:1::1")))).kind is Denied.WRONG


async def test_own_logins_between_do_not_wash_guesses_away(registry: Registry, passwords: Passwords) -> None:
    await person(registry, passwords)
    for number in range(FREE_BY_IP + 1):
        await denied(log_in(registry, passwords, f"n{number}@ours.com", "wrong", origin=HOME))
        if number < FREE_BY_IP:
            await log_in(registry, passwords, "ann@ours.com", GOOD, origin=HOME)
    assert (await denied(log_in(registry, passwords, "ann@ours.com", GOOD, origin=HOME))).kind is Denied.THROTTLED


async def test_a_hundred_tries_at_once_are_no_more_than_one_after_another(registry: Registry, passwords: Passwords) -> None:
    tries = [denied(log_in(registry, passwords, "ann@ours.com", f"guess {number}", origin=HOME)) for number in range(40)]
    kinds = [error.kind for error in await asyncio.gather(*tries)]
    assert kinds.count(Denied.WRONG) == FREE_BY_ACCOUNT + 1
    assert kinds.count(Denied.THROTTLED) == 40 - FREE_BY_ACCOUNT - 1


async def test_tries_are_forgotten_after_a_day(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    for _ in range(FREE_BY_ACCOUNT + 1):
        await denied(log_in(registry, passwords, "ann@ours.com", "wrong"))
    clock.forward(days=1, seconds=1)
    for _ in range(FREE_BY_ACCOUNT):
        assert (await denied(log_in(registry, passwords, "ann@ours.com", "wrong"))).kind is Denied.WRONG


async def test_password_of_other_parameters_is_hashed_anew_at_login(registry: Registry, passwords: Passwords, url: str) -> None:
    await person(registry, passwords)
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    await log_in(registry, dearer, "ann@ours.com", GOOD)
    with psycopg.connect(url) as admin:
        [kept] = admin.execute("SELECT password_hash FROM accountgraph.users").fetchone() or [""]
    assert "m=128,t=2" in kept
    await log_in(registry, dearer, "ann@ours.com", GOOD)
    dearer.close()


async def test_new_password_ends_all_other_sessions(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    await person(registry, passwords)
    here, there = [await log_in(registry, passwords, "ann@ours.com", GOOD) for _ in range(2)]
    signed_in = await authenticate_session(registry, here.token, clock())
    assert (await denied(change_password(registry, passwords, signed_in, "wrong", "another set of words"))).kind is Denied.WRONG
    for bad in (GOOD, "short") * 5:  # what cannot be is no try
        with pytest.raises(InvalidValueError, match="password"):
            await change_password(registry, passwords, signed_in, GOOD, bad)
    await change_password(registry, passwords, signed_in, GOOD, "another set of words")
    await authenticate_session(registry, here.token, clock())
    assert (await denied(authenticate_session(registry, there.token, clock()))).kind is Denied.UNKNOWN
    assert (await denied(log_in(registry, passwords, "ann@ours.com", GOOD))).kind is Denied.WRONG
    await log_in(registry, passwords, "ann@ours.com", "another set of words")


async def test_the_log_tells_of_logins_and_of_no_secret(registry: Registry, passwords: Passwords) -> None:
    await person(registry, passwords)
    begun = await log_in(registry, passwords, "ann@ours.com", GOOD, origin=HOME)
    await denied(log_in(registry, passwords, "my secret in the wrong field", "x", origin=Origin(ip="nonsense", user_agent="a\x00b" * 500)))
    entries = await list_entries(registry)
    failed, login = entries[:2]
    assert (login.action, login.actor, login.ip, login.user_agent) == ("login", "ann@ours.com", "203.0.113.7", "Firefox")
    assert (failed.action, failed.subject, failed.ip, len(failed.user_agent or "")) == ("login.failed", "(no address)", None, 300)
    told = msgspec.json.encode(entries).decode() + repr(begun)
    assert not [secret for secret in (GOOD, begun.token, "my secret") if secret in told]


async def test_use_of_a_session_is_written_once_a_minute(registry: Registry, passwords: Passwords, clock: Clock) -> None:
    user = await person(registry, passwords)
    begun, began, seen = await log_in(registry, passwords, "ann@ours.com", GOOD), clock(), []
    for seconds in (30, 29, 1, 59):
        await authenticate_session(registry, begun.token, clock.forward(seconds=seconds))
        seen.append((await list_sessions(registry, user.id))[0].last_used_at - began)
    assert seen == [timedelta(0), timedelta(0), timedelta(minutes=1), timedelta(minutes=1)]


@pytest.mark.parametrize("token", ["", "x", "ä" * 43, "x" * 44])
async def test_what_is_no_session_is_refused(registry: Registry, clock: Clock, token: str) -> None:
    assert (await denied(authenticate_session(registry, token, clock()))).kind is Denied.MALFORMED
