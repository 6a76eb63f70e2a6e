"""Making, listing, rotating and revoking API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.access.keys.token import new_token
from accountgraph.access.log import Action, note
from accountgraph.access.permissions import GRANTS, Permission, Role
from accountgraph.access.tokens import hashed
from accountgraph.errors import InvalidValueError, MissingReferenceError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.access.actor import Actor
    from accountgraph.db import Connectable, Session

LONGEST_LABEL = 200  # signs


class Key(Struct, frozen=True, kw_only=True):
    """A key, without what opens anything.

    Args:
        prefix: the part of the token that is no secret: `agk_<prefix>_...`; by it a found token is told to be this one.
        scopes: what the role is narrowed to; None: all of the role, but what an agent's key has to name.
        agent: the agent that uses it, by name.
        last_used_at: within a minute.
    """

    id: UUID
    workspace: str
    prefix: str
    label: str
    role: Role
    scopes: list[Permission] | None
    agent: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_by: str | None


class NewKey(Struct, frozen=True, kw_only=True):
    """A key that was just made; its token is seen here and never again."""

    key: Key
    token: str

    def __repr__(self) -> str:
        return f"NewKey({self.key!r})"


async def create_key(
    registry: Connectable,
    workspace: str,
    label: str,
    role: Role,
    *,
    created_by: Actor,
    scopes: Iterable[Permission] | None = None,
    expires_at: datetime | None = None,
    agent: str | None = None,
) -> NewKey:
    """Make a key of a workspace. `scopes` narrow the role and never widen it; an agent's key sends only where they name `messages:send`.

    Raises:
        InvalidValueError: the label is empty or long, a scope is none of the role's, or it would have expired already.
        MissingReferenceError: there is no such workspace.
        ForbiddenError: it would have rights that `created_by` has not.
    """
    wanted = _checked(role, scopes)
    created_by.check_may_give(role, wanted)
    label, now = _label(label), registry.now()
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= now):
        raise InvalidValueError("expires_at", f"{expires_at} is past, or has no offset; give a time to come.")
    token, prefix = new_token()
    params = {
        "workspace": workspace,
        "prefix": prefix,
        "key_hash": hashed(token),
        "label": label,
        "role": role,
        "scopes": wanted,
        "agent": agent,
        "now": now,
        "expires_at": expires_at,
        "created_by": created_by.acting.name,
        "created_by_id": created_by.user_id,
    }
    key = await registry.run(lambda session: _create(session, params, created_by))
    return NewKey(key=key, token=token)


async def _create(session: Session, params: dict[str, Any], by: Actor) -> Key:
    try:
        key = await session.write(Key, "access.keys.create", params)
    except MissingReferenceError as error:
        if error.field != "workspace":
            raise
        raise MissingReferenceError("workspace", f"there is no workspace {params['workspace']!r}.") from None
    assert key is not None  # noqa: S101 - it was just written
    details = {"role": key.role, "scopes": key.scopes, "expires_at": key.expires_at, "agent": key.agent}
    await note(session, Action.KEY_CREATED, by, workspace=key.workspace, subject=(key.id, key.label), **details)
    return key


async def list_keys(registry: Connectable, workspace: str, *, with_revoked: bool = False) -> list[Key]:
    """The keys of a workspace, the newest first."""
    return await registry.rows(Key, "access.keys.listing", {"workspace": workspace, "with_revoked": with_revoked})


async def keys_made_by(registry: Connectable, user_id: UUID) -> list[Key]:
    """The keys that a user made, in any workspace, and that were not revoked: to be looked at when somebody leaves."""
    return await registry.rows(Key, "access.keys.made_by", {"user_id": user_id})


async def revoke_key(registry: Connectable, workspace: str, key_id: UUID, *, by: Actor) -> Key:
    """Let a key open nothing any more; gives it as it was. Servers that know it go on for `KEPT` seconds at most, see `KeyGate`.

    Raises:
        NotFoundError: the workspace has no such key.
    """

    async def work(session: Session) -> Key:
        key = await _locked(session, workspace, key_id)
        if key.revoked_at is None:
            await session.value("access.keys.revoke", {"key_id": key_id, "now": session.now()})
            await note(session, Action.KEY_REVOKED, by, workspace=workspace, subject=(key.id, key.label))
        return key

    return await registry.run(work)


async def rotate_key(registry: Connectable, workspace: str, key_id: UUID, *, by: Actor, overlap: timedelta = timedelta(0)) -> NewKey:
    """Put a new key of the same rights in the place of one; the old one opens for `overlap` yet, so that programs can be told.

    Raises:
        NotFoundError: the workspace has no such key.
        InvalidValueError: it was revoked, or has expired.
        ForbiddenError: it has rights that `by` has not.
    """

    async def work(session: Session) -> NewKey:
        old, now = await _locked(session, workspace, key_id), session.now()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise InvalidValueError("key", f"{old.label!r} was revoked or has expired; make a new one.")
        given = {"scopes": old.scopes, "expires_at": old.expires_at, "agent": old.agent}
        made = await create_key(session, workspace, old.label, old.role, created_by=by, **given)  # type: ignore[arg-type]
        if overlap > timedelta(0):
            await session.value("access.keys.end_by", {"key_id": key_id, "at": now + overlap})
        else:
            await session.value("access.keys.revoke", {"key_id": key_id, "now": now})
        details = {"replaced_by": str(made.key.id), "overlap_seconds": int(overlap.total_seconds())}
        await note(session, Action.KEY_ROTATED, by, workspace=workspace, subject=(old.id, old.label), **details)
        return made

    return await registry.run(work)


async def _locked(session: Session, workspace: str, key_id: UUID) -> Key:
    key = await session.row(Key, "access.keys.lock", {"workspace": workspace, "key_id": key_id})
    if key is None:
        raise NotFoundError(f"Workspace {workspace} has no key {key_id}; look with `key list --all`.")
    return key


def _label(label: str) -> str:
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise InvalidValueError("label", f"says what the key is for, in 1 to {LONGEST_LABEL} signs that can be printed.")
    return label


def _checked(role: Role, scopes: Iterable[Permission] | None) -> list[Permission] | None:
    if scopes is None:
        return None
    wanted = sorted(set(scopes))
    beyond = [scope for scope in wanted if scope not in GRANTS[role]]
    if beyond or not wanted:
        raise InvalidValueError(
            "scopes",
            f"{', '.join(beyond) or 'nothing'} is not what role {role} is allowed; choose from {', '.join(sorted(GRANTS[role]))}.",
        )
    return wanted
