"""`inbound`: mail that came in: what is understood of it, and what became of it."""

from __future__ import annotations

import mailbox
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render.inbound import conclusions, listing
from accountgraph.cli.render.words import count
from accountgraph.errors import InvalidValueError
from accountgraph.inbound.understand import understand
from accountgraph.intake import Taken, take_mail
from accountgraph.intake.matching import writer_of
from accountgraph.intake.reading import CameIn, MailState, list_mails, raw_mail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.db import Database, Session

app = group("Mail that came in: what is understood of it, and what became of it.")
COMMANDS = {"inbound": app}
_STATES = ", ".join(MailState)
_FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, show_default=False, help="The mail, or the box of mails."),
]
_MailArgument = Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="The mail; `-` reads standard input.")]
_BOX = b"From "  # how a box of mails (mbox) begins


@app.callback()
def _group() -> None:
    """Mail that came in: what is understood of it, and what became of it."""


@command(app)
def parse(edge: Edge, *, file: _MailArgument) -> None:
    """Show what is understood of a mail (.eml), and why. Nothing is kept; no database is asked."""
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    if not raw.strip():
        raise InvalidValueError("FILE", f"{file} is empty; give one mail as its bytes came, an .eml.")
    if raw.startswith(_BOX):
        raise InvalidValueError("FILE", f"{file} is a box of mails; `accountgraph inbound import` takes it. Of one mail give its .eml.")
    understood = understand(raw, received_at=datetime.now(UTC))
    edge.emit(conclusions(understood), lambda: listing(conclusions(understood)))


class Imported(Struct, frozen=True):
    """What came of a file of mails. `states`: how many of each. `failed`: those that could not be taken, with the reason."""

    mails: int
    new: int
    states: dict[str, int]
    failed: list[str]


@command(app, "import")
async def import_(
    edge: Edge,
    *,
    file: _FileArgument,
    is_quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """Take all mails of a file (.mbox, or one .eml): replies, bounces, out-of-office. The same mail again changes nothing.

    A mail that one of our senders wrote counts as sent by hand.
    """
    states, failed, new, total = Counter[str](), list[str](), 0, 0
    async with edge.app() as parts:
        for number, raw in enumerate(_mails(file), 1):
            total = number
            try:
                taken = await _take(parts.db, raw, file.name)
            except Exception as error:  # noqa: BLE001 - one bad mail is its own failure; the others go on
                failed.append(f"mail {number}: {error}")
                continue
            states[taken.state] += 1
            new += taken.is_new
            if not is_quiet and not edge.as_json and number % 100 == 0:
                edge.say(f"{number:,} mails, {new:,} of them new ...")
    done = Imported(total, new, dict(sorted(states.items())), failed)
    edge.emit(done, lambda: _told(done))
    if failed:
        raise typer.Exit(1)


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help=f"One of {_STATES}.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="So many at most, the latest first.")] = 20,
) -> None:
    """List the mails that came in, and what each did."""
    chosen = one_of(MailState, "--state", state)
    async with edge.app() as parts:
        found = await list_mails(parts.db, state=MailState(chosen) if chosen else None, limit=limit)
    edge.emit(
        found, lambda: "\n".join(_line(one) for one in found) or "No mail has come in. `mailbox sync` reads one; `inbound import` a file."
    )


@command(app)
async def show(
    edge: Edge, *, mail: Annotated[str, typer.Argument(metavar="MAIL", help="Its id, or how it begins.", show_default=False)]
) -> None:
    """Show what is understood of a mail that came in, from its bytes as they are kept."""
    async with edge.app() as parts:
        raw = await raw_mail(parts.db, await find_id(parts.db, "mail", mail))
    understood = understand(raw, received_at=datetime.now(UTC))
    edge.emit(conclusions(understood), lambda: listing(conclusions(understood)))


async def _take(db: Database, raw: bytes, source: str) -> Taken:
    async def work(session: Session) -> Taken:
        now = session.now()
        sender = understand(raw, received_at=now).mail.sender
        is_ours = sender is not None and (await writer_of(session, sender.email)).is_ours
        return await take_mail(session, raw, source=source, direction="outbound" if is_ours else "inbound", received_at=now)

    return await db.run(work)


def _mails(file: Path) -> Iterator[bytes]:
    """The mails of an mbox, or of a file that is one mail."""
    with file.open("rb") as opened:
        is_box = opened.read(len(_BOX)) == _BOX
    if not is_box:
        yield file.read_bytes()
        return
    box = mailbox.mbox(file, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _told(done: Imported) -> str:
    states = ", ".join(f"{number:,} {state}" for state, number in done.states.items()) or "none"
    lines = [f"{count(done.mails, 'mail')}, {done.new:,} new: {states}."]
    return "\n".join([*lines, *(f"  failed: {line}" for line in done.failed[:20])])


def _line(mail: CameIn) -> str:
    head = f"{str(mail.id)[:8]}  {mail.at:%Y-%m-%d %H:%M}  {mail.kind:<11} {mail.state:<10} "
    head += f"{mail.from_email or '(nobody)'}: {mail.subject or '(no subject)'}"
    return "\n".join([head, *(f"    {effect}" for effect in mail.effects)])
