"""Who looks at a page, in which workspace, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from starlette.responses import RedirectResponse

from accountgraph.access import AccessDeniedError, Denied
from accountgraph.access.people.sessions import SESSION_COOKIE, csrf_token
from accountgraph.api.refusals import problem_of
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from fastapi import Request
    from starlette.responses import Response

    from accountgraph.access import Permission, Principal
    from accountgraph.access.people.sessions import SignedIn
    from accountgraph.api import Parts
    from accountgraph.dashboard.pages import Pages
    from accountgraph.db import Database

    Answering = Callable[[Request], Awaitable[Response]]

LOGIN = "/app/login"
_AGAIN = frozenset({Denied.MALFORMED, Denied.UNKNOWN, Denied.REVOKED, Denied.EXPIRED, Denied.DISABLED})


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page of a workspace, by somebody who may."""

    request: Request
    signed_in: SignedIn
    principal: Principal
    db: Database
    parts: Parts
    pages: Pages

    @property
    def now(self) -> datetime:
        """The time, UTC."""
        return self.db.now()

    @property
    def base(self) -> str:
        """The path that all pages of this workspace begin with."""
        return f"/app/w/{quote(self.principal.workspace, safe='')}"

    def asked(self, name: str) -> str | None:
        """A parameter of the query, without spaces around it; None where it is missing or empty."""
        return self.request.query_params.get(name, "").strip() or None

    def id_in_path(self, name: str, what: str) -> UUID:
        """An id of the path.

        Raises:
            ProblemError: 404, it is none.
        """
        try:
            return UUID(self.request.path_params[name])
        except ValueError:
            raise ProblemError(404, f"There is no such {what}.") from None

    def drawn(self, template: str, title: str, **known: Any) -> Response:  # noqa: ANN401 - what the template takes
        """A page of this workspace, with what all of them show."""
        token = csrf_token(self.request.cookies[SESSION_COOKIE.name])
        return self.pages.page(template, title, visit=self, csrf=token, now=self.now, may=self.principal.may, **known)


class Visits:
    """Lets people at pages in, and turns every error into a page."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts, self._pages = parts, pages

    def page(self, needs: Permission, draw: Callable[[Visit], Awaitable[Response]]) -> Answering:
        """A page of a workspace, for who has this permission there; who is not logged in does that first."""

        async def answer(request: Request) -> Response:
            try:
                signed_in = await self._parts.recognise.signed_in(request)
            except (AccessDeniedError, ProblemError) as error:
                if isinstance(error, AccessDeniedError) and error.kind not in _AGAIN:
                    raise
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"{LOGIN}?next={quote(here, safe='')}", status_code=303)
            principal = signed_in.principal(request.path_params["workspace"])
            self._parts.limits.take(principal.id)
            if not principal.may(needs):
                detail = f"A {principal.role} of {principal.workspace} has no {needs}; an owner or admin can give it."
                raise ProblemError(403, "You may not see this.", detail=detail)
            async with self._parts.workspaces.use(principal.workspace, as_agent=False) as db:
                return await draw(Visit(request, signed_in, principal, db, self._parts, self._pages))

        return self.open(answer)

    def open(self, answer: Answering) -> Answering:
        """A page for anybody. A form of another site is refused before anything is done."""

        async def guarded(request: Request) -> Response:
            try:
                check_from_here(request)
                return await answer(request)
            except Exception as error:  # noqa: BLE001 - what nobody expected is logged there, and told to nobody
                return self._pages.problem(problem_of(error))

        return guarded


def check_from_here(request: Request) -> None:
    """Refuse a form that was not sent by a page of ours, as the browser says; a browser that says nothing is not believed.

    Raises:
        ProblemError: 403.
    """
    if request.method in {"GET", "HEAD"}:
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    is_same = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not (is_same if site is None else site in {"same-origin", "none"}):
        raise ProblemError(403, "This form comes from another site.", detail="Open the page here, and send it again.")
