"""What each role is allowed: the one table that the API, the agents' tools and the tests read."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a membership or a key makes somebody in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    AGENT = "agent"


class Permission(StrEnum):
    """What may be done; a key's scopes are these names."""

    GRAPH_READ = "graph:read"
    GRAPH_WRITE = "graph:write"
    GRAPH_MERGE = "graph:merge"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_RUN = "campaigns:run"
    MESSAGES_PROPOSE = "messages:propose"
    MESSAGES_APPROVE = "messages:approve"
    MESSAGES_SEND = "messages:send"  # an agent's messages leave without a person, within its budget
    TASKS_READ = "tasks:read"
    TASKS_WORK = "tasks:work"
    VIEWS_WRITE = "views:write"
    SUPPRESSIONS_READ = "suppressions:read"
    SUPPRESSIONS_WRITE = "suppressions:write"
    MAILBOXES_READ = "mailboxes:read"
    MAILBOXES_WRITE = "mailboxes:write"
    IMPORTS_WRITE = "imports:write"
    EXPORTS_READ = "exports:read"
    PRIVACY_EXPORT = "privacy:export"
    PRIVACY_ERASE = "privacy:erase"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    KEYS_WRITE = "keys:write"
    AUDIT_READ = "audit:read"
    WORKSPACE_OWN = "workspace:own"  # make owners, hand the workspace over


_VIEWER = frozenset(
    {
        Permission.GRAPH_READ,
        Permission.CAMPAIGNS_READ,
        Permission.TASKS_READ,
        Permission.SUPPRESSIONS_READ,
        Permission.MAILBOXES_READ,
        Permission.SETTINGS_READ,
        Permission.MEMBERS_READ,
    }
)
_MEMBER = _VIEWER | {
    Permission.GRAPH_WRITE,
    Permission.GRAPH_MERGE,
    Permission.CAMPAIGNS_WRITE,
    Permission.CAMPAIGNS_RUN,
    Permission.MESSAGES_PROPOSE,
    Permission.MESSAGES_APPROVE,
    Permission.TASKS_WORK,
    Permission.VIEWS_WRITE,
    Permission.SUPPRESSIONS_WRITE,
    Permission.IMPORTS_WRITE,
    Permission.EXPORTS_READ,
    Permission.WEBHOOKS_READ,
}
_ADMIN = frozenset(Permission) - {Permission.WORKSPACE_OWN}
_AGENT = frozenset(
    {
        Permission.GRAPH_READ,
        Permission.GRAPH_WRITE,
        Permission.CAMPAIGNS_READ,
        Permission.TASKS_READ,
        Permission.SUPPRESSIONS_READ,
        Permission.MESSAGES_PROPOSE,
        Permission.MESSAGES_SEND,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: _ADMIN,
    Role.MEMBER: _MEMBER,
    Role.VIEWER: _VIEWER,
    Role.AGENT: _AGENT,
}

NOT_UNASKED = frozenset({Permission.MESSAGES_SEND})  # a key has these only where its scopes name them
