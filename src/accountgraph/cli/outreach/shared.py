"""What several of these commands take: people by name, times, texts from files, key=value."""

from __future__ import annotations

import getpass
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.channels import ConsoleTransport, Transports
from accountgraph.errors import InvalidValueError
from accountgraph.mailboxes.sent import over_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from accountgraph.cli.frame import Edge
    from accountgraph.db import Connectable, Database

ByOption = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it [your user name].")]
NoteOption = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What else there is to say.")]
SnoozedOption = Annotated[bool, typer.Option("--snoozed", help="Also what was put off, before its time.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")]
AccountOption = Annotated[str | None, typer.Option("--account", metavar="ACCOUNT", help="Only of this account.")]
CampaignOption = Annotated[str | None, typer.Option("--campaign", metavar="NAME", help="Only of this campaign.")]


def who(by: str | None) -> str:
    """Who does it: as said, else the user's name on this machine."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise typer.BadParameter("this machine has no name for you; say who does it.", param_hint="--by") from None


def transports_for(edge: Edge, clock: Callable[[], datetime]) -> Transports:
    """What carries messages, for no workspace yet. The console shows them on standard output, unless that is for JSON."""
    console = ConsoleTransport(sys.stderr if edge.as_json else None)
    return Transports(clock, {"console": lambda _: console})


def transports_over(edge: Edge, db: Database) -> Transports:
    """As `transports_for`, of a workspace."""
    return over_workspace(transports_for(edge, db.now), db)


async def campaign_id_of(db: Connectable, name: str | None) -> UUID | None:
    """The campaign that a list is narrowed to; None: it is not.

    Raises:
        NotFoundError: there is none of that name.
    """
    return (await find_campaign(db, name)).id if name else None


def moment(flag: str, given: str | None) -> datetime | None:
    """A time with its offset.

    Raises:
        typer.BadParameter: it is none, or has no offset.
    """
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter(f"{given!r} is no time with its offset; write for example 2031-05-02T09:00:00Z.", param_hint=flag)
    return found


def day(flag: str, given: str) -> date:
    """A day.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise typer.BadParameter(f"{given!r} is no day; write for example 2031-12-24.", param_hint=flag) from None


def words_from(text: str | None, file: str | None) -> str | None:
    """A text as it was given, or from a file (`-`: standard input); None: neither.

    Raises:
        typer.BadParameter: both are given, or the file is no text.
    """
    if text is not None and file is not None:
        raise typer.BadParameter("give the text itself or a file, not both.", param_hint="--content")
    if file is None:
        return text
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8 text; save it as that.", param_hint="--file") from None


def pairs(flag: str, given: Sequence[str]) -> dict[str, str]:
    """Several KEY=VALUE.

    Raises:
        typer.BadParameter: one has no equals sign.
    """
    found = {}
    for pair in given:
        key, sign, value = pair.partition("=")
        if not sign or not key.strip():
            raise typer.BadParameter(f"{pair!r} is not KEY=VALUE.", param_hint=flag)
        found[key.strip()] = value
    return found


def typed_values(given: dict[str, str]) -> dict[str, Any]:
    """Numbers, true, false and null as what they are; everything else as text."""
    return {key: _typed(value) for key, value in given.items()}


def _typed(text: str) -> Any:  # noqa: ANN401 - whatever a setting may be
    try:
        value = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
    return value if value is None or isinstance(value, bool | int | float) else text


def whole_hash(seen: str, actual: str) -> str:
    """The hash that somebody saw, of which they may give 8 or more digits.

    Raises:
        InvalidValueError: fewer, or no hex digits.
    """
    digits = seen.strip().lower()
    if len(digits) < 8 or any(sign not in "0123456789abcdef" for sign in digits):
        raise InvalidValueError("seen", f"{seen!r} is no hash; give 8 or more of the digits that `approval show` prints.")
    return actual if actual.startswith(digits) else digits
