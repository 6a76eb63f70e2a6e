"""Logging in at an identity provider, where there is one: there, and back again. A browser follows these; nobody else has to."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import Response
from msgspec import Meta, Struct

from accountgraph.access import AccessDeniedError, Denied
from accountgraph.access.oidc import LINK_COOKIE, OIDC_COOKIE, SingleSignOn
from accountgraph.access.people.sessions import SESSION_COOKIE, Cookie
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.parameters import invalid
from accountgraph.api.recognising import origin_of
from accountgraph.errors import NotFoundError
from accountgraph.http.problems import FieldProblem

single_sign_on = Routes("sessions")
BACK = "api/v1/session/oidc/callback"
Said = Annotated[str, Meta(min_length=1, max_length=1000)]
Code = Annotated[str, Meta(min_length=1, max_length=2000)]  # all of them together, percent-encoded, fit in a request's 64 KiB
Wanted = Annotated[str, Meta(max_length=2000, description="Where to go afterwards: a path of this server.")]


class Redirect(Response):
    """The browser goes on to another address."""

    media: ClassVar[tuple[str, ...]] = ()

    def __init__(self, url: str) -> None:
        super().__init__(status_code=303, headers={"Location": url})

    def set(self, cookie: Cookie, value: str | None) -> None:
        """Set a cookie as it says; None takes it away."""
        lasts = cookie.max_age if value else 0
        self.set_cookie(cookie.name, value or "", lasts, None, cookie.path, None, cookie.secure, cookie.httponly, cookie.samesite)


class LinkBegun(Struct, frozen=True):
    """Where the browser has to go now."""

    url: str


@single_sign_on.get("/session/oidc", is_open=True, status=303)
async def begin_single_sign_on(call: Call, return_to: Wanted = "/") -> Redirect:
    """Log in at the identity provider: the browser is sent there, and comes back within ten minutes.

    404 where the server has no provider, 502 where it does not answer as it should.
    """
    begun = await _provider(call).begin(_back(call), return_to=return_to)
    answer = Redirect(begun.url)
    answer.set(OIDC_COOKIE, begun.cookie)
    answer.set(LINK_COOKIE, None)
    return answer


@single_sign_on.post("/session/oidc/link", is_open=True, writes=False)
async def link_single_sign_on(call: Call, return_to: Wanted = "/") -> LinkBegun:
    """Let myself in by the identity provider from now on; send the browser to the `url` of the answer.

    It is for who is logged in already, and asks for the session's token, so that no other site can begin it.
    """
    provider = _provider(call)
    await call.parts.recognise.signed_in(call.request)
    begun = await provider.begin(_back(call), return_to=return_to)
    answer = Redirect("")
    answer.set(LINK_COOKIE, begun.cookie)
    call.headers["Set-Cookie"] = answer.headers["set-cookie"]
    return LinkBegun(begun.url)


@single_sign_on.get("/session/oidc/callback", is_open=True, status=303)
async def finish_single_sign_on(
    call: Call, *, state: Said | None = None, code: Code | None = None, iss: Said | None = None, error: Said | None = None
) -> Redirect:
    """The identity provider sends the browser back here; its session begins, and it goes where it wanted to.

    401 where nobody here is known by that login, or it began in another browser, took too long, or was used before.
    """
    provider = _provider(call)
    if error is not None:
        raise AccessDeniedError(Denied.UNKNOWN, "The identity provider let nobody in; begin again, or log in with your password.")
    if state is None or code is None:
        raise invalid([FieldProblem("state" if state is None else "code", "is required.")])
    cookies, origin, back = call.request.cookies, origin_of(call.request), _back(call)
    if (linking := cookies.get(LINK_COOKIE.name)) is not None:
        who = await call.parts.recognise.signed_in(call.request)
        answer = Redirect(await provider.link(who, back, state=state, code=code, cookie=linking, iss=iss, origin=origin))
    else:
        cookie, old = cookies.get(OIDC_COOKIE.name, ""), cookies.get(SESSION_COOKIE.name)
        entered = await provider.finish(back, state=state, code=code, cookie=cookie, iss=iss, origin=origin, old_token=old)
        answer = Redirect(entered.return_to)
        answer.set(SESSION_COOKIE, entered.session.token)
    answer.set(OIDC_COOKIE, None)
    answer.set(LINK_COOKIE, None)
    return answer


def _provider(call: Call) -> SingleSignOn:
    if call.parts.single_sign_on is None:
        raise NotFoundError("This server has no identity provider; ACCOUNTGRAPH_OIDC_ISSUER names one.")
    return call.parts.single_sign_on


def _back(call: Call) -> str:
    """The address that the provider sends browsers back to, and that has to be known there."""
    return f"{call.request.base_url}{BACK}"
