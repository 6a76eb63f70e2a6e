"""The first owner, made in the browser by whoever has the link that `up --serve` prints."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accountgraph.access.actor import Actor, Origin
from accountgraph.access.errors import ForbiddenError
from accountgraph.access.people.memberships import create_first_owner, has_owner
from accountgraph.acting import Acting, ActingKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.access import Registry
    from accountgraph.access.people.passwords import Passwords
    from accountgraph.access.people.users import User

TOKEN_NAME = "ACCOUNTGRAPH_SETUP_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST = 32  # signs of a token that cannot be guessed


@dataclass(frozen=True)
class Setup:
    """What the first owner is let in by, and the workspace that they get. `token` None: nobody is made in the browser."""

    workspace: str
    token: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], workspace: str) -> Setup:
        """By `ACCOUNTGRAPH_SETUP_TOKEN`; a token that could be guessed is none."""
        token = environ.get(TOKEN_NAME, "").strip()
        return cls(workspace, token if len(token) >= _SHORTEST else None)

    def fits(self, given: str) -> bool:
        """Whether it is the token; compared in constant time."""
        return self.token is not None and hmac.compare_digest(self.token.encode(), given.encode("utf-8", "surrogatepass"))

    async def is_open(self, registry: Registry, given: str) -> bool:
        """Whether the first owner may be made with this token: it fits, and there is no owner yet."""
        return self.fits(given) and not await has_owner(registry)

    async def make_owner(
        self, registry: Registry, passwords: Passwords, given: str, *, email: str, password: str, name: str | None, origin: Origin
    ) -> User:
        """Make the first owner.

        Raises:
            ForbiddenError: the token does not fit, or there is an owner already.
            InvalidValueError: the address, the name or the password cannot be used.
        """
        if not await self.is_open(registry, given):
            raise ForbiddenError("This link makes nobody an owner any more; log in, or ask an owner for an invitation.")
        made = await passwords.new(password, email)
        by = Actor(acting=Acting(kind=ActingKind.COMMAND, name="first run"), origin=origin)  # the link comes from the command line
        return await create_first_owner(registry, self.workspace, email, by=by, password=made, name=name)
