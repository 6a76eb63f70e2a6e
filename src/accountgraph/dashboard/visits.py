"""Who looks at a page or sends a form, in which workspace, and whether they may."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from accountgraph.access import AccessDeniedError, Denied
from accountgraph.access.people.sessions import SESSION_COOKIE, authenticate_session, is_csrf_token, masked_csrf_token
from accountgraph.api.refusals import problem_of
from accountgraph.dashboard.forms import SAID, Done, Form, form_of, said_in, way_back
from accountgraph.dashboard.navigation import PLACES
from accountgraph.dashboard.pages import details_of
from accountgraph.dashboard.tour import step_of
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from fastapi import Request

    from accountgraph.access import Permission, Principal
    from accountgraph.access.people.sessions import SignedIn
    from accountgraph.api import Parts
    from accountgraph.dashboard.navigation import Place
    from accountgraph.dashboard.pages import Pages
    from accountgraph.db import Database

    Answering = Callable[[Request], Awaitable[Response]]
    Drawing = Callable[["Visit"], Awaitable[Response]]
    Doing = Callable[["Visit", Form], Awaitable[Done | Response]]
    Taking = Callable[["Visit"], Awaitable[Done | Response]]

WORKSPACE = "/app/w/{workspace}"  # what the addresses of all pages of a workspace begin with, as the router takes it
LOGIN = "/app/login"
LOOK = "accountgraph-look"  # the cookie of who chose light or dark
_AGAIN = frozenset({Denied.MALFORMED, Denied.UNKNOWN, Denied.REVOKED, Denied.EXPIRED, Denied.DISABLED})
_CSRF_HEADER = "X-CSRF-Token"


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a page of a workspace, or one form sent there, by somebody who may."""

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

    @property
    def places(self) -> list[Place]:
        """Where this person may go."""
        return [place for place in PLACES if self.principal.may(place.needs)]

    @property
    def is_partial(self) -> bool:
        """Whether a script asks, and takes a part of the page."""
        return "hx-request" in self.request.headers

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

    def id_in_query(self, name: str, what: str) -> UUID | None:
        """An id of the query; None where it is missing.

        Raises:
            ProblemError: 404, it is none.
        """
        try:
            return UUID(given) if (given := self.asked(name)) else None
        except ValueError:
            raise ProblemError(404, f"There is no such {what}.") from None

    def drawn(self, template: str, title: str, *, status: int = 200, **known: Any) -> Response:  # noqa: ANN401 - what the template takes
        """A page of this workspace, with what all of them show."""
        token = masked_csrf_token(self.request.cookies[SESSION_COOKIE.name])
        look, said = self.request.cookies.get(LOOK), said_in(self.request, self.base)
        page = self.pages.page(
            template,
            title,
            status=status,
            visit=self,
            csrf=token,
            now=self.now,
            may=self.principal.may,
            look=look,
            said=said,
            tour=step_of(self),
            **known,
        )
        if said is not None:
            page.delete_cookie(SAID, path="/", secure=True, httponly=True, samesite="lax")
        return page

    def part(self, template: str, **known: Any) -> Response:  # noqa: ANN401 - what the template takes
        """A part of a page alone, for a script that puts it in place; what was done is left for the next page to say."""
        token = masked_csrf_token(self.request.cookies[SESSION_COOKIE.name])
        return self.pages.page(template, "", visit=self, csrf=token, now=self.now, may=self.principal.may, **known)


class Visits:
    """Lets people at pages in, and turns every error into a page."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts, self._pages = parts, pages

    def shows(self, path: str, needs: Permission, draw: Drawing) -> Route:
        """A page at this path below its workspace, as `page` has it."""
        return Route(WORKSPACE + path, self.page(needs, draw), methods=["GET"])

    def does(self, path: str, needs: Permission, do: Doing, *, largest: int | None = None) -> Route:
        """What a form does that is sent to this path below its workspace, as `action` has it."""
        return Route(WORKSPACE + path, self.action(needs, do, largest=largest), methods=["POST"])

    def takes(self, path: str, needs: Permission, take: Taking) -> Route:
        """What a form with a file does, as `upload` has it."""
        return Route(WORKSPACE + path, self.upload(needs, take), methods=["POST"])

    def page(self, needs: Permission, draw: Drawing) -> Answering:
        """A page of a workspace, for who has this permission there; who is not logged in does that first."""

        async def answer(request: Request) -> Response:
            signed_in = await self._signed_in(request)
            if signed_in is None:
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return _to_login(request, here)
            principal = self._let_in(request, signed_in, needs)
            async with self._parts.workspaces.use(principal.workspace, as_agent=False) as db:
                return await draw(Visit(request, signed_in, principal, db, self._parts, self._pages))

        return self.open(answer)

    def action(self, needs: Permission, do: Doing, *, largest: int | None = None) -> Answering:
        """What a form does, for who has this permission; the form carries the session's token. `largest`: bytes of the form.

        It is done as this person, so that the audit log names them. `do` sees to its transactions. Afterwards the browser is led on
        (303), and the page there says what was done. A script that asks is told a problem without losing its page.
        """

        async def answer(request: Request) -> Response:
            signed_in = await self._signed_in(request)
            if signed_in is None:
                return _to_login(request, "")
            form = await form_of(request, self._parts.bodies, *([largest] if largest else []))
            check_csrf(request, form.get("csrf"))
            return await self._done(request, signed_in, needs, form, do)

        return self.open(answer)

    def upload(self, needs: Permission, take: Taking) -> Answering:
        """The same for a form with a file, which `take` reads as it comes; it calls `check_csrf` before anything stays."""

        async def answer(request: Request) -> Response:
            signed_in = await self._signed_in(request)
            if signed_in is None:
                return _to_login(request, "")
            return await self._done(request, signed_in, needs, Form({}), lambda visit, _: take(visit))

        return self.open(answer)

    async def _done(self, request: Request, signed_in: SignedIn, needs: Permission, form: Form, do: Doing) -> Response:
        principal = self._let_in(request, signed_in, needs)
        async with self._parts.workspaces.use(principal.workspace, as_agent=False) as db:
            acting = db.acting_as(principal.acting(str(uuid4())))
            visit = Visit(request, signed_in, principal, acting, self._parts, self._pages)
            done = await do(visit, form)
        if not isinstance(done, Done):
            return done
        return done.put_on(RedirectResponse(done.to or way_back(request, form, visit.base), status_code=303))

    def open(self, answer: Answering) -> Answering:
        """A page for anybody. A form of another site is refused before anything is done."""

        async def guarded(request: Request) -> Response:
            try:
                check_from_here(request)
                return await answer(request)
            except Exception as error:  # noqa: BLE001 - what nobody expected is logged there, and told to nobody
                return self._refused(request, problem_of(error))

        return guarded

    def _refused(self, request: Request, error: ProblemError) -> Response:
        """The page that tells a problem; a script is told by a header, and leaves its page as it is."""
        page = self._pages.problem(error)
        if "hx-request" in request.headers:
            told = {"problem": {"title": error.title, "details": details_of(error)}}
            page.headers["HX-Trigger"] = json.dumps(told)
            page.headers["HX-Reswap"] = "none"
        return page

    async def _signed_in(self, request: Request) -> SignedIn | None:
        """Who is logged in; None where that is over, and everything else that is wrong is raised."""
        token, registry = request.cookies.get(SESSION_COOKIE.name), self._parts.recognise.registry
        if token is None:
            return None
        try:
            return await authenticate_session(registry, token, registry.now())
        except AccessDeniedError as error:
            if error.kind not in _AGAIN:
                raise
            return None

    def _let_in(self, request: Request, signed_in: SignedIn, needs: Permission) -> Principal:
        principal = signed_in.principal(request.path_params["workspace"])
        self._parts.limits.take(principal.id)
        if not principal.may(needs):
            detail = f"A {principal.role} of {principal.workspace} has no {needs}; an owner or admin can give it."
            raise ProblemError(403, "You may not do this." if request.method == "POST" else "You may not see this.", detail=detail)
        return principal


def _to_login(request: Request, here: str) -> Response:
    """Lead to the login, and back afterwards; a script is told to load that whole page, and comes back to the page that it is on."""
    if is_script := "hx-request" in request.headers:
        here = _page_of_script(request)
    to = f"{LOGIN}?next={quote(here, safe='')}" if here else LOGIN
    return Response(headers={"HX-Redirect": to}) if is_script else RedirectResponse(to, status_code=303)


def _page_of_script(request: Request) -> str:
    """The path of the page on which a script asks; empty where it is none of this host."""
    try:
        page = urlsplit(request.headers.get("hx-current-url", ""))
    except ValueError:
        return ""
    return page.path if page.netloc == request.headers.get("host") and page.path.startswith("/app/") else ""


def check_csrf(request: Request, given: str) -> None:
    """Refuse a form that does not carry the session's token, in itself or beside it.

    Raises:
        ProblemError: 403.
    """
    if not is_csrf_token(request.cookies[SESSION_COOKIE.name], given or request.headers.get(_CSRF_HEADER, "")):
        raise ProblemError(403, "This may come from another site.", detail="Load the page again, and send the form from there.")


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
