"""What links in mails lead to: coming in by an invitation, and another password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import RedirectResponse

from accountgraph.access.people.invitations import accept_invitation, look_at_invitation
from accountgraph.access.people.resets import reset_password
from accountgraph.api.recognising import origin_of
from accountgraph.dashboard.forms import Form
from accountgraph.dashboard.visits import LOGIN
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.notices.entering import mail_reset

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import Response

    from accountgraph.access.people.invitations import Welcome
    from accountgraph.api import Parts
    from accountgraph.dashboard.entering import Entering
    from accountgraph.dashboard.pages import Pages


class Joining:
    """The pages for who has a link, and the one that a link is asked for at."""

    def __init__(self, parts: Parts, pages: Pages, entering: Entering) -> None:
        self._parts, self._pages, self._entering = parts, pages, entering
        self._registry, self._passwords = parts.recognise.registry, parts.recognise.passwords

    async def join(self, request: Request) -> Response:
        """Come in by an invitation. Who is new chooses a password and is logged in; who has a login logs in by that."""
        form = await self._entering.form(request) if request.method == "POST" else Form({})
        token = form.get("token") or request.query_params.get("token", "")
        welcome = await look_at_invitation(self._registry, token)
        if request.method != "POST":
            return self._joining(token, welcome)
        name, password = form.get("name") or None, form.text("password") or ""
        if not welcome.has_account and not password:
            return self._joining(token, welcome, name=name or "", problem="Choose a password.", status=422)
        try:
            await accept_invitation(
                self._registry,
                self._passwords,
                token,
                password=None if welcome.has_account else password,
                name=name,
                origin=origin_of(request),
            )
        except InvalidValueError as error:
            return self._joining(token, welcome, name=name or "", problem=str(error), status=422)
        home = f"/app/w/{quote(welcome.invitation.workspace, safe='')}/accounts"
        if welcome.has_account:
            return RedirectResponse(f"{LOGIN}?next={quote(home, safe='')}", status_code=303)
        return await self._entering.begun(request, welcome.invitation.email, password, home)

    async def forgot(self, request: Request) -> Response:
        """Ask for another password; the answer is the same whether there is such a user or not."""
        own_mail = self._parts.own_mail
        if own_mail is None:
            raise NotFoundError("This server sends no mails; ask whoever runs it for a link.")
        if request.method != "POST":
            return self._pages.page("forgot", "Another password", is_asked=False)
        email = (await self._entering.form(request)).get("email")
        await mail_reset(own_mail, self._registry, email, origin=origin_of(request))
        return self._pages.page("forgot", "Another password", is_asked=True)

    async def another_password(self, request: Request) -> Response:
        """Choose another password by a link, and log in with it."""
        if request.method != "POST":
            return self._choosing(request.query_params.get("token", ""))
        form = await self._entering.form(request)
        token, password = form.get("token"), form.text("password") or ""
        try:
            user = await reset_password(self._registry, self._passwords, token, password, origin=origin_of(request))
        except InvalidValueError as error:
            return self._choosing(token, problem=str(error), status=422)
        return await self._entering.begun(request, user.email, password, "")

    def _joining(self, token: str, welcome: Welcome, *, name: str = "", problem: str | None = None, status: int = 200) -> Response:
        known: dict[str, Any] = {"token": token, "invitation": welcome.invitation, "has_account": welcome.has_account}
        return self._pages.page("join", "Your invitation", status=status, name=name, problem=problem, **known)

    def _choosing(self, token: str, *, problem: str | None = None, status: int = 200) -> Response:
        return self._pages.page("password", "Another password", status=status, token=token, problem=problem)
