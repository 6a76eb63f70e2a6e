"""Who may: users, memberships, keys, and the one table of what each role is allowed."""

from accountgraph.access.actor import Actor, Origin, at_command_line
from accountgraph.access.errors import AccessDeniedError, Denied, ForbiddenError
from accountgraph.access.permissions import GRANTS, Permission, Role
from accountgraph.access.principal import Principal
from accountgraph.access.registry import Registry

__all__ = [
    "GRANTS",
    "AccessDeniedError",
    "Actor",
    "Denied",
    "ForbiddenError",
    "Origin",
    "Permission",
    "Principal",
    "Registry",
    "Role",
    "at_command_line",
]
