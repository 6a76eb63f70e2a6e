"""Users and roles: who is in the workspace and as what, and who was invited."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from accountgraph.access import Permission, Role
from accountgraph.access.people.invitations import invite, list_invitations, revoke_invitation
from accountgraph.access.people.memberships import change_role, list_members, remove_member
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import NOTHING, Typed, actor_of, does, drawn, registry_of, shows, to
from accountgraph.errors import InvalidValueError
from accountgraph.notices.entering import HandedOver, hand_over

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.access.people.invitations import Invitation
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROLES = {
    Role.OWNER: "owner: everything, and makes other owners",
    Role.ADMIN: "admin: everything but making owners",
    Role.MEMBER: "member: accounts, campaigns and the inbox; no settings",
    Role.VIEWER: "viewer: looks, and changes nothing",
}
"""What somebody may be, in words."""


async def members_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    return await _page(visit, typed)


async def _page(visit: Visit, typed: Typed, made: Invitation | None = None, shown: HandedOver = HandedOver()) -> Response:  # noqa: B008 - it is frozen
    registry, workspace = registry_of(visit), visit.principal.workspace
    members, invitations = await asyncio.gather(list_members(registry, workspace), list_invitations(registry, workspace))
    return drawn(
        visit,
        "people/members",
        "Users and roles",
        "members",
        typed,
        members=members,
        invitations=invitations,
        roles=_givable(visit),
        made=made,
        link=shown.link,
        problem=shown.problem,
        mail=_mail(visit, made.email, shown.link) if made and shown.link else None,
        status=201 if made else typed.status,
    )


async def invite_member(visit: Visit, form: Form) -> Done | Response:
    """Invite somebody; the link is mailed, or shown this once where the server sends no mails."""
    email, role = form.required("email", "say whom to invite."), _role(form)
    made = await invite(registry_of(visit), visit.principal.workspace, email, role, by=actor_of(visit))
    done = await hand_over(visit.parts.own_mail, made, str(visit.request.base_url))
    if done.link is None:
        return Done(f"The invitation went to {email}.", to=to(visit, "members"))
    return await _page(visit, NOTHING, made.invitation, done)


async def revoke(visit: Visit, form: Form) -> Done:
    """Take an invitation back."""
    del form
    key = visit.id_in_path("invitation_id", "invitation")
    await revoke_invitation(registry_of(visit), visit.principal.workspace, key, by=actor_of(visit))
    return Done("The invitation opens nothing any more.", to=to(visit, "members"))


async def give_role(visit: Visit, form: Form) -> Done:
    """Make a member something else."""
    key, registry, workspace = visit.id_in_path("user_id", "member"), registry_of(visit), visit.principal.workspace
    before = next((one.role for one in await list_members(registry, workspace) if one.user_id == key), None)
    member = await change_role(registry, workspace, key, _role(form), by=actor_of(visit))
    undo = Undo(to(visit, f"members/{key}/role"), {"role": before}) if before and before != member.role else None
    return Done(f"{member.name or member.email} is now {member.role}.", to=to(visit, "members"), undo=undo)


async def remove(visit: Visit, form: Form) -> Done:
    """Take somebody out of the workspace."""
    del form
    key, registry, workspace = visit.id_in_path("user_id", "member"), registry_of(visit), visit.principal.workspace
    name = next((one.name or one.email for one in await list_members(registry, workspace) if one.user_id == key), "They")
    await remove_member(registry, workspace, key, by=actor_of(visit))
    return Done(f"{name} may not enter this workspace any more. An invitation lets them in again.", to=to(visit, "members"))


def _role(form: Form) -> Role:
    try:
        return Role(form.get("role"))
    except ValueError:
        raise InvalidValueError("role", f"is one of {', '.join(ROLES)}.") from None


def _givable(visit: Visit) -> list[tuple[Role, str]]:
    """The roles that this person may give: none that may more than they."""
    return [(role, words) for role, words in ROLES.items() if role is not Role.OWNER or visit.principal.may(Permission.WORKSPACE_OWN)]


def _mail(visit: Visit, email: str, link: str) -> str:
    """What opens a mail with the link in the person's own mail program."""
    subject = quote(f"Join the workspace {visit.principal.workspace}")
    body = quote(f"This link lets you into the workspace {visit.principal.workspace}, once, within a week:\n\n{link}\n")
    return f"mailto:{quote(email, safe='@')}?subject={subject}&body={body}"


WAYS = (
    shows("members", Permission.MEMBERS_READ, members_page),
    does("members", Permission.MEMBERS_WRITE, invite_member, members_page),
    does("members/{user_id}/role", Permission.MEMBERS_WRITE, give_role, members_page),
    does("members/{user_id}/remove", Permission.MEMBERS_WRITE, remove, members_page),
    does("invitations/{invitation_id}/revoke", Permission.MEMBERS_WRITE, revoke),
)
