"""`user`: people with a login, and what they are in a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID  # noqa: TC003 - Typer reads the annotations

import typer

from accountgraph.access.log import list_entries
from accountgraph.access.people.invitations import invite as invite_address
from accountgraph.access.people.invitations import list_invitations
from accountgraph.access.people.memberships import Member, add_member, change_role, list_members, remove_member
from accountgraph.access.people.passwords import Passwords
from accountgraph.access.people.resets import issue_reset
from accountgraph.access.people.sessions import list_sessions, revoke_session, revoke_sessions
from accountgraph.access.people.users import User, create_user, disable_user, enable_user, get_user, list_users, remove_user, set_password
from accountgraph.cli.access.shared import EmailArgument, RevokeKeysOption, actor, role_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.mailboxes.asking import secret_from
from accountgraph.cli.outreach.shared import LimitOption  # noqa: TC001 - Typer reads the annotations
from accountgraph.cli.render import access as drawn

if TYPE_CHECKING:
    from accountgraph.access import Role
    from accountgraph.access.people.passwords import PasswordHash
    from accountgraph.access.people.users import Disabled
    from accountgraph.db import Session

app = group("People with a login: add, list, role, invite, password, disable, remove, sessions, log.")
COMMANDS = {"user": app}
RoleOption = Annotated[str, typer.Option("--role", metavar="ROLE", help="owner, admin, member or viewer.")]


@command(app)
async def add(
    edge: Edge,
    *,
    email: EmailArgument,
    role: RoleOption = "member",
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What they are called.")] = None,
    no_password: Annotated[bool, typer.Option("--no-password", help="They enter by single sign-on, or by a link of `password`.")] = False,
) -> None:
    """Make a user and let them into the workspace. The password is asked for, or read from standard input."""
    wanted, by = role_of(role), actor()
    password = None if no_password else await _new_password(email)

    async with edge.registry() as registry:

        async def work(session: Session) -> User:
            user = await create_user(session, email, by=by, name=name, password=password)
            await add_member(session, edge.settings.workspace, user.id, wanted, by=by)
            return await get_user(session, user.id)

        made = await registry.run(work)
    edge.emit(made, lambda: f"{made.email} may enter workspace {edge.settings.workspace} as {wanted}.")


@command(app, "list")
async def list_(edge: Edge, every: Annotated[bool, typer.Option("--all", help="All users, with all their workspaces.")] = False) -> None:
    """List who may enter the workspace, and who was invited and has not come."""
    workspace = edge.settings.workspace
    async with edge.registry() as registry:
        now = registry.now()
        if every:
            users = await list_users(registry)
            edge.emit(users, lambda: drawn.users_table(users, now))
            return
        members, invited = await list_members(registry, workspace), await list_invitations(registry, workspace)
    edge.emit({"members": members, "invitations": invited}, lambda: drawn.members_table(members, invited, now))


@command(app)
async def role(
    edge: Edge,
    *,
    email: EmailArgument,
    role: Annotated[
        str, typer.Argument(metavar="ROLE", help="owner, admin, member, viewer; none lets them in no more.", show_default=False)
    ],
) -> None:
    """Make a user something else in the workspace, or let them into it."""
    workspace = edge.settings.workspace
    is_out = role.strip().lower() == "none"
    async with edge.registry() as registry:
        user = await get_user(registry, email)
        if is_out:
            await remove_member(registry, workspace, user.id, by=actor())
        else:
            await registry.run(lambda session: _let_in(session, workspace, user, role_of(role, "ROLE")))
        now = await get_user(registry, user.id)
    said = "is not in" if is_out else f"is {now.workspaces.get(workspace)} of"
    edge.emit(now, lambda: f"{now.email} {said} workspace {workspace}.")


@command(app)
async def invite(edge: Edge, *, email: EmailArgument, role: RoleOption = "member") -> None:
    """Invite an address into the workspace. The token is printed once: it is for the owner of the address alone, for 7 days."""
    async with edge.registry() as registry:
        made = await invite_address(registry, edge.settings.workspace, email, role_of(role), by=actor())
    one = made.invitation
    edge.say(f"{one.email} is invited as {one.role} until {one.expires_at:%Y-%m-%d %H:%M} UTC. The token is shown this once.")
    edge.emit({"token": made.token, "invitation": one}, lambda: made.token)


@command(app)
async def password(
    edge: Edge,
    *,
    email: EmailArgument,
    link: Annotated[bool, typer.Option("--link", help="Print a token by which they set one themselves, once, within an hour.")] = False,
) -> None:
    """Give a user another password; all their sessions end. It is asked for, or read from standard input."""
    made = None if link else await _new_password(email)
    async with edge.registry() as registry:
        user = await get_user(registry, email)
        if made is not None:
            await set_password(registry, user.id, made, by=actor())
            edge.emit({"user": user.id}, lambda: f"{user.email} has another password.")
            return
        reset = await issue_reset(registry, user.id, by=actor())
    edge.say(f"For {reset.email} alone, until {reset.expires_at:%Y-%m-%d %H:%M} UTC. The token is shown this once.")
    edge.emit({"token": reset.token, "user": reset.user_id, "expires_at": reset.expires_at}, lambda: reset.token)


@command(app)
async def disable(
    edge: Edge,
    *,
    email: EmailArgument,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    revoke_keys: RevokeKeysOption = False,
) -> None:
    """Let a user in no more, in any workspace; their sessions end at once. What they did stays."""
    async with edge.registry() as registry:
        user = await get_user(registry, email)
        if undo:
            again = await enable_user(registry, user.id, by=actor())
            edge.emit({"user": again, "keys": []}, lambda: f"{again.email} may log in again.")
            return
        done = await disable_user(registry, user.id, by=actor(), revoke_keys=revoke_keys)
    edge.emit(done, lambda: _left(done, "may not log in any more"))


@command(app)
async def remove(
    edge: Edge,
    *,
    email: EmailArgument,
    revoke_keys: RevokeKeysOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a user from all workspaces. What they did stays, and so does the access log."""
    if not yes:
        typer.confirm(f"Remove {email} from all workspaces?", abort=True, err=True)
    async with edge.registry() as registry:
        user = await get_user(registry, email)
        done = await remove_user(registry, user.id, by=actor(), revoke_keys=revoke_keys)
    edge.emit(done, lambda: _left(done, "is no user any more"))


@command(app)
async def sessions(
    edge: Edge,
    *,
    email: EmailArgument,
    end: Annotated[UUID | None, typer.Option("--end", metavar="ID", help="End this one.")] = None,
    end_all: Annotated[bool, typer.Option("--end-all", help="End all of them.")] = False,
) -> None:
    """List where a user is logged in, or end it."""
    async with edge.registry() as registry:
        user = await get_user(registry, email)
        if end:
            await revoke_session(registry, user.id, end, by=actor())
        if end_all:
            await revoke_sessions(registry, user.id, by=actor())
        found, now = await list_sessions(registry, user.id), registry.now()
    edge.emit(found, lambda: drawn.sessions_table(found, now))


@command(app)
async def log(
    edge: Edge,
    *,
    email: Annotated[str | None, typer.Argument(metavar="[EMAIL]", help="Only what is about this user.", show_default=False)] = None,
    limit: LimitOption = 100,
) -> None:
    """Show the access log of all workspaces, the newest first: logins, failures, keys, memberships."""
    async with edge.registry() as registry:
        subject = (await get_user(registry, email)).id if email else None
        found, now = await list_entries(registry, subject_id=subject, limit=limit), registry.now()
    edge.emit(found, lambda: drawn.log_table(found, now))


async def _let_in(session: Session, workspace: str, user: User, role: Role) -> Member:
    if workspace in user.workspaces:
        return await change_role(session, workspace, user.id, role, by=actor())
    return await add_member(session, workspace, user.id, role, by=actor())


async def _new_password(email: str) -> PasswordHash:
    passwords = Passwords(at_once=1)
    try:
        return await passwords.new(secret_from(f"Password of {email}: "), email)
    finally:
        passwords.close()


def _left(done: Disabled, what: str) -> str:
    said = f"{done.user.email} {what}."
    if done.keys:
        names = ", ".join(f"{key.label} ({key.workspace})" for key in done.keys)
        said += f" Keys that they made open on: {names}; --revoke-keys ends them."
    return said
