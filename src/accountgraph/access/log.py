"""The access log: who entered, who was refused, who gave which rights to whom. It only grows; the database sees to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from accountgraph.access.actor import Actor
    from accountgraph.db import Connectable


class Action(StrEnum):
    """What the log tells of."""

    LOGIN = "login"
    LOGIN_FAILED = "login.failed"
    LOGIN_THROTTLED = "login.throttled"
    LOGOUT = "logout"
    SESSION_REVOKED = "session.revoked"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    KEY_ROTATED = "key.rotated"
    USER_CREATED = "user.created"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_REMOVED = "user.removed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - the name of an action
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105 - as above
    PASSWORD_RESET = "password.reset"  # noqa: S105 - as above
    MEMBER_ADDED = "member.added"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    INVITED = "invitation.created"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_REVOKED = "invitation.revoked"
    IDENTITY_LINKED = "identity.linked"


class AccessEntry(Struct, frozen=True, kw_only=True):
    """A line of the log."""

    id: int
    at: datetime
    action: str
    workspace: str | None
    subject_id: UUID | None
    subject: str | None
    actor_kind: str
    actor_id: str | None
    actor: str
    ip: str | None
    user_agent: str | None
    request_id: str | None
    details: dict[str, Any]


async def note(
    registry: Connectable,
    action: Action,
    by: Actor,
    *,
    workspace: str | None = None,
    subject: tuple[UUID | None, str | None] = (None, None),
    **details: Any,  # noqa: ANN401 - whatever JSON can say
) -> None:
    """Write a line: what `by` did, to whom (id and name), with details that hold no secret."""
    params = {
        "at": registry.now(),
        "action": action,
        "workspace": workspace,
        "subject_id": subject[0],
        "subject": subject[1],
        "actor_kind": by.acting.kind,
        "actor_id": by.acting.id,
        "actor": by.acting.name,
        "ip": by.origin.address,
        "user_agent": by.origin.program,
        "request_id": by.acting.request_id,
        "details": msgspec.json.encode(details).decode(),
    }
    await registry.value("access.log.note", params)


async def list_entries(
    registry: Connectable, *, workspace: str | None = None, subject_id: UUID | None = None, before: int | None = None, limit: int = 100
) -> list[AccessEntry]:
    """The log's lines, the newest first.

    `workspace`: of that one alone; `subject_id`: about that user or key; `before`: those with a smaller id, for the next page.
    """
    params = {"workspace": workspace, "subject_id": subject_id, "before": before, "limit": limit}
    return await registry.rows(AccessEntry, "access.log.listing", params)


async def tidy(registry: Connectable) -> int:
    """Delete what is over: sessions, links, counts of wrong tries, and lines of this log that are older than 400 days; gives how many rows.

    To be called once a day or so; nothing depends on it but room.
    """
    return int(await registry.value("access.tidy.tidy", {"now": registry.now()}))
