"""One's own account: where one is logged in, the password, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from accountgraph.access import Permission
from accountgraph.access.people.login import change_password
from accountgraph.access.people.sessions import list_sessions, revoke_session, revoke_sessions
from accountgraph.access.people.users import get_user
from accountgraph.api.recognising import origin_of
from accountgraph.dashboard.forms import Done, way_back
from accountgraph.dashboard.settings.room import Typed, actor_of, does, drawn, registry_of, shows, to
from accountgraph.dashboard.visits import LOOK
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

LOOKS = {"": "as this machine is set", "light": "light", "dark": "dark"}
_A_YEAR = 31_536_000  # seconds


async def account_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    registry, who = registry_of(visit), visit.signed_in
    sessions, user = await list_sessions(registry, who.user_id), await get_user(registry, who.user_id)
    return drawn(
        visit,
        "people/account",
        "Your account",
        "account",
        typed,
        sessions=sessions,
        user=user,
        looks=list(LOOKS.items()),
        chosen=visit.request.cookies.get(LOOK, ""),
    )


async def new_password(visit: Visit, form: Form) -> Done:
    """Another password; all other sessions end."""
    old, new = form.text("old") or "", form.text("new") or ""
    if new != (form.text("new_again") or ""):
        raise InvalidValueError("new_again", "the two new passwords differ; write the same twice.")
    origin = origin_of(visit.request)
    await change_password(registry_of(visit), visit.parts.recognise.passwords, visit.signed_in, old, new, origin=origin)
    return Done("Your password is changed, and your other sessions have ended.", to=to(visit, "account"))


async def end_one(visit: Visit, form: Form) -> Done:
    """End one of one's sessions."""
    del form
    key = visit.id_in_path("session_id", "session")
    await revoke_session(registry_of(visit), visit.signed_in.user_id, key, by=actor_of(visit))
    return Done("That session has ended.", to=to(visit, "account"))


async def end_others(visit: Visit, form: Form) -> Done:
    """End all sessions but this."""
    del form
    who = visit.signed_in
    ended = await revoke_sessions(registry_of(visit), who.user_id, by=actor_of(visit), keep=who.session_id)
    words = "1 other session has ended." if ended == 1 else f"{ended} other sessions have ended."
    return Done(words if ended else "You are logged in nowhere else.", to=to(visit, "account"))


async def choose_look(visit: Visit, form: Form) -> Response:
    """Light or dark, in this browser."""
    look = form.get("look")
    if look not in LOOKS:
        raise InvalidValueError("look", "is light, dark, or empty for what the machine says.")
    answer = RedirectResponse(way_back(visit.request, form, visit.base), status_code=303)
    answer.set_cookie(LOOK, look, _A_YEAR if look else 0, path="/app", secure=True, httponly=True, samesite="lax")
    return Done(f"This browser shows pages {LOOKS[look]}.").put_on(answer)


WAYS = (
    shows("account", Permission.SETTINGS_READ, account_page),
    does("account/password", Permission.SETTINGS_READ, new_password, account_page),
    does("account/sessions/end", Permission.SETTINGS_READ, end_others),
    does("account/sessions/{session_id}/end", Permission.SETTINGS_READ, end_one),
    does("account/look", Permission.SETTINGS_READ, choose_look, account_page),
)
