"""Users, members, sessions and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, QUIET, listing
from accountgraph.cli.render.words import ago

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.access.keys import Key
    from accountgraph.access.log import AccessEntry
    from accountgraph.access.people.invitations import Invitation
    from accountgraph.access.people.memberships import Member
    from accountgraph.access.people.sessions import KnownSession
    from accountgraph.access.people.users import User


def keys_table(found: Sequence[Key], now: datetime) -> RenderableType:
    """A key a row."""
    if not found:
        return Text("There is no key; `key create LABEL` makes one.", style=QUIET)
    table = listing("Key", "Label", "May", "Used", "Ends", "Made")
    for key in found:
        may = str(key.role) if key.scopes is None else f"{key.role}: {', '.join(key.scopes)}"
        made = f"{ago(key.created_at, now)} by {key.created_by}" if key.created_by else ago(key.created_at, now)
        label = f"{key.label}\nagent {key.agent}" if key.agent else key.label
        table.add_row(f"agk_{key.prefix}", label, may, ago(key.last_used_at, now), _end(key, now), made)
    return table


def _end(key: Key, now: datetime) -> Text:
    if key.revoked_at is not None:
        return Text(f"revoked {ago(key.revoked_at, now)}", style=BAD)
    is_over = key.expires_at is not None and key.expires_at <= now
    return Text(ago(key.expires_at, now), style=BAD if is_over else QUIET if key.expires_at is None else "")


def members_table(members: Sequence[Member], invited: Sequence[Invitation], now: datetime) -> RenderableType:
    """A member a row, then who was invited."""
    if not members and not invited:
        return Text("Nobody may enter; `user add EMAIL --role owner` makes the first user.", style=QUIET)
    table = listing("Who", "Role", "Since", "Seen")
    for one in members:
        seen = Text("disabled", style=BAD) if one.disabled_at else Text(ago(one.last_seen_at, now))
        table.add_row(_named(one.email, one.name), one.role, ago(one.created_at, now), seen)
    for guest in invited:
        is_over = guest.expires_at <= now
        state = Text("invitation too old" if is_over else f"invited, ends {ago(guest.expires_at, now)}", style=ATTENTION)
        table.add_row(guest.email, guest.role, ago(guest.created_at, now), state)
    return table


def users_table(found: Sequence[User], now: datetime) -> RenderableType:
    """A user a row."""
    if not found:
        return Text("There is no user; `user add EMAIL --role owner` makes the first one.", style=QUIET)
    table = listing("Who", "Workspaces", "Password", "Since", "Seen")
    for user in found:
        where = ", ".join(f"{name} ({role})" for name, role in sorted(user.workspaces.items())) or "none"
        seen = Text("disabled", style=BAD) if user.disabled_at else Text(ago(user.last_seen_at, now))
        table.add_row(_named(user.email, user.name), where, "yes" if user.has_password else "no", ago(user.created_at, now), seen)
    return table


def sessions_table(found: Sequence[KnownSession], now: datetime) -> RenderableType:
    """A session a row."""
    if not found:
        return Text("They are logged in nowhere.", style=QUIET)
    table = listing("Session", "From", "Program", "Began", "Used")
    for one in found:
        table.add_row(str(one.id), one.ip or "unknown", one.user_agent or "unknown", ago(one.created_at, now), ago(one.last_used_at, now))
    return table


def log_table(found: Sequence[AccessEntry], now: datetime) -> RenderableType:
    """A line of the access log a row."""
    if not found:
        return Text("Nothing was done about entering yet.", style=QUIET)
    table = listing("When", "What", "About", "By", "From", "Where")
    for one in found:
        what = Text(one.action, style=BAD if one.action.endswith("failed") else "")
        table.add_row(ago(one.at, now), what, one.subject or "", one.actor, one.ip or "", one.workspace or "")
    return table


def _named(email: str, name: str | None) -> str:
    return f"{name} <{email}>" if name else email
