"""One-click unsubscribe (RFC 8058), and the preference page. To look changes nothing; to post acts at once, without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from accountgraph.errors import InvalidValueError
from accountgraph.http.bodies import LARGEST_FORM
from accountgraph.http.problems import ProblemError
from accountgraph.preferences import Chosen, choices_of, choose, unsubscribe
from accountgraph.tracking import Purpose
from accountgraph.web.tracks import LOOKING

if TYPE_CHECKING:
    from accountgraph.preferences import Choices, Unsubscribed
    from accountgraph.tracking import Signed
    from accountgraph.web.pages import Pages
    from accountgraph.web.parts import Parts

ONE_CLICK = "one-click unsubscribe"
_MOST_FIELDS = 500


def choosing(parts: Parts, pages: Pages) -> APIRouter:
    """The routes of the preference page."""
    router = APIRouter()

    @router.api_route("/u/{token}", methods=LOOKING)
    async def look(token: str, saved: str | None = None) -> Response:
        said = await parts.believed(Purpose.PREFERENCES, token)
        choices = await _choices(parts, said) if said else None
        if choices is None:
            return pages.nothing_here()
        if choices.is_off or choices.contact_id is None:
            return pages.unsubscribed(choices)
        return pages.choices(choices, token, is_saved=saved is not None)

    @router.post("/u/{token}")
    async def one_click(token: str, request: Request) -> Response:
        said = await parts.believed(Purpose.PREFERENCES, token)
        if said is None:
            return pages.nothing_here()
        async with parts.bodies.of(request, largest=LARGEST_FORM) as body:
            if not is_one_click(body):
                raise ProblemError(400, "Send List-Unsubscribe=One-Click.")
            is_everything = b"scope" in body and b"all" in body
        done = await _off(parts, said, "all" if is_everything else None)
        return pages.unsubscribed(await _choices(parts, said)) if done.is_known else pages.nothing_here()

    @router.post("/u/{token}/choices")
    async def save(token: str, request: Request) -> Response:
        said = await parts.believed(Purpose.PREFERENCES, token)
        if said is None:
            return pages.nothing_here()
        async with parts.bodies.of(request, largest=LARGEST_FORM) as body:
            chosen = chosen_in(body)
        if await _choose(parts, said, chosen) is None:
            return pages.nothing_here()
        return RedirectResponse(f"../{token}?saved", status_code=303)

    return router


def is_one_click(body: bytes) -> bool:
    """Whether a body says List-Unsubscribe=One-Click, as a form or as multipart (RFC 8058, section 3.2)."""
    return b"List-Unsubscribe" in body and b"One-Click" in body


def chosen_in(body: bytes) -> Chosen:
    """What a form of the page says.

    Raises:
        ProblemError: it is none.
    """
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        pause = fields.get("pause", [""])[-1]
        return Chosen(
            channels=frozenset(fields.get("channel", [])),
            topics=frozenset(fields.get("topic", [])),
            pause_days=int(pause) if pause else None,
        )
    except ValueError:
        raise ProblemError(400, "This is not the form of the page.") from None


async def _choices(parts: Parts, said: Signed) -> Choices | None:
    async with parts.doors.use(said.workspace) as door:
        return await choices_of(door.db, said.intent_id, parts.clock())


async def _off(parts: Parts, said: Signed, channel: str | None) -> Unsubscribed:
    async with parts.doors.use(said.workspace) as door:
        return await door.db.run(lambda session: unsubscribe(session, said.intent_id, source=ONE_CLICK, now=parts.clock(), channel=channel))


async def _choose(parts: Parts, said: Signed, chosen: Chosen) -> Choices | None:
    async with parts.doors.use(said.workspace) as door:
        try:
            return await door.db.run(lambda session: choose(session, said.intent_id, chosen, parts.clock()))
        except InvalidValueError:
            raise ProblemError(400, "This is not the form of the page.") from None
