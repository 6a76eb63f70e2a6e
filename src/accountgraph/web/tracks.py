"""The pixel and the links of messages: recorded, and never in the way of whoever opens a mail."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from accountgraph.tracking import Purpose
from accountgraph.web.recording import seen_in

if TYPE_CHECKING:
    from accountgraph.web.pages import Pages
    from accountgraph.web.parts import Parts

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")  # a transparent GIF of one point
LOOKING = ["GET", "HEAD"]  # a HEAD is a machine's: it is answered, and not recorded


def pixel() -> Response:
    """The picture, whatever was asked."""
    return Response(PIXEL, media_type="image/gif")


def tracks(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of the pixel and of links."""
    router = APIRouter()

    @router.api_route("/o/{token}.gif", methods=LOOKING)
    async def opened(token: str, request: Request) -> Response:
        said = await parts.believed(Purpose.OPEN, token)
        if said is not None and request.method == "GET":
            await parts.recorder.record("opened", said, seen_in(request, parts.clock()))
        return pixel()

    @router.api_route("/c/{token}", methods=LOOKING)
    async def clicked(token: str, request: Request) -> Response:
        said = await parts.believed(Purpose.CLICK, token)
        if said is None or said.url is None:
            return pages.nothing_here()
        if request.method == "GET":
            await parts.recorder.record("clicked", said, seen_in(request, parts.clock()))
        return RedirectResponse(said.url, status_code=302)

    return router
