"""The registry of a database of the test's own, on the test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.passwords import Passwords
from accountgraph.access.people.users import User, create_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.factories import Clock

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # hashes in no time; for what is not about their cost
GOOD = "four unrelated words here"
ROOT = at_command_line("root")


@pytest.fixture
async def registry(url: str, clock: Clock) -> AsyncIterator[Registry]:
    async with Registry(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(QUICK)
    yield made
    made.close()


async def person(registry: Registry, passwords: Passwords, email: str = "ann@ours.com", role: Role | None = Role.MEMBER) -> User:
    """A user with the password GOOD, in workspace abm as `role`; None: in none."""
    user = await create_user(registry, email, by=ROOT, password=await passwords.new(GOOD, email))
    if role is not None:
        await add_member(registry, "abm", user.id, role, by=ROOT)
    return user
