"""Coming in and going out: the first owner, login, the choice of a workspace, logout."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse

from accountgraph.access import AccessDeniedError
from accountgraph.access.actor import Actor
from accountgraph.access.errors import ForbiddenError
from accountgraph.access.people import login
from accountgraph.access.people.sessions import SESSION_COOKIE, authenticate_session, end_session, is_csrf_token, masked_csrf_token
from accountgraph.acting import Acting, ActingKind
from accountgraph.api.recognising import origin_of
from accountgraph.dashboard.forms import Form, form_of
from accountgraph.dashboard.visits import LOGIN
from accountgraph.errors import InvalidValueError
from accountgraph.http.bodies import LARGEST_FORM
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import Response

    from accountgraph.access.people.sessions import SignedIn
    from accountgraph.api import Parts
    from accountgraph.dashboard.pages import Pages
    from accountgraph.dashboard.setup import Setup

HOME = "/app"


class Entering:
    """The pages before any workspace."""

    def __init__(self, parts: Parts, pages: Pages, setup: Setup) -> None:
        self._parts, self._pages, self._setup = parts, pages, setup
        self._registry, self._passwords = parts.recognise.registry, parts.recognise.passwords

    async def choose(self, request: Request) -> Response:
        """The workspaces of who is logged in; the only one opens by itself."""
        who = await self._known(request)
        if who is None:
            return RedirectResponse(LOGIN, status_code=303)
        if len(who.workspaces) == 1:
            return RedirectResponse(f"/app/w/{quote(next(iter(who.workspaces)), safe='')}/accounts", status_code=303)
        token = masked_csrf_token(request.cookies[SESSION_COOKIE.name])
        return self._pages.page("workspaces", "Workspaces", who=who, csrf=token)

    async def log_in(self, request: Request) -> Response:
        """The login, and what it leads to."""
        if request.method != "POST":
            if await self._known(request):
                return RedirectResponse(_safe(request.query_params.get("next", "")), status_code=303)
            return self._login(request.query_params.get("next", ""))
        form = await self.form(request)
        email, wanted = form.get("email"), form.text("next") or ""
        try:
            return await self.begun(request, email, form.text("password") or "", wanted)
        except AccessDeniedError as error:
            again = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
            return self._login(wanted, email=email, problem=str(error), status=429 if error.retry_after else 401, headers=again)

    async def set_up(self, request: Request) -> Response:
        """The first owner of all, by the link that `up --serve` prints."""
        form = await self.form(request) if request.method == "POST" else Form({})
        token = form.get("token") or request.query_params.get("token", "")
        if not await self._setup.is_open(self._registry, token):
            raise ForbiddenError("This link makes nobody an owner any more; log in, or ask an owner for an invitation.")
        if request.method != "POST":
            return self._first_run(token)
        email, name, password = form.get("email"), form.get("name") or None, form.text("password") or ""
        try:
            await self._setup.make_owner(
                self._registry,
                self._passwords,
                token,
                email=email,
                password=password,
                name=name,
                origin=origin_of(request),
            )
        except InvalidValueError as error:
            return self._first_run(token, email=email, name=name or "", field=error.field, problem=str(error), status=422)
        return await self.begun(request, email, password, f"/app/w/{quote(self._setup.workspace, safe='')}/start")

    async def log_out(self, request: Request) -> Response:
        """End the session, where its own form asks for it."""
        token = request.cookies.get(SESSION_COOKIE.name, "")
        if not is_csrf_token(token, (await self.form(request)).get("csrf")):
            raise ProblemError(403, "This may come from another site.", detail="Open a page here, and log out there.")
        if (who := await self._known(request)) is not None:
            acting = Acting(kind=ActingKind.USER, id=str(who.user_id), name=who.email)
            await end_session(self._registry, who, by=Actor(acting=acting, origin=origin_of(request)))
        return with_cookie(RedirectResponse(LOGIN, status_code=303), None)

    async def _known(self, request: Request) -> SignedIn | None:
        token = request.cookies.get(SESSION_COOKIE.name)
        if token is None:
            return None
        try:
            return await authenticate_session(self._registry, token, self._registry.now())
        except AccessDeniedError:
            return None

    async def begun(self, request: Request, email: str, password: str, wanted: str) -> Response:
        """Log in, and go where one wanted to."""
        old = request.cookies.get(SESSION_COOKIE.name)
        begun = await login.log_in(self._registry, self._passwords, email, password, origin=origin_of(request), old_token=old)
        return with_cookie(RedirectResponse(_safe(wanted), status_code=303), begun.token)

    def _login(
        self, wanted: str, *, email: str = "", problem: str | None = None, status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        ways = {"has_sign_on": self._parts.single_sign_on is not None, "has_mail": self._parts.own_mail is not None}
        return self._pages.page("login", "Log in", status=status, headers=headers, wanted=wanted, email=email, problem=problem, **ways)

    def _first_run(
        self, token: str, *, email: str = "", name: str = "", field: str | None = None, problem: str | None = None, status: int = 200
    ) -> Response:
        workspace = self._setup.workspace
        return self._pages.page(
            "setup", "Welcome", status=status, token=token, email=email, name=name, field=field, problem=problem, workspace=workspace
        )

    async def form(self, request: Request) -> Form:
        """What a form of ours says."""
        return await form_of(request, self._parts.bodies, LARGEST_FORM)


def _safe(wanted: str) -> str:
    """Where to go after the login: a page of ours, whatever a link says."""
    return wanted if wanted.startswith("/app/w/") and wanted.isprintable() else HOME


def with_cookie(response: Response, token: str | None) -> Response:
    """Set the session's cookie, or take it away."""
    cookie = SESSION_COOKIE
    lasts = cookie.max_age if token else 0
    response.set_cookie(cookie.name, token or "", lasts, None, cookie.path, None, cookie.secure, cookie.httponly, cookie.samesite)
    return response
