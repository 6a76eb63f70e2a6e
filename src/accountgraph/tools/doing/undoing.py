"""Taking back an agent's own last doings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from accountgraph.acting import Acting, ActingKind
from accountgraph.audit import undo_changes
from accountgraph.errors import InvalidValueError
from accountgraph.tools.agents import page_messages
from accountgraph.tools.answers import Undone
from accountgraph.tools.untrusted import name_line

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.audit import Change
    from accountgraph.db import Database, Session

MOST_AT_ONCE = 20
RECORDED = ("companies", "contacts", "conversations", "touchpoints")  # not what it asked for: its budget and approvals stand there
_KEPT = {"left": "it went out already", "decided": "a person rejected it", "over": "it is over already", None: "it is not this agent's"}


class UndoChanges(Protocol):
    """Takes back the last changes that an agent made to rows: recorded calls, learnt facts. Gives each in words, and what was kept.

    It runs with the rights of the workspace, for an agent's do not reach the audit log; so it has to hold itself to that agent's changes.
    """

    async def __call__(self, agent: str, last: int) -> tuple[list[str], list[str]]:
        """Undo them, the newest first."""
        ...


def undo_by_log(database: Database) -> UndoChanges:
    """Takes back what an agent recorded and learnt, by the audit log. `database`: the workspace, open with a person's rights."""

    async def undo(agent: str, last: int) -> tuple[list[str], list[str]]:
        acting = Acting(kind=ActingKind.AGENT, name=agent)  # not a person or a key that has its name
        report = await undo_changes(database.acting_as(acting), actor=acting, last=last, tables=RECORDED)
        kept = [f"{_line(refused.change)}: {refused.why}" for refused in report.refused]
        return [_line(change) for change in report.undone], kept

    return undo


def _line(change: Change) -> str:
    """A change in words: what was done to which row, and which of its fields."""
    fields = ", ".join(sorted(change.after or change.before or {})[:8]) if change.action == "update" else ""
    return f"{change.action} of {change.table} {change.row_id}" + (f" ({fields})" if fields else "")


async def undo_messages(session: Session, agent: str, last: int) -> Undone:
    """Withdraw the last messages that the agent asked for and that have not left.

    Raises:
        InvalidValueError: not 1 to 20.
    """
    check_count(last)
    undone, kept = [], []
    for message in (await page_messages(session, agent=agent, open_only=True, limit=last)).items:
        outcome = await withdraw(session, agent, message.id)
        line = f"{message.channel} to {name_line(message.person)}" + (f", {name_line(message.subject)}" if message.subject else "")
        if outcome == "withdrawn":
            undone.append(line)
        else:
            kept.append(f"{line}: {_KEPT[outcome]}")
    return told(undone, kept)


async def withdraw(session: Session, agent: str, message_id: UUID) -> str | None:
    """Take one message back; gives `withdrawn`, `left`, `decided`, `over`, or None where the agent has none such."""
    outcome: str | None = await session.value("agents.messages.withdraw", {"agent": agent, "message_id": message_id})
    return outcome


def told(undone: list[str], kept: list[str]) -> Undone:
    """The answer, in words too."""
    lines = [f"Taken back: {line}." for line in undone] + [f"Stays: {line}." for line in kept]
    return Undone(text="\n".join(lines) or "There was nothing to take back.", undone=undone, kept=kept)


def check_count(last: int) -> None:
    """Refuse what is no number of things to undo."""
    if not 1 <= last <= MOST_AT_ONCE:
        raise InvalidValueError("last", f"must be 1 to {MOST_AT_ONCE}.")
