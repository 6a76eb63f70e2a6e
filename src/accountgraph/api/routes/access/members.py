"""Members of a workspace, and who was invited."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission, Role
from accountgraph.access.log import AccessEntry, list_entries
from accountgraph.access.people.invitations import Invitation, invite, list_invitations, revoke_invitation
from accountgraph.access.people.memberships import Member, change_role, list_members, remove_member
from accountgraph.api.asked import Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.listing.page import page_of
from accountgraph.notices.entering import hand_over

members = Routes("members")


class NewRole(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is to be; owner, admin, member or viewer."""

    role: Role


class NewInvitee(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite, and as what."""

    email: Annotated[str, Meta(min_length=3, max_length=500)]
    role: Role


class Invited(Struct, frozen=True, kw_only=True):
    """An invitation.

    `is_mailed`: its link was sent to the address, and nobody else sees it. Otherwise `token` and `link` are shown here and never
    again; `problem` says why no mail left, where the server can send some.
    """

    invitation: Invitation
    is_mailed: bool
    token: str | None = None
    link: str | None = None
    problem: str | None = None


@members.get("/members", needs=Permission.MEMBERS_READ)
async def list_workspace_members(call: Call) -> Page[Member]:
    """Who is in this workspace, and as what."""
    return Page(await list_members(call.registry, call.principal.workspace))


@members.patch("/members/{user_id}", needs=Permission.MEMBERS_WRITE, writes=False)
async def change_member_role(call: Call, user_id: UUID, body: NewRole) -> Member:
    """Make a member something else; nobody gives more than they have, and the last owner stays one."""
    return await change_role(call.registry, call.principal.workspace, user_id, body.role, by=call.actor)


@members.delete("/members/{user_id}", needs=Permission.MEMBERS_WRITE, writes=False)
async def remove_workspace_member(call: Call, user_id: UUID) -> None:
    """Take somebody out of this workspace; they stay a user."""
    await remove_member(call.registry, call.principal.workspace, user_id, by=call.actor)


@members.get("/invitations", needs=Permission.MEMBERS_READ)
async def list_workspace_invitations(call: Call) -> Page[Invitation]:
    """Who was invited and has not come yet, the newest first."""
    return Page(await list_invitations(call.registry, call.principal.workspace))


@members.post("/invitations", needs=Permission.MEMBERS_WRITE, writes=False, status=201, is_shown_once=True)
async def invite_member(call: Call, body: NewInvitee) -> Invited:
    """Invite somebody; the link is mailed to them, or shown this once where the server sends no mails.

    It works once, within a week; an earlier invitation of the address works no more.
    """
    made = await invite(call.registry, call.principal.workspace, body.email, body.role, by=call.actor)
    done = await hand_over(call.parts.own_mail, made, str(call.request.base_url))
    if done.link is None:
        return Invited(invitation=made.invitation, is_mailed=True)
    return Invited(invitation=made.invitation, is_mailed=False, token=made.token, link=done.link, problem=done.problem)


@members.delete("/invitations/{invitation_id}", needs=Permission.MEMBERS_WRITE, writes=False)
async def revoke_workspace_invitation(call: Call, invitation_id: UUID) -> None:
    """Take an invitation back."""
    await revoke_invitation(call.registry, call.principal.workspace, invitation_id, by=call.actor)


@members.get("/access-log", needs=Permission.AUDIT_READ)
async def list_access_log(call: Call, *, user_id: UUID | None = None, limit: Limit = 100, after: int | None = None) -> Page[AccessEntry]:
    """Who entered, who was refused, who gave which rights to whom; the newest first."""
    found = await list_entries(call.registry, workspace=call.principal.workspace, subject_id=user_id, before=after, limit=limit + 1)
    return page_of(found, limit, attrgetter("id"))
