"""Passwords: which are good enough, and how they are kept.

Argon2id (RFC 9106) in threads of its own, a few at once: each takes 64 MB while it runs, and a crowd that logs in must not take all memory.
"""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NewType, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
PasswordHash = NewType("PasswordHash", str)
"""A password as it is stored: Argon2id in PHC form, with its parameters and its salt."""

SHORTEST, LONGEST = 12, 256  # signs
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1, hash_len=32, salt_len=16)  # the cost: KiB, about 0.1 s
AT_ONCE = 4  # hashes, of 64 MB each
WAITING = 100  # more than that are told to come again
_FEWEST = 5  # different signs


class Passwords:
    """Hashes and compares passwords. One a process, for it is what keeps logins from taking all memory.

    Args:
        hasher: the parameters; a password that was hashed with others is hashed anew when its user logs in.
        at_once: so many hashes run at the same time, a thread each.
        waiting: so many more may wait.
    """

    def __init__(self, hasher: PasswordHasher = HASHER, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self._most = at_once + waiting
        self._busy = 0
        self._nobodys: PasswordHash | None = None

    async def new(self, password: str, email: str) -> PasswordHash:
        """The hash of a password that somebody chose.

        Raises:
            InvalidValueError: it is too short or too long, common, or their address.
            AccessDeniedError: BUSY.
        """
        check_password(password, email)
        return await self.hash(password)

    async def hash(self, password: str) -> PasswordHash:
        """The hash of a password, as good as it may be."""
        return PasswordHash(await self._in_thread(lambda: self._hasher.hash(_bytes(password))))

    async def is_right(self, kept: PasswordHash | None, password: str) -> bool:
        """Whether it is the password; None where nobody has one: that takes as long, and it is never right.

        Raises:
            AccessDeniedError: BUSY.
        """
        if self._nobodys is None:  # with the parameters of today, so that it takes as long as somebody's
            self._nobodys = await self.hash("a password that nobody has")
        compared = kept or self._nobodys
        is_it = await self._in_thread(lambda: self._compare(compared, password))
        return is_it and kept is not None

    def check_room(self) -> None:
        """Refuse a crowd before anything is done for it.

        Raises:
            AccessDeniedError: BUSY.
        """
        if self._busy >= self._most:
            raise AccessDeniedError(Denied.BUSY, "Too many log in at this moment; try again in a few seconds.", retry_after=5)

    def is_outdated(self, kept: PasswordHash) -> bool:
        """Whether it was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """End the threads, when they have done what they are at."""
        self._threads.shutdown()

    def _compare(self, kept: PasswordHash, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self.check_room()
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._busy -= 1


def check_password(password: str, email: str) -> None:
    """Refuse a password that others would guess. Length is what counts: there is no rule about digits and signs.

    Raises:
        InvalidValueError: with the reason.
    """
    text = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise InvalidValueError("password", f"has {len(text)} signs; use {SHORTEST} to {LONGEST}, a few words that do not belong together.")
    plain = text.casefold().strip()
    address = email.casefold().strip()
    if plain in {address, address.partition("@")[0], address.partition("@")[2]} or address in plain:
        raise InvalidValueError("password", "is your address; use a few words that do not belong together.")
    if len(set(plain)) < _FEWEST or _root(plain) in _common() or plain in _common():
        raise InvalidValueError("password", "is one that many have, and that is tried first; use a few words that do not belong together.")


def _root(plain: str) -> str:
    """A word without the digits and signs that people put around it; a number stays nothing, and is common."""
    start, end = 0, len(plain)
    while start < end and not plain[start].isalpha():
        start += 1
    while end > start and not plain[end - 1].isalpha():
        end -= 1
    return plain[start:end]


@cache
def _common() -> frozenset[str]:
    lines = (files("accountgraph.access.people") / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset({line.strip() for line in lines if line.strip() and not line.startswith("#")} | {""})


def _bytes(password: str) -> bytes:
    """The same password has the same bytes on every keyboard; what is cut was longer than any that is taken."""
    return unicodedata.normalize("NFC", password[: LONGEST * 4]).encode("utf-8", "surrogatepass")
