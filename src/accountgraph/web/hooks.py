"""Webhooks of providers: checked, kept, acknowledged; what is made of them comes after."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from accountgraph.errors import DatabaseError
from accountgraph.http.problems import ProblemError
from accountgraph.store.intake import PayloadRepository
from accountgraph.web.verifying import Delivery, RefusedError

if TYPE_CHECKING:
    from accountgraph.web.doors import Door
    from accountgraph.web.parts import Parts

NOBODY = "There is nothing here."  # the same for every name that leads nowhere
_TITLES = {401: "The request is not signed as it has to be.", 400: "The body cannot be read."}

logger = logging.getLogger(__name__)


def hooks(parts: Parts) -> APIRouter:
    """The route of webhooks."""
    router = APIRouter()

    @router.post("/hooks/{workspace}/{provider}")
    async def receive(workspace: str, provider: str, request: Request) -> Response:
        verify = parts.verifiers.get(provider)
        try:
            if verify is None or not await parts.doors.knows(workspace):
                raise ProblemError(404, NOBODY)
            async with parts.doors.use(workspace) as door:
                secret = await door.secret(provider)
                if secret is None:
                    raise ProblemError(404, NOBODY)
                async with parts.bodies.of(request) as body:
                    await verify(await _delivery(request, body, door, parts), secret)
                    await PayloadRepository(door.db).keep(provider, request.headers, body, request.url.query)
        except RefusedError as error:
            if error.status == 200:
                return Response()
            if error.status == 503:  # a secret or a certificate of ours: the provider can do nothing about it
                logger.warning("A webhook of %s in workspace %s cannot be checked: %s", provider, workspace, error)
            raise ProblemError(error.status, _TITLES.get(error.status, "Come again later.")) from None
        except DatabaseError:
            raise ProblemError(503, "Come again later.") from None
        parts.wake(workspace)
        return Response()

    return router


async def _delivery(request: Request, body: bytes, door: Door, parts: Parts) -> Delivery:
    """The request as the provider signed it: to the public address, where one is known."""
    base = await door.public_url() or str(request.base_url)
    query = f"?{request.url.query}" if request.url.query else ""
    return Delivery(
        url=f"{base.rstrip('/')}{request.url.path}{query}",
        headers=request.headers,
        query=request.query_params,
        body=body,
        now=parts.clock(),
    )
