"""Who asks: by the API key that a request brings, or by the session in a browser's cookie."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.access import AccessDeniedError, Denied
from accountgraph.access.actor import Origin
from accountgraph.access.keys import KeyGate
from accountgraph.access.people.passwords import Passwords
from accountgraph.access.people.sessions import SESSION_COOKIE, authenticate_session, is_csrf_token
from accountgraph.api.limits import Limits
from accountgraph.api.parameters import invalid
from accountgraph.http.problems import FieldProblem, ProblemError, urn

if TYPE_CHECKING:
    from fastapi import Request

    from accountgraph.access import Principal, Registry
    from accountgraph.access.people.sessions import SignedIn

STRANGERS_A_MINUTE = 120  # requests of one address that nobody is known by
CSRF_HEADER = "X-CSRF-Token"
WORKSPACE_HEADER = "AccountGraph-Workspace"
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,300})", re.IGNORECASE)
_HARMLESS = frozenset({"GET", "HEAD"})


class Recogniser:
    """Knows keys and sessions. An address that brings wrong ones too often is not even looked up any more."""

    def __init__(self, registry: Registry, *, passwords: Passwords | None = None, strangers: Limits | None = None) -> None:
        self.registry = registry
        self.passwords = passwords or Passwords()
        self.gate = KeyGate(registry)
        self._strangers = strangers or Limits(STRANGERS_A_MINUTE)

    async def __call__(self, request: Request) -> Principal:
        """Who it is, in the workspace that they ask for.

        Raises:
            AccessDeniedError: the key is none of ours, revoked or expired; the session is over.
            ForbiddenError: they are no member of the workspace.
            ProblemError: 401, there is neither; 403, another site's form; 429, too many wrong ones came from this address.
        """
        address = origin_of(request).ip or "?"
        self._strangers.check(address)
        try:
            if (given := request.headers.get("authorization")) is not None:
                return await self.gate.authenticate(_key(given), self.registry.now())
            signed_in = await self.signed_in(request)
        except (AccessDeniedError, ProblemError):
            self._strangers.take(address)
            raise
        return signed_in.principal(_workspace(request, signed_in))

    async def signed_in(self, request: Request) -> SignedIn:
        """Whose session it is; a request that changes something has to bring the session's own token too.

        Raises:
            AccessDeniedError: it is over.
            ProblemError: 401, there is none; 403, the token is missing: another site may have sent this.
        """
        token = request.cookies.get(SESSION_COOKIE.name)
        if token is None:
            raise _nobody()
        found = await authenticate_session(self.registry, token, self.registry.now())
        if request.method not in _HARMLESS and not is_csrf_token(token, request.headers.get(CSRF_HEADER, "")):
            detail = f"Send the session's `csrf_token` as {CSRF_HEADER}."
            raise ProblemError(403, "This may come from another site.", kind=urn("csrf"), detail=detail)
        return found

    async def close(self) -> None:
        """Wait for what is being written, and close the connections."""
        await self.gate.close()
        self.passwords.close()
        await self.registry.close()


def origin_of(request: Request) -> Origin:
    """Where a request came from."""
    return Origin(ip=request.client.host if request.client else None, user_agent=request.headers.get("user-agent"))


def _key(header: str) -> str:
    if found := _BEARER.fullmatch(header.strip()):
        return found[1]
    raise AccessDeniedError(Denied.MALFORMED, "Authorization is `Bearer agk_...`.")


def _nobody() -> ProblemError:
    detail = "Send an API key: `Authorization: Bearer agk_...`; `accountgraph key create` makes one."
    headers = {"WWW-Authenticate": "Bearer"}
    return ProblemError(401, "Who asks?", kind=urn("unauthenticated"), detail=detail, headers=headers)


def _workspace(request: Request, signed_in: SignedIn) -> str:
    """The workspace that is meant: the one that is named, or the only one."""
    named = request.headers.get(WORKSPACE_HEADER)
    if named is not None:
        return named
    if len(signed_in.workspaces) == 1:
        return next(iter(signed_in.workspaces))
    known = ", ".join(sorted(signed_in.workspaces)) or "none"
    raise invalid([FieldProblem(WORKSPACE_HEADER, f"say which workspace is meant; you are a member of: {known}.")])
