"""Whether the server lives, whether it can work, and whether the public address leads to it."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from accountgraph.errors import AccountGraphError
from accountgraph.http.problems import ProblemError
from accountgraph.tracking import Ring, proof
from accountgraph.web.doors import ASKED_AGAIN

if TYPE_CHECKING:
    from accountgraph.web.parts import Parts

READY_WITHIN = 3.0  # seconds
_NONCE = re.compile(r"[0-9a-f]{32}")


def health(parts: Parts) -> APIRouter:
    """The routes of probes."""
    router = APIRouter()
    nobodys = Ring.new()  # answers for workspaces that are not here: nobody can tell the difference

    @router.get("/healthz")
    async def lives(workspace: str | None = None, nonce: str | None = None) -> Response:
        if workspace is None or nonce is None:
            return JSONResponse({"status": "ok"})
        if not _NONCE.fullmatch(nonce):
            raise ProblemError(400, "The nonce is 32 hex digits.")
        ring = await _ring(parts, workspace) or nobodys
        return JSONResponse({"status": "ok", "nonce": nonce, "proof": proof(ring, f"{workspace}:{nonce}")})

    @router.get("/readyz")
    async def ready() -> Response:
        try:
            async with asyncio.timeout(READY_WITHIN):
                await parts.doors.look()
        except (AccountGraphError, TimeoutError):
            raise ProblemError(503, "The database does not answer.") from None
        return JSONResponse({"status": "ready"})

    @router.get("/robots.txt")
    async def robots() -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    return router


async def _ring(parts: Parts, workspace: str) -> Ring | None:
    try:
        if not await parts.doors.knows(workspace):
            return None
        async with parts.doors.use(workspace) as door:
            return await door.ring(at_most=ASKED_AGAIN)
    except AccountGraphError:
        return None


def new_nonce() -> str:
    """What is asked to be proved; 32 hex digits."""
    return secrets.token_hex(16)
