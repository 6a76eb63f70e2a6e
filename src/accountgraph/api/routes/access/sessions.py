"""Logging in and out. What these give goes to the person alone whose session it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from msgspec import Meta, Struct

from accountgraph.access import Role
from accountgraph.access.actor import Actor
from accountgraph.access.people.invitations import Accepted, Invitation, accept_invitation, look_at_invitation
from accountgraph.access.people.login import change_password, log_in
from accountgraph.access.people.resets import reset_password
from accountgraph.access.people.sessions import (
    SESSION_COOKIE,
    KnownSession,
    SignedIn,
    csrf_token,
    end_session,
    list_sessions,
    revoke_session,
)
from accountgraph.acting import Acting, ActingKind
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.recognising import origin_of
from accountgraph.errors import NotFoundError
from accountgraph.listing import Page
from accountgraph.notices.entering import mail_reset

sessions = Routes("sessions")
Password = Annotated[str, Meta(min_length=1, max_length=1000)]


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to come in."""

    email: Annotated[str, Meta(min_length=1, max_length=500)]
    password: Password


class CurrentSession(Struct, frozen=True, kw_only=True):
    """Whose session it is. `csrf_token`: send it as X-CSRF-Token with every request that changes something."""

    user_id: UUID
    email: str
    name: str | None
    workspaces: dict[str, Role]
    csrf_token: str


class LoggedIn(Struct, frozen=True):
    """A session that began; its cookie is set."""

    csrf_token: str
    expires_at: datetime


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """The old password and a new one."""

    old: Password
    new: Password


class ResetBy(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a link, and a new password."""

    token: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Password


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of an invitation's link, and, of who is new here, a name and a password."""

    token: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Password | None = None
    name: Annotated[str, Meta(max_length=200)] | None = None


class Forgotten(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose password is forgotten."""

    email: Annotated[str, Meta(min_length=1, max_length=500)]


class Asked(Struct, frozen=True):
    """What becomes of it."""

    detail: str


class InvitationShown(Struct, frozen=True):
    """What an invitation says. `has_account`: they need no password, they have a login."""

    invitation: Invitation
    has_account: bool


@sessions.post("/session", is_open=True, writes=False)
async def begin_session(call: Call, body: Login) -> LoggedIn:
    """Log in; the session's cookie is set.

    Whether the address or the password is wrong is not told. Too many tries have to wait.
    """
    recognise = call.parts.recognise
    old = call.request.cookies.get(SESSION_COOKIE.name)
    begun = await log_in(call.registry, recognise.passwords, body.email, body.password, origin=origin_of(call.request), old_token=old)
    call.headers["Set-Cookie"] = _cookie(begun.token)
    return LoggedIn(begun.csrf_token, begun.expires_at)


@sessions.get("/session", is_open=True)
async def get_session(call: Call) -> CurrentSession:
    """Whose session this is, and their workspaces."""
    found = await call.parts.recognise.signed_in(call.request)
    token = call.request.cookies[SESSION_COOKIE.name]
    return CurrentSession(
        user_id=found.user_id, email=found.email, name=found.name, workspaces=found.workspaces, csrf_token=csrf_token(token)
    )


@sessions.delete("/session", is_open=True, writes=False)
async def log_out(call: Call) -> None:
    """Log out; the cookie is taken away."""
    found = await call.parts.recognise.signed_in(call.request)
    await end_session(call.registry, found, by=_oneself(call, found))
    call.headers["Set-Cookie"] = _cookie(None)


@sessions.get("/sessions", is_open=True)
async def list_my_sessions(call: Call) -> Page[KnownSession]:
    """Where I am logged in, the session used last first."""
    found = await call.parts.recognise.signed_in(call.request)
    return Page(await list_sessions(call.registry, found.user_id))


@sessions.delete("/sessions/{session_id}", is_open=True, writes=False)
async def end_my_session(call: Call, session_id: UUID) -> None:
    """End one of my sessions, from anywhere."""
    found = await call.parts.recognise.signed_in(call.request)
    await revoke_session(call.registry, found.user_id, session_id, by=_oneself(call, found))


@sessions.put("/session/password", is_open=True, writes=False)
async def change_my_password(call: Call, body: NewPassword) -> None:
    """Give myself another password; my other sessions end."""
    recognise = call.parts.recognise
    found = await recognise.signed_in(call.request)
    await change_password(call.registry, recognise.passwords, found, body.old, body.new, origin=origin_of(call.request))


@sessions.post("/password-resets/ask", is_open=True, writes=False, status=202)
async def ask_for_another_password(call: Call, body: Forgotten) -> Asked:
    """I forgot my password: where there is such a user, a mail with a link is on its way.

    The answer is the same whether there is one or not. 404 where the server sends no mails: then whoever runs it makes the link.
    """
    own_mail = call.parts.own_mail
    if own_mail is None:
        raise NotFoundError("This server sends no mails; whoever runs it makes a link by `accountgraph user password EMAIL --link`.")
    await mail_reset(own_mail, call.registry, body.email, origin=origin_of(call.request))
    return Asked("If there is such a user, a mail is on its way.")


@sessions.post("/password-resets", is_open=True, writes=False)
async def reset_my_password(call: Call, body: ResetBy) -> None:
    """Set another password by the link of a mail, or that `accountgraph user password EMAIL --link` made; all sessions end."""
    passwords = call.parts.recognise.passwords
    await reset_password(call.registry, passwords, body.token, body.password, origin=origin_of(call.request))


@sessions.post("/invitations/look", is_open=True, writes=False)
async def look_at_my_invitation(call: Call, body: Acceptance) -> InvitationShown:
    """What an invitation says, for who has its link."""
    found = await look_at_invitation(call.registry, body.token)
    return InvitationShown(found.invitation, found.has_account)


@sessions.post("/invitations/accept", is_open=True, writes=False)
async def accept_my_invitation(call: Call, body: Acceptance) -> Accepted:
    """Come in by an invitation; log in after it."""
    passwords = call.parts.recognise.passwords
    origin = origin_of(call.request)
    return await accept_invitation(call.registry, passwords, body.token, password=body.password, name=body.name, origin=origin)


def _cookie(token: str | None) -> str:
    """The header that sets the session's cookie, or takes it away."""
    cookie, made = SESSION_COOKIE, Response()
    lasts = cookie.max_age if token else 0
    made.set_cookie(cookie.name, token or "", lasts, None, cookie.path, None, cookie.secure, cookie.httponly, cookie.samesite)
    return made.headers["set-cookie"]


def _oneself(call: Call, who: SignedIn) -> Actor:
    acting = Acting(kind=ActingKind.USER, id=str(who.user_id), name=who.email, request_id=call.request_id)
    return Actor(acting=acting, origin=origin_of(call.request))
