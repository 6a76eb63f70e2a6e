"""What commands of users and keys take: roles, keys by what people know of them, stretches of time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from accountgraph.access import Role, at_command_line
from accountgraph.access.keys import list_keys
from accountgraph.cli.choices import one_of
from accountgraph.cli.outreach.shared import who
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.access import Actor
    from accountgraph.access.keys import Key
    from accountgraph.db import Connectable

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="Their e-mail address.", show_default=False)]
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Its label, its id, or how it begins (agk_...).", show_default=False)]
RevokeKeysOption = Annotated[bool, typer.Option("--revoke-keys", help="Revoke the API keys that they made, too.")]
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhdw])")


def actor() -> Actor:
    """Who is at this command line."""
    return at_command_line(who(None))


def role_of(given: str, flag: str = "--role") -> Role:
    """A role by its name.

    Raises:
        typer.BadParameter: there is none of that name.
    """
    return Role(one_of(Role, flag, given) or given)


def span_of(given: str, flag: str) -> timedelta:
    """A stretch of time: 30m, 12h, 90d, 4w.

    Raises:
        typer.BadParameter: it is none.
    """
    found = _SPAN.fullmatch(given.strip().lower())
    if not found:
        raise typer.BadParameter(f"{given!r} is no stretch of time; for example 30m, 12h, 90d or 4w.", param_hint=flag)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def time_of(given: str, now: datetime, flag: str) -> datetime:
    """A time to come: a stretch from now on (90d), or a day or time (2027-01-31; without an offset UTC).

    Raises:
        typer.BadParameter: it is neither.
    """
    if _SPAN.fullmatch(given.strip().lower()):
        return now + span_of(given, flag)
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError:
        raise typer.BadParameter(f"{given!r} is no time; for example 90d, or 2027-01-31.", param_hint=flag) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def find_key(registry: Connectable, workspace: str, said: str) -> Key:
    """A key by label, id, or how its token begins; one that was revoked only by its id.

    Raises:
        NotFoundError: there is none, or several.
    """
    keys = await list_keys(registry, workspace, with_revoked=True)
    begins = said.strip().removeprefix("agk_").partition("_")[0]
    found = [key for key in keys if str(key.id) == said.strip().lower() or (key.prefix and key.prefix == begins)]
    found = found or [key for key in keys if key.label == said and key.revoked_at is None]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(
            f"{len(found)} keys are called {said!r}; name one by how it begins: {', '.join(f'agk_{k.prefix}' for k in found)}."
        )
    raise NotFoundError(
        f"Workspace {workspace} has no key {said.partition('_')[0] if said.startswith('agk_') else repr(said)}; look with `key list`."
    )
