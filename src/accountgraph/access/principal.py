"""Who asks, once they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.permissions import GRANTS, NOT_UNASKED, Permission, Role
from accountgraph.acting import Acting, ActingKind

if TYPE_CHECKING:
    from collections.abc import Iterable


class Principal(Struct, frozen=True, kw_only=True):
    """Somebody who was recognised, in one workspace.

    Args:
        id: of the user, or of the key.
        name: the user's address, or the key's label.
        permissions: what they may do here and now.
        agent: the agent that a key is for, by name.
    """

    kind: ActingKind
    id: UUID
    name: str
    workspace: str
    role: Role
    permissions: frozenset[Permission]
    agent: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether they may do that."""
        return permission in self.permissions

    def acting(self, request_id: str | None = None) -> Acting:
        """As whom their changes stand in the audit log."""
        return Acting(kind=self.kind, id=str(self.id), name=self.agent or self.name, request_id=request_id)


def permissions_of(role: Role, scopes: Iterable[Permission] | None = None) -> frozenset[Permission]:
    """What a role may do; `scopes` narrow it, and never widen it. None: all but what has to be asked for by name."""
    granted = GRANTS[role]
    if scopes is None:
        return granted - NOT_UNASKED if role is Role.AGENT else granted
    return granted & frozenset(scopes)


NOBODY = Principal(kind=ActingKind.USER, id=UUID(int=0), name="nobody", workspace="", role=Role.VIEWER, permissions=frozenset())
"""Whoever has not said who they are."""
