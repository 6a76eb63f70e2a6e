"""Users: made, disabled, removed; and what they have for a password. They belong to all workspaces at once, so these are for whoever
runs the installation; an admin of one workspace changes its memberships."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.keys.keys import Key, keys_made_by, revoke_key
from accountgraph.access.log import Action, note
from accountgraph.addresses import email_key
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.access.actor import Actor
    from accountgraph.access.people.passwords import PasswordHash
    from accountgraph.db import Connectable, Session

LONGEST_NAME = 200  # signs


class User(Struct, frozen=True, kw_only=True):
    """Somebody with a login.

    Args:
        email: in the form that two spellings share.
        has_password: False: enters by single sign-on alone, or not yet.
        workspaces: their role in each, by name.
        last_seen_at: the last use of a session that is still known, within a minute.
    """

    id: UUID
    email: str
    name: str | None
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    workspaces: dict[str, str]
    last_seen_at: datetime | None


class Disabled(Struct, frozen=True, kw_only=True):
    """What became of somebody who was disabled or removed.

    Args:
        keys: the API keys that they made and that open on; `revoke_keys` ends them too.
    """

    user: User
    keys: list[Key]


async def create_user(
    registry: Connectable, email: str, *, by: Actor, name: str | None = None, password: PasswordHash | None = None
) -> User:
    """Make a user, who may enter no workspace yet. `password`: of `Passwords.new`.

    Raises:
        InvalidValueError: the address or the name cannot be used.
        DuplicateError: there is a user of this address.
    """
    params = {"email": email_key(email), "name": checked_name(name), "password_hash": password}

    async def work(session: Session) -> User:
        now = session.now()
        user_id = await session.value("access.users.create", params | {"now": now})
        if user_id is None:
            raise DuplicateError("email", f"there is a user {params['email']} already; give them a role.")
        await note(session, Action.USER_CREATED, by, subject=(user_id, params["email"]))
        return await get_user(session, user_id)

    return await registry.run(work)


async def get_user(registry: Connectable, user: UUID | str) -> User:
    """A user by id or by address.

    Raises:
        NotFoundError: there is none.
    """
    params = {"user_id": user, "email": None} if isinstance(user, UUID) else {"user_id": None, "email": email_key(user)}
    found = await registry.row(User, "access.users.get", params)
    if found is None:
        raise NotFoundError(f"There is no user {user}; look with `user list`.")
    return found


async def list_users(registry: Connectable) -> list[User]:
    """All users, by address."""
    return await registry.rows(User, "access.users.listing")


async def set_password(
    registry: Connectable,
    user_id: UUID,
    password: PasswordHash,
    *,
    by: Actor,
    action: Action = Action.PASSWORD_CHANGED,
    keep: UUID | None = None,
) -> None:
    """Give a user another password; all their sessions but `keep` end, and no link for a reset works any more."""

    async def work(session: Session) -> None:
        params = {"user_id": user_id, "password_hash": password, "now": session.now(), "keep": keep}
        email = await session.value("access.users.set_password", params)
        if email is None:
            raise NotFoundError(f"There is no user {user_id}.")
        await note(session, action, by, subject=(user_id, email))

    await registry.run(work)


async def disable_user(registry: Connectable, user_id: UUID, *, by: Actor, revoke_keys: bool = False) -> Disabled:
    """Let a user in no more: their sessions end at once. What they did stays.

    Raises:
        NotFoundError: there is no such user.
        InvalidValueError: a workspace would be left without an owner.
    """

    async def work(session: Session) -> Disabled:
        if await session.value("access.users.disable", {"user_id": user_id, "now": session.now()}) is not None:
            keys = await _their_keys(session, user_id, by, revoke=revoke_keys)
            user = await get_user(session, user_id)
            await note(session, Action.USER_DISABLED, by, subject=(user.id, user.email))
            return Disabled(user=user, keys=keys)
        return Disabled(user=await get_user(session, user_id), keys=await _their_keys(session, user_id, by, revoke=revoke_keys))

    return await registry.run(work)


async def enable_user(registry: Connectable, user_id: UUID, *, by: Actor) -> User:
    """Let somebody in again who was disabled."""

    async def work(session: Session) -> User:
        changed = await session.value("access.users.enable", {"user_id": user_id})
        user = await get_user(session, user_id)
        if changed is not None:
            await note(session, Action.USER_ENABLED, by, subject=(user.id, user.email))
        return user

    return await registry.run(work)


async def remove_user(registry: Connectable, user_id: UUID, *, by: Actor, revoke_keys: bool = False) -> Disabled:
    """Remove a user with sessions, memberships and identities; what they did, and the log, stay.

    Raises:
        NotFoundError: there is no such user.
        InvalidValueError: a workspace would be left without an owner.
    """

    async def work(session: Session) -> Disabled:
        user = await get_user(session, user_id)
        keys = await _their_keys(session, user_id, by, revoke=revoke_keys)
        await session.value("access.users.remove", {"user_id": user_id})
        await note(session, Action.USER_REMOVED, by, subject=(user.id, user.email))
        return Disabled(user=user, keys=keys)

    return await registry.run(work)


async def _their_keys(session: Session, user_id: UUID, by: Actor, *, revoke: bool) -> list[Key]:
    keys = await keys_made_by(session, user_id)
    if not revoke:
        return keys
    for key in keys:
        await revoke_key(session, key.workspace, key.id, by=by)
    return []


def checked_name(name: str | None) -> str | None:
    """A person's name, tidied; None where it says nothing.

    Raises:
        InvalidValueError: it cannot be printed, or has more than 200 signs.
    """
    tidy = " ".join((name or "").split())
    if len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise InvalidValueError("name", f"has at most {LONGEST_NAME} signs, all of which can be printed.")
    return tidy or None
