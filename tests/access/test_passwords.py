"""Passwords: which are refused, how they are kept, and that a crowd cannot take all memory."""

from __future__ import annotations

import asyncio
import threading
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.access import AccessDeniedError, Denied
from accountgraph.access.people.passwords import HASHER, SHORTEST, PasswordHash, Passwords, check_password
from accountgraph.errors import InvalidValueError
from tests.access.conftest import GOOD, QUICK


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "has 5 signs"),
        ("x" * 257, "has 257 signs"),
        ("ann@ours.example", "is your address"),
        ("ANN@ours.example 2026", "is your address"),
        ("Password2026!", "that many have"),
        ("!!!Welcome12345", "that many have"),
        ("123456789012", "that many have"),
        ("aaaaaaaaaaaa", "that many have"),
        ("abababababab", "that many have"),
        ("1q2w3e4r5t6y", "that many have"),
        ("correct horse battery staple", "that many have"),
        ("Passwort123456", "that many have"),
    ],
)
def test_password_that_is_guessed_first_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        check_password(password, "ann@ours.example")


@pytest.mark.parametrize("password", [GOOD, "zwölf Zeichen!", "пароль из слов", "kjh34vx90qwm", "annual report of moss"])
def test_password_of_some_length_needs_nothing_else(password: str) -> None:
    check_password(password, "ann@ours.example")


@given(st.text(max_size=400))
def test_only_text_of_some_length_is_taken_and_none_breaks(text: str) -> None:
    try:
        check_password(text, "ann@ours.example")
    except InvalidValueError:
        return
    assert SHORTEST <= len(unicodedata.normalize("NFC", text)) <= 256


async def test_password_is_kept_as_argon2id_with_what_it_costs() -> None:
    passwords = Passwords()
    kept = await passwords.new(GOOD, "ann@ours.example")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert GOOD not in kept
    assert await passwords.is_right(kept, GOOD)
    assert not await passwords.is_right(kept, GOOD + " ")
    passwords.close()


async def test_same_letters_typed_another_way_are_the_same_password() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.new("caf\u00e9 au lait noir", "ann@ours.example")
    assert await passwords.is_right(kept, "cafe\u0301 au lait noir")
    passwords.close()


async def test_nobodys_password_is_compared_with_the_parameters_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, compared = Passwords(QUICK), []
    verify = PasswordHasher.verify

    def seen(self: PasswordHasher, kept: str, password: bytes) -> bool:
        compared.append(extract_parameters(kept))
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", seen)
    assert not await passwords.is_right(None, "a password that nobody has")
    somebodys = await passwords.hash(GOOD)
    assert await passwords.is_right(somebodys, GOOD)
    assert compared[0] == compared[1]
    passwords.close()


async def test_what_is_no_hash_is_never_right() -> None:
    passwords = Passwords(QUICK)
    for kept in ("", "x", "$argon2id$broken"):
        assert not await passwords.is_right(PasswordHash(kept), kept)
    passwords.close()


class _Counting(PasswordHasher):
    """How many hash at the same moment."""

    now = most = 0
    lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        made = super().hash(password, salt=salt)
        with self.lock:
            self.now -= 1
        return made


async def test_a_few_hash_at_once_and_the_rest_waits_or_is_told_to_come_again() -> None:
    hasher = _Counting(time_cost=2, memory_cost=4096, parallelism=1)
    passwords = Passwords(hasher, at_once=2, waiting=10)
    done = await asyncio.gather(*(passwords.hash(f"{GOOD} {number}") for number in range(20)), return_exceptions=True)
    refused = [one for one in done if isinstance(one, AccessDeniedError)]
    assert [one.kind for one in refused] == [Denied.BUSY] * 8
    assert all(one.retry_after for one in refused)
    assert 1 <= hasher.most <= 2
    assert await passwords.hash(GOOD)
    passwords.close()


def test_parameters_are_no_weaker_than_owasp_asks() -> None:
    assert (HASHER.memory_cost, HASHER.time_cost) >= (19 * 1024, 2)
