"""Memberships: who may enter a workspace, and as what. The database keeps the last owner from being taken away, whoever asks at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.errors import ForbiddenError
from accountgraph.access.log import Action, note
from accountgraph.access.people.users import User, create_user, get_user
from accountgraph.access.permissions import Role
from accountgraph.errors import DuplicateError, InvalidValueError, MissingReferenceError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.access.actor import Actor
    from accountgraph.access.people.passwords import PasswordHash
    from accountgraph.db import Connectable, Session


class Member(Struct, frozen=True, kw_only=True):
    """Somebody who may enter a workspace. `created_at`: since when; `last_seen_at`: the last use of a session, within a minute."""

    user_id: UUID
    workspace: str
    role: Role
    email: str
    name: str | None
    created_at: datetime
    disabled_at: datetime | None
    last_seen_at: datetime | None


async def list_members(registry: Connectable, workspace: str) -> list[Member]:
    """Who may enter a workspace, by address."""
    return await registry.rows(Member, "access.memberships.listing", {"workspace": workspace})


async def add_member(registry: Connectable, workspace: str, user_id: UUID, role: Role, *, by: Actor) -> Member:
    """Let a user into a workspace.

    Raises:
        InvalidValueError: no role for people.
        DuplicateError: they are in it already.
        MissingReferenceError: there is no such user, or no such workspace.
        ForbiddenError: the role has rights that `by` has not.
    """
    by.check_may_give(check_role(role), None)

    async def work(session: Session) -> Member:
        params = {"workspace": workspace, "user_id": user_id, "role": role, "now": session.now()}
        try:
            added = await session.write(UUID, "access.memberships.add", params)
        except MissingReferenceError as error:
            raise MissingReferenceError(error.field, f"there is no such {'workspace' if error.field == 'workspace' else 'user'}.") from None
        if added is None:
            raise DuplicateError("user_id", f"is in workspace {workspace} already; change the role instead.")
        member = await _member(session, workspace, user_id)
        await note(session, Action.MEMBER_ADDED, by, workspace=workspace, subject=(user_id, member.email), role=role)
        return member

    return await registry.run(work)


async def change_role(registry: Connectable, workspace: str, user_id: UUID, role: Role, *, by: Actor) -> Member:
    """Make a member something else.

    Raises:
        NotFoundError: they are not in the workspace.
        InvalidValueError: no role for people, or the workspace would be left without an owner.
        ForbiddenError: the old or the new role has rights that `by` has not.
    """
    by.check_may_give(check_role(role))

    async def work(session: Session) -> Member:
        before = await _locked(session, workspace, user_id, by)
        if before.role is role:
            return before
        await session.value("access.memberships.change", {"workspace": workspace, "user_id": user_id, "role": role})
        subject = (user_id, before.email)
        await note(session, Action.MEMBER_CHANGED, by, workspace=workspace, subject=subject, before=before.role, role=role)
        return await _member(session, workspace, user_id)

    return await registry.run(work)


async def remove_member(registry: Connectable, workspace: str, user_id: UUID, *, by: Actor) -> None:
    """Let a member in no more. Their sessions go on for their other workspaces.

    Raises:
        NotFoundError: they are not in the workspace.
        InvalidValueError: the workspace would be left without an owner.
        ForbiddenError: their role has rights that `by` has not.
    """

    async def work(session: Session) -> None:
        before = await _locked(session, workspace, user_id, by)
        await session.value("access.memberships.remove", {"workspace": workspace, "user_id": user_id})
        await note(session, Action.MEMBER_REMOVED, by, workspace=workspace, subject=(user_id, before.email), role=before.role)

    await registry.run(work)


async def create_first_owner(
    registry: Connectable, workspace: str, email: str, *, by: Actor, password: PasswordHash | None = None, name: str | None = None
) -> User:
    """Make the first user, the owner of a workspace; only while no workspace has an owner. Of several who try at once one succeeds.

    Raises:
        ForbiddenError: there is an owner already.
        MissingReferenceError: there is no such workspace.
    """

    async def work(session: Session) -> User:
        if await session.value("access.memberships.has_owner"):
            raise ForbiddenError("There is an owner already; ask them for an invitation.")
        user = await create_user(session, email, by=by, name=name, password=password)
        await add_member(session, workspace, user.id, Role.OWNER, by=by)
        return await get_user(session, user.id)

    async def alone(session: Session) -> User:
        await session.value("access.memberships.lock_first_owner")
        return await work(session)

    return await registry.run(alone)


async def has_owner(registry: Connectable) -> bool:
    """Whether any workspace has an owner; until then the first one may be made."""
    return bool(await registry.value("access.memberships.has_owner"))


def check_role(role: Role) -> Role:
    """A role that people have; an agent's is for keys."""
    if role is Role.AGENT:
        raise InvalidValueError("role", "agent is for API keys; people are owner, admin, member or viewer.")
    return role


async def _locked(session: Session, workspace: str, user_id: UUID, by: Actor) -> Member:
    await session.value("access.memberships.lock", {"workspace": workspace, "user_id": user_id})
    member = await _member(session, workspace, user_id)
    by.check_may_give(member.role)
    return member


async def _member(session: Session, workspace: str, user_id: UUID) -> Member:
    member = await session.row(Member, "access.memberships.get", {"workspace": workspace, "user_id": user_id})
    if member is None:
        raise NotFoundError(f"User {user_id} is not in workspace {workspace}; look with `user list`.")
    return member
