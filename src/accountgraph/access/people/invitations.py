"""Invitations: a link that lets the owner of an address into a workspace, once, within a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.access.actor import NOWHERE, Actor, Origin
from accountgraph.access.errors import AccessDeniedError, Denied
from accountgraph.access.log import Action, note
from accountgraph.access.people.memberships import check_role
from accountgraph.access.people.users import User, checked_name, get_user
from accountgraph.access.permissions import Role
from accountgraph.access.tokens import hashed, new_secret
from accountgraph.acting import Acting, ActingKind
from accountgraph.addresses import email_key
from accountgraph.errors import DuplicateError, MissingReferenceError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.access.people.passwords import Passwords
    from accountgraph.access.registry import Registry
    from accountgraph.db import Connectable, Session

LASTS = timedelta(days=7)
_GONE = "This invitation was used, taken back, or is too old; ask for another."


class Invitation(Struct, frozen=True, kw_only=True):
    """Somebody who was invited and has not come yet. `invited_by`: by what name people know them."""

    id: UUID
    workspace: str
    email: str
    role: Role
    invited_by: str
    created_at: datetime
    expires_at: datetime


class NewInvitation(Struct, frozen=True, kw_only=True):
    """An invitation with the token of its link, which is seen here and never again."""

    invitation: Invitation
    token: str

    def __repr__(self) -> str:
        return f"NewInvitation({self.invitation!r})"


class Welcome(Struct, frozen=True, kw_only=True):
    """What the page of an invitation shows. `has_account`: they need no password, they have a login."""

    invitation: Invitation
    has_account: bool


class Accepted(Struct, frozen=True, kw_only=True):
    """Who came in. `is_new`: there was no user of this address before."""

    user: User
    workspace: str
    is_new: bool


class _Look(Invitation, frozen=True, kw_only=True):
    has_account: bool
    is_disabled: bool


async def invite(registry: Connectable, workspace: str, email: str, role: Role, *, by: Actor) -> NewInvitation:
    """Invite an address into a workspace; an earlier invitation of it works no more.

    Raises:
        InvalidValueError: the address cannot be used, or the role is none for people.
        DuplicateError: they are in it already.
        MissingReferenceError: there is no such workspace.
        ForbiddenError: the role has rights that `by` has not.
    """
    by.check_may_give(check_role(role))
    token, now = new_secret(), registry.now()
    params = {
        "token_hash": hashed(token),
        "workspace": workspace,
        "email": email_key(email),
        "role": role,
        "invited_by": by.acting.name,
        "now": now,
        "expires_at": now + LASTS,
    }

    async def work(session: Session) -> Invitation:
        if await session.value("access.invitations.is_member", params):
            raise DuplicateError("email", f"{params['email']} is in workspace {workspace} already.")
        try:
            made = await session.write(Invitation, "access.invitations.create", params)
        except MissingReferenceError:
            raise MissingReferenceError("workspace", f"there is no workspace {workspace!r}.") from None
        assert made is not None  # noqa: S101 - it was just written
        await note(session, Action.INVITED, by, workspace=workspace, subject=(made.id, made.email), role=role)
        return made

    return NewInvitation(invitation=await registry.run(work), token=token)


async def list_invitations(registry: Connectable, workspace: str) -> list[Invitation]:
    """Who was invited and has not come yet, the newest first; those that are too old too."""
    return await registry.rows(Invitation, "access.invitations.listing", {"workspace": workspace})


async def revoke_invitation(registry: Connectable, workspace: str, invitation_id: UUID, *, by: Actor) -> None:
    """Take an invitation back.

    Raises:
        NotFoundError: the workspace has no such invitation.
    """

    async def work(session: Session) -> None:
        email = await session.value("access.invitations.revoke", {"workspace": workspace, "invitation_id": invitation_id})
        if email is None:
            raise NotFoundError(f"Workspace {workspace} has no invitation {invitation_id}.")
        await note(session, Action.INVITATION_REVOKED, by, workspace=workspace, subject=(invitation_id, email))

    await registry.run(work)


async def look_at_invitation(registry: Connectable, token: str) -> Welcome:
    """What an invitation says, for who has its link.

    Raises:
        AccessDeniedError: UNKNOWN: it was used, taken back, or is too old.
    """
    found = await _found(registry, token)
    fields = {name: getattr(found, name) for name in Invitation.__struct_fields__}
    return Welcome(invitation=Invitation(**fields), has_account=found.has_account)


async def accept_invitation(
    registry: Registry,
    passwords: Passwords,
    token: str,
    *,
    password: str | None = None,
    name: str | None = None,
    origin: Origin = NOWHERE,
) -> Accepted:
    """Come in by an invitation. Who is new becomes a user, with a password or for single sign-on; who is known gets the membership, and
    neither name nor password of theirs is changed. Nobody is logged in by it.

    Raises:
        AccessDeniedError: UNKNOWN: it was used, taken back, or is too old; DISABLED: the user is; BUSY.
        InvalidValueError: the password is not good enough; the invitation goes on working.
    """
    given, tidy = await _found(registry, token), checked_name(name)
    if given.is_disabled:
        raise AccessDeniedError(Denied.DISABLED, "The user of this address is disabled.")
    made = await passwords.new(password, given.email) if password is not None and not given.has_account else None
    account = {"email": given.email, "name": tidy, "password_hash": made}
    return await registry.run(lambda session: _accepted(session, given, token, account, origin))


async def _accepted(session: Session, given: _Look, token: str, account: dict[str, str | None], origin: Origin) -> Accepted:
    now = session.now()
    if await session.value("access.invitations.use", {"token_hash": hashed(token), "now": now}) is None:
        raise AccessDeniedError(Denied.UNKNOWN, _GONE)
    made = await session.value("access.users.create", account | {"now": now})
    user = await get_user(session, given.email)
    params = {"workspace": given.workspace, "user_id": user.id, "role": given.role, "now": now}
    await session.value("access.memberships.add", params)
    by = Actor(acting=Acting(kind=ActingKind.USER, id=str(user.id), name=user.email), origin=origin)
    details = {"role": given.role, "invited_by": given.invited_by, "is_new": made is not None}
    await note(session, Action.INVITATION_ACCEPTED, by, workspace=given.workspace, subject=(user.id, user.email), **details)
    return Accepted(user=await get_user(session, user.id), workspace=given.workspace, is_new=made is not None)


async def _found(registry: Connectable, token: str) -> _Look:
    found = await registry.row(_Look, "access.invitations.look", {"token_hash": hashed(token), "now": registry.now()})
    if found is None:
        raise AccessDeniedError(Denied.UNKNOWN, _GONE)
    return found
