"""Coming in by a link: an invitation is accepted, a forgotten password is set anew. The link's token is what one is known by."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse

from accountgraph.access import AccessDeniedError
from accountgraph.access.people import login
from accountgraph.access.people.invitations import accept_invitation, look_at_invitation
from accountgraph.access.people.resets import reset_password
from accountgraph.access.people.sessions import SESSION_COOKIE
from accountgraph.api.recognising import origin_of
from accountgraph.dashboard.entering import with_cookie
from accountgraph.dashboard.forms import Form, form_of
from accountgraph.dashboard.visits import LOGIN
from accountgraph.errors import InvalidValueError
from accountgraph.http.bodies import LARGEST_FORM

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import Response

    from accountgraph.access.people.invitations import Welcome
    from accountgraph.api import Parts
    from accountgraph.dashboard.pages import Pages


class Invited:
    """The pages of links that were sent to somebody."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts, self._pages = parts, pages
        self._registry, self._passwords = parts.recognise.registry, parts.recognise.passwords

    async def accept(self, request: Request) -> Response:
        """What an invitation says, and coming in by it."""
        form = await self._form(request)
        token = form.get("token") or request.query_params.get("token", "")
        welcome = await look_at_invitation(self._registry, token)
        if request.method != "POST":
            return self._welcome(welcome, token)
        name, password = form.get("name") or None, form.text("password") or ""
        if not welcome.has_account and not password:
            return self._welcome(welcome, token, name=name or "", field="password", problem="password: choose one.", status=422)
        try:
            given = None if welcome.has_account else password
            await accept_invitation(self._registry, self._passwords, token, password=given, name=name, origin=origin_of(request))
        except InvalidValueError as error:
            return self._welcome(welcome, token, name=name or "", field=error.field, problem=str(error), status=422)
        home = f"/app/w/{quote(welcome.invitation.workspace, safe='')}/accounts"
        if welcome.has_account:
            return RedirectResponse(f"{LOGIN}?next={quote(home, safe='')}", status_code=303)
        return await self._begun(request, welcome.invitation.email, password, home)

    async def reset(self, request: Request) -> Response:
        """Another password, by a link; all sessions end, and one begins here."""
        form = await self._form(request)
        token = form.get("token") or request.query_params.get("token", "")
        if request.method != "POST":
            return self._reset(token)
        password = form.text("password") or ""
        try:
            user = await reset_password(self._registry, self._passwords, token, password, origin=origin_of(request))
        except InvalidValueError as error:
            return self._reset(token, problem=str(error), status=422)
        except AccessDeniedError as error:
            return self._reset(token, problem=str(error), status=429 if error.retry_after else 401)
        return await self._begun(request, user.email, password, "/app")

    async def _begun(self, request: Request, email: str, password: str, home: str) -> Response:
        """Logged in with what was just chosen, at the workspace."""
        old = request.cookies.get(SESSION_COOKIE.name)
        begun = await login.log_in(self._registry, self._passwords, email, password, origin=origin_of(request), old_token=old)
        return with_cookie(RedirectResponse(home, status_code=303), begun.token)

    def _welcome(
        self, welcome: Welcome, token: str, *, name: str = "", field: str | None = None, problem: str | None = None, status: int = 200
    ) -> Response:
        return self._pages.page(
            "invitation", "You are invited", status=status, welcome=welcome, token=token, name=name, field=field, problem=problem
        )

    def _reset(self, token: str, *, problem: str | None = None, status: int = 200) -> Response:
        return self._pages.page("reset", "Set another password", status=status, token=token, problem=problem)

    async def _form(self, request: Request) -> Form:
        return await form_of(request, self._parts.bodies, LARGEST_FORM) if request.method == "POST" else Form({})
