"""Who may: users, memberships, keys, and the one table of what each role is allowed."""

from accountgraph.access.permissions import GRANTS, Permission, Role
from accountgraph.access.principal import Principal

__all__ = ["GRANTS", "Permission", "Principal", "Role"]
