"""Who changes what somebody may do, from where, and how far they may go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.errors import ForbiddenError
from accountgraph.access.permissions import Permission, Role
from accountgraph.access.principal import permissions_of
from accountgraph.acting import Acting, ActingKind
from accountgraph.addresses import ip_address_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.access.principal import Principal

LONGEST_AGENT = 300  # signs of a browser's name that are kept


class Origin(Struct, frozen=True, kw_only=True):
    """Where a request came from: the network's address, and what the program calls itself."""

    ip: str | None = None
    user_agent: str | None = None

    @property
    def address(self) -> str | None:
        """The address as the database takes it; None where it is none."""
        return ip_address_in(self.ip)

    @property
    def program(self) -> str | None:
        """The program's name, cut."""
        return "".join(sign for sign in (self.user_agent or "") if sign.isprintable())[:LONGEST_AGENT] or None


NOWHERE = Origin()


class Actor(Struct, frozen=True, kw_only=True):
    """Who changes users and keys.

    Args:
        may: what they may do here; nobody gives more than they have. None: everything, who is at the command line has the database.
    """

    acting: Acting
    origin: Origin = NOWHERE
    may: frozenset[Permission] | None = None

    @classmethod
    def of(cls, principal: Principal, origin: Origin = NOWHERE, request_id: str | None = None) -> Actor:
        """Somebody who was recognised, in their workspace."""
        return cls(acting=principal.acting(request_id), origin=origin, may=principal.permissions)

    @property
    def user_id(self) -> UUID | None:
        """The user's id, where it is a user."""
        return UUID(self.acting.id) if self.acting.kind is ActingKind.USER and self.acting.id else None

    def check_may_give(self, role: Role, scopes: Iterable[Permission] | None = None) -> None:
        """Refuse what is beyond their own rights, so that nobody makes themselves more than they are.

        Raises:
            ForbiddenError: the role has rights that they do not have.
        """
        beyond = permissions_of(role, scopes) - self.may if self.may is not None else frozenset()
        if beyond:
            raise ForbiddenError(f"{self.acting.name} may not give or take the role {role}: it is allowed {', '.join(sorted(beyond))}.")


def at_command_line(login: str) -> Actor:
    """Somebody with a shell on this machine, by the name of their login."""
    return Actor(acting=Acting(kind=ActingKind.COMMAND, name=login))
